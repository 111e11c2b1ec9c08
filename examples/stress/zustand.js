// @ts-check
/** A store of zustand 5 under `headgate stress`. It counts nothing, so the checks on counts are skipped. */
import { createStore } from 'zustand/vanilla'

/** @type {import('headgate/stress').StressAdapter} */
export const adapter = {
  name: 'zustand',
  create(initial) {
    const store = createStore(() => initial)
    return {
      read: () => store.getState(),
      // `true` replaces the state; without it zustand would merge.
      write: (state) => store.setState(state, true),
      subscribe: (consumer) => ({ unsubscribe: store.subscribe((state) => void consumer(state)) }),
      convert: () => JSON.parse(JSON.stringify(store.getState())),
    }
  },
}
