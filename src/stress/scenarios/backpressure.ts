import { dismiss, follow, settle } from '../follower.ts'
import { checkHealthy } from '../health-checks.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

const SLOW_MS = 50
const WRITE_EVERY_MS = 10
/** With more, the slow would rightly lose more than half: the load scales the consumers instead. */
const WRITES_MAX = 100

/** The comparison is made while the writes go on: once they stop, the slow catch up out of their queues. */
export const backpressure: Scenario<'receivedPercent' | 'writeMsMean'> = defineScenario({
  name: 'backpressure',
  group: 'concurrency',
  goal: 'Slow consumers lag behind on their own: the fast ones and the writer do not notice.',
  method: '10 slow consumers (50 ms a state) and 10 fast ones, and 100 writes 10 ms apart.',
  thresholds: {
    receivedPercent: { ...FLOOR.receivedPercent, about: 'States that reached the fast consumers.' },
    writeMsMean: FLOOR.writeMsMean,
  },
  async run(context) {
    const workload = new Workload(context)
    const slow = follow(context, workload, context.load(10), {
      id: 'slow',
      work: () => context.pause(SLOW_MS),
    })
    const fast = follow(context, workload, context.load(10), { id: 'fast' })
    const total = Math.min(WRITES_MAX, context.load(100))
    for (let done = 1; done <= total; done += 1) {
      await workload.write({ context: { step: `${done}` } })
      context.progress(done, total)
      await context.pause(WRITE_EVERY_MS)
    }
    await settle(context, fast)
    const least = Math.min(...fast.map(({ fresh }) => fresh))
    const most = Math.max(...slow.map(({ fresh }) => fresh))
    context.check(
      'every fast consumer gets more than any slow one',
      least > most,
      `fast at least ${least}, slow at most ${most} of ${total}`,
    )
    checkHealthy(context, 'the health stays good')
    workload.checkNoFailure()
    workload.checkLast()
    await dismiss(context, [...fast, ...slow])
    const received = fast.reduce((sum, { fresh }) => sum + fresh, 0)
    context.threshold('receivedPercent', (received / (fast.length * total)) * 100)
    context.threshold('writeMsMean', context.latency('write').mean)
  },
})
