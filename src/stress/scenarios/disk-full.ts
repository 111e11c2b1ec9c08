import { heldBy, KeptWrites, keeps } from '../kept-writes.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { TestDisk } from '../test-disk.ts'
import { FIRST_STATE } from '../workload.ts'

const ROUNDS = 50
const WRITES = 40
/** Room for some of the writes of a round. */
const ROOM = 4_000
const RETRY_MS = 20
const FACTS = [
  'every write is accepted',
  'nothing acknowledged is lost',
  'the disk holds the newest state',
] as const

/** Time goes on while the disk is full: the store must, too, and must notice by itself that there is room again. */
export const diskFull: Scenario<'liveAgainMs'> = defineScenario({
  name: 'disk-full',
  group: 'disk',
  goal: 'A full disk stops nobody, and loses nothing that was acknowledged.',
  method: 'A disk that fills and is freed 50 times, under 40 writes each time.',
  thresholds: {
    // Twice what it waits between two attempts is the aim; a machine that is busy needs more.
    liveAgainMs: {
      unit: 'ms',
      atMost: 1_000,
      about: 'From room on the disk until everything is on it, at most.',
    },
  },
  async run(context) {
    const openKept = keeps(context, FACTS)
    if (openKept === undefined) return
    const disk = new TestDisk()
    const store = await openKept(FIRST_STATE, disk, RETRY_MS)
    const writes = new KeptWrites(context, store)
    const rounds = context.load(ROUNDS)
    let liveAgainMs = 0
    let fullRounds = 0
    for (let round = 1; round <= rounds; round += 1) {
      disk.capacity = disk.used + Math.floor(context.random() * ROOM)
      const before = disk.refusals
      for (let done = 0; done < WRITES; done += 1) {
        await writes.write()
        if (done % 8 === 0) await context.pause(0)
      }
      await context.pause(context.random() * RETRY_MS)
      if (disk.refusals > before) fullRounds += 1
      disk.capacity = Number.POSITIVE_INFINITY
      const beganMs = performance.now()
      await writes.keep()
      liveAgainMs = Math.max(liveAgainMs, performance.now() - beganMs)
      context.progress(round, rounds)
    }
    context.count('full', fullRounds)
    const ledger = store.ledger?.()
    if (ledger !== undefined) context.ledgers([ledger])
    const held = await heldBy(openKept, disk.crash())
    const kept = 'state' in held ? held.state.sequence : -1
    const detail = 'state' in held ? `${kept} of ${writes.written}` : held.refusal
    context.check(FACTS[0], writes.failures === 0, writes.refusals)
    context.check(FACTS[1], kept >= writes.acknowledged, detail)
    context.check(FACTS[2], kept === writes.written, detail)
    context.check('the disk was full', fullRounds > 0, `in ${fullRounds} of ${rounds} rounds`)
    context.threshold('liveAgainMs', liveAgainMs)
  },
})
