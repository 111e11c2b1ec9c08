import { buffer } from '../backpressure/index.ts'
import { createStore, type Store } from '../store/index.ts'
import type { StoreUnderTest, StressAdapter, StressState } from './adapter.ts'

/** Stress-tests a store of Headgate: each subscriber has a buffer that drops its oldest state when it is full. */
export const headgateAdapter: StressAdapter = Object.freeze({
  name: 'headgate',
  create(initial: StressState): StoreUnderTest {
    // Faults are expected: some scenarios have subscribers that throw. They are counted in the metrics.
    return underTest(createStore<StressState>(initial, { name: 'stress', onFault: () => {} }))
  },
})

function underTest(store: Store<StressState>): StoreUnderTest {
  return {
    read: () => store.state as StressState,
    write(state, reason) {
      store.set(state, reason)
    },
    subscribe(consumer, { id, capacity }) {
      const handle = store.subscribe(({ state }) => consumer(state as StressState), {
        id,
        policy: buffer({ capacity }),
        replay: false,
      })
      return { unsubscribe: handle, ledger: () => handle.stats() }
    },
    subscriberCount: () => store.metrics().subscriberCount,
    metrics: () => store.metrics(),
    health: () => store.health(),
    convert: () => JSON.parse(JSON.stringify(store.state)) as StressState,
    destroy: () => store.destroy(),
  }
}
