import type { JournalEntry } from '../../journal/index.ts'
import type { StressAdapter } from '../adapter.ts'
import { heldBy, isWhole, KeptWrites, keeps } from '../kept-writes.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { diskOf, TestDisk } from '../test-disk.ts'
import { FIRST_STATE } from '../workload.ts'

const WRITES = 40
const KINDS = { flip: 100, cut: 100, remove: 50 } as const
const FACTS = ['no wrong state is recovered', 'what is lost is told, or was the newest'] as const

type OpenKept = NonNullable<StressAdapter['openKept']>

/**
 * Disks rot, and engines do not tell. A record that is the newest may be cut off: nobody knows of another one behind
 * it.
 */
export const damage: Scenario = defineScenario({
  name: 'damage',
  group: 'disk',
  goal: 'A damaged disk makes no wrong state, and no version is missing in silence.',
  method:
    'A disk of 40 states, with a bit flipped (100 times), a record cut (100) or gone (50), opened each time.',
  thresholds: {},
  async run(context) {
    const openKept = keeps(context, FACTS)
    if (openKept === undefined) return
    const entries = await filledDisk(context, openKept)
    const tally = { wrong: 0, silent: 0, told: 0 }
    const total = Object.values(KINDS).reduce((sum, count) => sum + context.load(count), 0)
    let done = 0
    for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
      for (let time = 0; time < context.load(KINDS[kind]); time += 1) {
        const at = Math.floor(context.random() * entries.length)
        const disk = await diskOf(damaged(entries, at, kind, () => context.random()))
        context.count(kind)
        const held = await heldBy(openKept, disk)
        if ('refusal' in held) tally.told += 1
        else if (!isWhole(held.state)) tally.wrong += 1
        else if (held.state.sequence < WRITES && !isNewest(entries, at)) tally.silent += 1
        done += 1
        context.progress(done, total)
      }
    }
    const seen = `${tally.told} of ${total} told`
    context.check(FACTS[0], tally.wrong === 0, `${tally.wrong} wrong; ${seen}`)
    context.check(FACTS[1], tally.silent === 0, `${tally.silent} lost in silence; ${seen}`)
  },
})

async function filledDisk(context: ScenarioContext, openKept: OpenKept): Promise<JournalEntry[]> {
  const disk = new TestDisk()
  const store = await openKept(FIRST_STATE, disk, 1)
  const writes = new KeptWrites(context, store)
  for (let done = 0; done < WRITES; done += 1) {
    await writes.write()
    await writes.keep()
  }
  await store.close()
  return disk.entries()
}

/** Whether an entry is the last of its kind: keys count up, behind what their kind begins with. */
function isNewest(entries: readonly JournalEntry[], at: number): boolean {
  const kindOf = (entry: JournalEntry | undefined): string | undefined => entry?.key.replace(/\d+$/, '')
  return kindOf(entries[at]) !== kindOf(entries[at + 1])
}

function damaged(
  entries: readonly JournalEntry[],
  at: number,
  kind: keyof typeof KINDS,
  random: () => number,
): JournalEntry[] {
  const { key, text } = entries[at] as JournalEntry // the index is below the length
  const place = Math.floor(random() * text.length)
  const others = entries.filter((_, index) => index !== at)
  if (kind === 'remove') return others
  if (kind === 'cut') return [...others, { key, text: text.slice(0, place) }]
  const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << Math.floor(random() * 7)))
  return [...others, { key, text: text.slice(0, place) + flipped + text.slice(place + 1) }]
}
