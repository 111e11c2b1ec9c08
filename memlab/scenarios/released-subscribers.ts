/**
 * Claim: a subscriber that is released, in any way, is let go of with its consumer, whatever its policy and
 * whatever it was doing: idle, busy with a promise that never settles, throwing.
 */
import {
  audit,
  batch,
  buffer,
  createStore,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  type SubscriberHandle,
  sample,
  switchLatest,
  throttle,
} from '../../src/index.ts'
import type { ScenarioFactory } from '../support/scenario.ts'

const SUBSCRIBERS = 1_000
const LONG_MS = 3_600_000
/** The time policies are left in mid-window: their timers would keep them for an hour. */
const POLICIES: readonly Policy[] = [
  direct(),
  latest(),
  latest({ dispatch: 'microtask' }),
  buffer({ capacity: 8 }),
  exhaust(),
  switchLatest(),
  throttle({ ms: LONG_MS }),
  debounce({ ms: LONG_MS }),
  audit({ ms: LONG_MS }),
  sample({ ms: LONG_MS }),
  batch({ ms: LONG_MS }),
  frame({ maxWaitMs: LONG_MS }),
]

/** What a consumer's closure holds, to be found again in the heap. */
class Captured {
  seen = 0
  readonly ballast = new Array(8).fill('captured by a consumer')
}

export const createScenario: ScenarioFactory = ({ leak }) => {
  const store = createStore({ tick: 0 }, { onFault: () => {} })
  const handles: SubscriberHandle[] = []
  const controllers: AbortController[] = []

  const subscribe = (index: number): void => {
    const captured = new Captured()
    const controller = new AbortController()
    const consumer = (): Promise<void> | undefined => {
      captured.seen += 1
      if (index % 3 === 1) return new Promise(() => {})
      if (index % 3 === 2) throw new Error('a consumer that fails')
      return undefined
    }
    const policy = POLICIES[index % POLICIES.length]
    if (index % 2 === 0) handles.push(store.subscribe(consumer, { policy }))
    else {
      store.subscribe(consumer, { policy, signal: controller.signal })
      controllers.push(controller)
    }
  }

  return {
    act() {
      for (let index = 0; index < SUBSCRIBERS; index += 1) subscribe(index)
      for (let write = 0; write < 20; write += 1) store.set({ tick: write })
    },
    release() {
      if (!leak) for (const handle of handles) handle.unsubscribe()
      for (const controller of controllers) controller.abort()
      handles.length = 0
      controllers.length = 0
    },
    refresh() {
      store.set({ tick: -1 })
    },
  }
}
