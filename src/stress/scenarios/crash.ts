import { heldBy, isWhole, KeptWrites, keeps } from '../kept-writes.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { TestDisk } from '../test-disk.ts'
import { FIRST_STATE } from '../workload.ts'

const CRASHES = 200
const WRITES_MAX = 30
/** Crashes of one disk; what it holds is read each time. */
const CRASHES_A_DISK = 10
const FACTS = [
  'nothing acknowledged is lost',
  'no state is a mixture',
  'what was there is there again',
] as const

/**
 * The process is gone at once, wherever it is: between two writes to the disk, or within one. What it has said to be
 * kept must be found by the next one, and what it finds must be a state that was written.
 */
export const crash: Scenario = defineScenario({
  name: 'crash',
  group: 'disk',
  goal: 'A process that is killed at any instant has lost nothing that it acknowledged.',
  method: '200 times a store is left in the midst of its writes, and another goes on from its disk.',
  thresholds: {},
  async run(context) {
    const openKept = keeps(context, FACTS)
    if (openKept === undefined) return
    const crashes = context.load(CRASHES)
    const tally = { lost: 0, mixed: 0, refused: 0 }
    let disk = new TestDisk()
    let acknowledged = 0
    for (let done = 1; done <= crashes; done += 1) {
      const current = disk
      disk.delay = () => (context.random() < 0.5 ? context.pause(0) : Promise.resolve())
      const store = await openKept(FIRST_STATE, disk, 1)
      const writes = new KeptWrites(context, store)
      const until = 1 + Math.floor(context.random() * WRITES_MAX)
      for (let write = 0; write < until; write += 1) {
        await writes.write()
        if (context.random() < 0.3) void writes.keep()
        if (context.random() < 0.3) await context.pause(0)
      }
      disk = current.crash()
      acknowledged = Math.max(acknowledged, writes.acknowledged)
      context.count('crash')
      const held = await heldBy(openKept, disk)
      if ('refusal' in held) tally.refused += 1
      else if (held.state.sequence < acknowledged) tally.lost += 1
      else if (!isWhole(held.state)) tally.mixed += 1
      if ('refusal' in held || done % CRASHES_A_DISK === 0) {
        disk = new TestDisk()
        acknowledged = 0
      }
      context.progress(done, crashes)
    }
    context.check(FACTS[0], tally.lost === 0, `lost in ${tally.lost} of ${crashes} crashes`)
    context.check(FACTS[1], tally.mixed === 0, `mixed in ${tally.mixed} of ${crashes} crashes`)
    context.check(FACTS[2], tally.refused === 0, `refused in ${tally.refused} of ${crashes} crashes`)
  },
})
