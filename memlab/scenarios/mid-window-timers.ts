/** Time policies that are left in mid-window, where a timer is the last thing that could hold them. */
import type { Store, SubscriberHandle } from '../../src/index.ts'
import { perPolicy, type Tick, tickStore, writerOf } from '../support/claims.ts'
import { TIME_POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'The timer of a time policy ends with its subscriber, in the middle of a window too.'

export const claims: readonly Claim[] = perPolicy(
  TIME_POLICIES,
  'in mid-window',
  (policy, { leak, witness }) => {
    // The store is dropped with its subscribers and never destroyed: only their timers reach it from a root.
    let store: Store<Tick> | undefined
    const handles: SubscriberHandle[] = []
    return {
      act(count) {
        store ??= tickStore()
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const consumer = (): void => {
            held.seen += 1
          }
          handles.push(store.subscribe(consumer, { policy }))
        }
      },
      release() {
        if (!leak) for (const handle of handles) handle.unsubscribe()
        handles.length = 0
        store = undefined
      },
      write: writerOf(() => store),
    }
  },
)
