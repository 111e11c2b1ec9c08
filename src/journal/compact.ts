import type { JournalLog } from './journal-log.ts'
import type { RecordKind } from './record.ts'

/** What {@link Journal.compact} has cleared. */
export interface Compaction {
  readonly clearedCommits: number
  readonly clearedSnapshots: number
}

/** Clears what is older than the whole state that the oldest of the versions to keep stands on. */
export async function compact<S>(log: JournalLog<S>, newest: number, keep: number): Promise<Compaction> {
  const states = await log.states()
  const base = states.filter((version) => version <= newest - keep).at(-1)
  if (base === undefined) return { clearedCommits: 0, clearedSnapshots: 0 }
  const clearedCommits = await clear(log, 'c', base)
  const clearedSnapshots = await clear(log, 's', base - 1)
  return { clearedCommits, clearedSnapshots }
}

async function clear<S>(log: JournalLog<S>, kind: RecordKind, to: number): Promise<number> {
  const range = log.keys.range(kind, 0, to)
  let count = 0
  for await (const _ of log.engine.read(range)) count += 1
  if (count > 0) await log.engine.clear(range)
  return count
}
