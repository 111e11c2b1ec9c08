import type { JournalRange } from './engine.ts'
import type { JournalLog } from './journal-log.ts'

/** What {@link Journal.compact} removed. */
export interface Compaction {
  readonly clearedCommits: number
  readonly clearedSnapshots: number
}

/** Clears what is older than the whole state that the oldest of the versions to keep stands on. */
export async function compact<S>(log: JournalLog<S>, newest: number, keep: number): Promise<Compaction> {
  const ranges = await outdated(log, newest, keep)
  const counts: number[] = []
  for (const range of ranges) counts.push(await countIn(log, range))
  for (const range of ranges) await log.engine.clear(range)
  const [clearedCommits = 0, clearedSnapshots = 0] = counts
  return { clearedCommits, clearedSnapshots }
}

/** The same, and does not count: it would have to read all that it clears. */
export async function clearOutdated<S>(log: JournalLog<S>, newest: number, keep: number): Promise<void> {
  for (const range of await outdated(log, newest, keep)) await log.engine.clear(range)
}

/** Where the commits and the states are that nobody needs; what follows a damaged state needs the one before it. */
async function outdated<S>(log: JournalLog<S>, newest: number, keep: number): Promise<JournalRange[]> {
  if (newest < keep) return []
  const { snapshot: base } = await log.newestState(newest - keep)
  return base === undefined
    ? []
    : [log.keys.range('c', 0, base.version), log.keys.range('s', 0, base.version - 1)]
}

async function countIn<S>(log: JournalLog<S>, range: JournalRange): Promise<number> {
  let count = 0
  for await (const _ of log.engine.read(range)) count += 1
  return count
}
