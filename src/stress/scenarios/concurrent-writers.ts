import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

/**
 * Each writer keeps its own count in the shared context, so the last state must hold the counts of all. A write
 * that is swallowed on the way is missed by the subscriber.
 */
export const concurrentWriters: Scenario<'errorPercent' | 'writeMsMean'> = defineScenario({
  name: 'concurrent-writers',
  group: 'concurrency',
  goal: 'Writers that take turns at random never undo the writes of one another.',
  method: '30 writers of 50 writes each, with pauses of up to 2 ms between them.',
  thresholds: { errorPercent: FLOOR.errorPercent, writeMsMean: FLOOR.writeMsMean },
  async run(context) {
    const workload = new Workload(context)
    const follower = new Follower(context, workload, { id: 'audit' })
    const writers = context.load(30)
    const writes = context.load(50)
    let done = 0
    const write = async (writer: string): Promise<void> => {
      for (let count = 1; count <= writes; count += 1) {
        await workload.write({ context: { ...workload.last.context, [writer]: `${count}` } }, writer)
        done += 1
        context.progress(done, writers * writes)
        await context.pause(context.random() * 2)
      }
    }
    await Promise.all(Array.from({ length: writers }, (_, index) => write(`writer-${index}`)))

    const counts = Object.entries(context.store.read().context).filter(([key]) => key.startsWith('writer-'))
    const sum = counts.reduce((total, [, count]) => total + Number(count), 0)
    context.check(
      'the counts of all writers are in the state',
      sum === writers * writes,
      `${sum} of ${writers * writes}`,
    )
    workload.checkNoFailure()
    workload.checkLast()
    await settle(context, [follower])
    await dismiss(context, [follower])
    context.threshold('errorPercent', workload.failedPercent)
    context.threshold('writeMsMean', context.latency('write').mean)
  },
})
