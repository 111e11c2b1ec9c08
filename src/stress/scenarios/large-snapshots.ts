import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { sameState, Workload } from '../workload.ts'

const SENSORS = 100
const CHARACTERS = 100
const BYTES_PER_MB = 1_000_000

/** Every snapshot is made of new strings, so a store that keeps what it should let go of grows with each. */
export const largeSnapshots: Scenario<'heapGrowthMb' | 'writeMsMean'> = defineScenario({
  name: 'large-snapshots',
  group: 'memory',
  goal: 'Large states pass through whole, and only the newest is kept.',
  method: '100 snapshots with 100 sensors of 100 characters, each converted to the wire and back.',
  thresholds: { heapGrowthMb: FLOOR.heapGrowthMb, writeMsMean: FLOOR.writeMsMean },
  async run(context) {
    const workload = new Workload(context)
    const follower = new Follower(context, workload, { id: 'recorder' })
    const total = context.load(100)
    const before = await context.heap()
    let garbled = 0
    for (let done = 1; done <= total; done += 1) {
      await workload.write({ context: sensors(() => context.random()) })
      if (context.store.convert !== undefined) {
        context.count('convert')
        const back = context.time('convert', () => context.store.convert?.())
        if (!sameState(back, workload.last)) garbled += 1
      }
      await workload.step(done, total)
    }
    const growth = (await context.heap()) - before
    const fact = 'what comes back from the wire is what was sent'
    if (context.store.convert === undefined) context.skip(fact, 'the store has no form on the wire')
    else context.check(fact, garbled === 0, `${garbled} of ${total} differ`)
    workload.checkNoFailure()
    workload.checkLast()
    await settle(context, [follower])
    await dismiss(context, [follower])
    context.threshold('heapGrowthMb', growth / BYTES_PER_MB)
    context.threshold('writeMsMean', context.latency('write').mean)
  },
})

function sensors(random: () => number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: SENSORS }, (_, index) => {
      const reading = random().toString(36).slice(2)
      return [`sensor-${index}`, reading.padEnd(CHARACTERS, reading).slice(0, CHARACTERS)]
    }),
  )
}
