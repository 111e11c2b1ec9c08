import { heldBy, isWhole, KeptWrites, keeps } from '../kept-writes.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { type Fate, TestDisk } from '../test-disk.ts'
import { FIRST_STATE } from '../workload.ts'

const WRITES = 2_000
const KEEP_EVERY = 16
const RETRY_MS = 2
const FACTS = ['every write is accepted', 'nothing acknowledged is lost', 'no state is a mixture'] as const
/** One write to the disk in ten fails; half of those are there all the same. */
const LOST = 0.05
const REFUSED = 0.1
const SLOW = 0.05
const SLOW_MS = 5

/** A disk that is poisoned acknowledges what it does not keep, until it is closed and opened. */
export const diskErrors: Scenario<'keepMsP95'> = defineScenario({
  name: 'disk-errors',
  group: 'disk',
  goal: 'A disk that fails, is slow, or refuses what it has done, loses nothing that was acknowledged.',
  method: '2 000 writes on a disk of which one write in ten fails, half of them done, and some are slow.',
  thresholds: {
    keepMsP95: { unit: 'ms', atMost: 1_000, about: 'From a write until it is on the disk, for 95 of 100.' },
  },
  async run(context) {
    const openKept = keeps(context, FACTS)
    if (openKept === undefined) return
    const disk = new TestDisk()
    const store = await openKept(FIRST_STATE, disk, RETRY_MS)
    disk.fate = (): Fate => {
      const dice = context.random()
      if (dice < LOST) return 'lost'
      return dice < REFUSED ? 'done-but-refused' : 'done'
    }
    disk.delay = async () => {
      if (context.random() < SLOW) await context.pause(SLOW_MS)
    }
    const writes = new KeptWrites(context, store)
    const total = context.load(WRITES)
    for (let done = 1; done <= total; done += 1) {
      await writes.write()
      if (done % KEEP_EVERY === 0) await writes.keep()
      context.progress(done, total)
    }
    await writes.keep()
    const ledger = store.ledger?.()
    if (ledger !== undefined) context.ledgers([ledger])
    context.count('refused', disk.refusals)
    const held = await heldBy(openKept, disk.crash())
    const kept = 'state' in held ? held.state.sequence : -1
    context.check(FACTS[0], writes.failures === 0, writes.refusals)
    context.check(
      FACTS[1],
      kept >= writes.acknowledged,
      `${kept} of ${writes.acknowledged}; ${disk.refusals} writes to the disk failed`,
    )
    context.check(FACTS[2], !('state' in held) || isWhole(held.state))
    context.threshold('keepMsP95', context.latency('keep').p95)
  },
})
