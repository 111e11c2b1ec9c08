import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Q_CORE_WALK, sameState, Workload } from '../workload.ts'

/** Each write is read back at once, so a store that answers with an older state is found at the very write. */
export const setsAndGets: Scenario<'writeMsMean' | 'readMsMean' | 'errorPercent'> = defineScenario({
  name: 'sets-and-gets',
  group: 'high-volume',
  goal: 'A long row of writes and reads neither loses a state nor answers with an old one.',
  method: '1 000 writes of changing states and contexts, each read back, with one subscriber.',
  thresholds: {
    writeMsMean: FLOOR.writeMsMean,
    readMsMean: FLOOR.readMsMean,
    errorPercent: FLOOR.errorPercent,
  },
  async run(context) {
    const workload = new Workload(context)
    const follower = new Follower(context, workload, { id: 'log' })
    const total = context.load(1_000)
    let stale = 0
    for (let done = 1; done <= total; done += 1) {
      const current = Q_CORE_WALK[done % Q_CORE_WALK.length] as string
      await workload.write({ current, context: { step: `${done}`, noise: `${context.random()}` } })
      if (!sameState(workload.read(), workload.last)) stale += 1
      await workload.step(done, total)
    }
    context.check('each read gives what was written last', stale === 0, `${stale} of ${total} did not`)
    workload.checkNoFailure()
    workload.checkLast()
    await settle(context, [follower])
    await dismiss(context, [follower])
    context.threshold('writeMsMean', context.latency('write').mean)
    context.threshold('readMsMean', context.latency('read').mean)
    context.threshold('errorPercent', workload.failedPercent)
  },
})
