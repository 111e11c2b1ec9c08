import { dismiss, follow, settle } from '../follower.ts'
import { checkHealthy, checkNobodyLeft, checkNotHealthy } from '../health-checks.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

/** Above the 100 subscribers from which on a store should wonder about a leak, at any scale. */
const SUBSCRIBERS_MIN = 150
const WRITES = 10

/** Health must follow the facts both ways: tell of the crowd while it is there, and forget it afterwards. */
export const exhaustionRecovery: Scenario<'successPercent'> = defineScenario({
  name: 'exhaustion-recovery',
  group: 'errors',
  goal: 'A store that was overrun by subscribers recovers when they have gone.',
  method: '1 000 subscribers at once, then none; writes before, during and after.',
  thresholds: { successPercent: FLOOR.successPercent },
  async run(context) {
    const workload = new Workload(context)
    checkHealthy(context, 'the store is healthy before')
    await writeSome(workload)
    const crowd = follow(context, workload, Math.max(SUBSCRIBERS_MIN, context.load(1_000)), { id: 'crowd' })
    await writeSome(workload)
    checkNotHealthy(context, 'the store notices the crowd')
    await settle(context, crowd)
    await dismiss(context, crowd)
    checkNobodyLeft(context, 'nobody of the crowd is left')
    await writeSome(workload)
    checkHealthy(context, 'the store is healthy afterwards')
    workload.checkNoFailure()
    workload.checkLast()
    context.threshold('successPercent', 100 - workload.failedPercent)
  },
})

async function writeSome(workload: Workload): Promise<void> {
  for (let done = 1; done <= WRITES; done += 1) {
    await workload.write({ context: { step: `${done}` } })
    await workload.step(done, WRITES)
  }
}
