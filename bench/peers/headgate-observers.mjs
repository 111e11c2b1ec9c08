/** Plain RxJS observers of a store: versions and order, but no isolation, no policy and no accounting. */
import { headgate } from '../support/headgate.mjs'

export default {
  name: 'Headgate, `snapshot$`',
  variant: true,
  keepsSnapshots: true,
  watched() {
    const store = headgate.createStore(0)
    return {
      write: (n) => store.set(n),
      read: () => store.state,
      subscribe(callback) {
        const subscription = store.snapshot$.subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },
}
