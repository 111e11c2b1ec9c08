import { dismiss, follow, settle } from '../follower.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

/** Consumers are fast: what does not reach them was dropped by the store, and must be in its ledger. */
export const massiveSubscribers: Scenario<'receivedPercent' | 'writeMsMean'> = defineScenario({
  name: 'massive-subscribers',
  group: 'high-volume',
  goal: 'Many subscribers are all served, and each knows what it missed.',
  method: '200 subscribers with queues of 64, and 100 writes.',
  thresholds: { receivedPercent: FLOOR.receivedPercent, writeMsMean: FLOOR.writeMsMean },
  async run(context) {
    const workload = new Workload(context)
    const followers = follow(context, workload, context.load(200), { id: 'subscriber' })
    const total = context.load(100)
    for (let done = 1; done <= total; done += 1) {
      await workload.write({ context: { step: `${done}` } })
      await workload.step(done, total)
    }
    await settle(context, followers)
    const received = followers.reduce((sum, { fresh }) => sum + fresh, 0)
    workload.checkNoFailure()
    workload.checkLast()
    await dismiss(context, followers)
    context.threshold('receivedPercent', (received / (followers.length * total)) * 100)
    context.threshold('writeMsMean', context.latency('write').mean)
  },
})
