/** The `backpressure()` operator, whose source completes. */
import { Subject, VirtualTimeScheduler } from 'rxjs'
import { backpressure, type SinglePolicy } from '../../src/index.ts'
import { perPolicy, type Tick } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A stream behind backpressure() is let go of once its source has completed.'

export const claims: readonly Claim[] = perPolicy(
  POLICIES,
  'source completed',
  (policy, { leak, witness }) => {
    const scheduler = new VirtualTimeScheduler()
    let source = new Subject<Tick>()
    let tick = 0
    const follow = (): void => {
      const held = witness()
      // The cast holds: the projection takes what comes, values and arrays of them.
      const paced = backpressure<Tick, unknown>(policy as SinglePolicy, (value) => value, { scheduler })
      source.pipe(paced).subscribe(() => {
        held.seen += 1
      })
    }
    return {
      act(count) {
        if (source.closed || source.isStopped) source = new Subject()
        for (let index = 0; index < count; index += 1) follow()
      },
      release() {
        if (leak) return
        source.complete()
        // A throttle and an audit deliver what they hold at the end of their window: time goes on until then.
        scheduler.flush()
      },
      write() {
        tick += 1
        source.next({ tick })
      },
    }
  },
)
