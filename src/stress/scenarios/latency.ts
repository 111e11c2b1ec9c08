import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

type Name = 'writeMsMean' | 'writeMsP95' | 'readMsMean' | 'readMsP95'

/** One by one, so that the slow ones show: a mean hides them. */
export const latency: Scenario<Name> = defineScenario({
  name: 'latency',
  group: 'benchmark',
  goal: 'Says how long a write and a read take, and how long the slow ones take.',
  method: '1 000 writes and 1 000 reads in turn, each timed: mean, p50, p95, p99 and the longest.',
  thresholds: {
    writeMsMean: FLOOR.writeMsMean,
    writeMsP95: FLOOR.writeMsP95,
    readMsMean: FLOOR.readMsMean,
    readMsP95: FLOOR.readMsP95,
  },
  async run(context) {
    const workload = new Workload(context)
    const total = context.load(1_000)
    for (let done = 1; done <= total; done += 1) {
      await workload.write({ context: { step: `${done}` } })
      workload.read()
      await workload.step(done, total)
    }
    workload.checkNoFailure()
    workload.checkLast()
    const write = context.latency('write')
    const read = context.latency('read')
    context.check('every operation is timed', write.count === total && read.count === total)
    context.threshold('writeMsMean', write.mean)
    context.threshold('writeMsP95', write.p95)
    context.threshold('readMsMean', read.mean)
    context.threshold('readMsP95', read.p95)
  },
})
