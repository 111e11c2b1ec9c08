import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { type AnyContext, Workload } from '../workload.ts'

/** Nobody follows and nothing is timed one by one: only the two loops are measured. */
export const throughput: Scenario<'writesPerSecond' | 'readsPerSecond'> = defineScenario({
  name: 'throughput',
  group: 'benchmark',
  goal: 'Says how many writes and reads the store takes in a second.',
  method: '5 000 writes in a row, then 5 000 reads.',
  thresholds: { writesPerSecond: FLOOR.writesPerSecond, readsPerSecond: FLOOR.readsPerSecond },
  async run(context) {
    const { store } = context
    const total = context.load(5_000)
    const workload = new Workload(context)
    const writes = await rate(context, 'write', total, (done) => {
      workload.last = context.next(workload.last, { context: { step: `${done}` } })
      return store.write(workload.last, 'THROUGHPUT')
    })
    let highest = 0
    const reads = await rate(context, 'read', total, () => {
      highest = Math.max(highest, store.read().sequence)
    })
    context.check('every read gives the newest state', highest === total, `${highest} of ${total}`)
    workload.checkLast()
    context.threshold('writesPerSecond', writes)
    context.threshold('readsPerSecond', reads)
  },
})

const CHUNK = 250

/** Operations a second, over the time that the operations themselves took. */
async function rate(
  context: AnyContext,
  kind: string,
  total: number,
  operate: (done: number) => unknown,
): Promise<number> {
  let spentMs = 0
  for (let done = 0; done < total; ) {
    const end = Math.min(total, done + CHUNK)
    context.count(kind, end - done)
    const beganMs = performance.now()
    for (; done < end; done += 1) {
      const pending = operate(done + 1)
      if (pending !== undefined) await pending
    }
    spentMs += performance.now() - beganMs
    context.progress(done, total)
    await context.pause(0)
  }
  return (total / Math.max(spentMs, 0.001)) * 1_000
}
