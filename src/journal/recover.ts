/**
 * What a journal holds when it is opened: the newest whole state, and the commits behind it as long as they hold.
 *
 *   s5  c6  c7  c8✗            a torn tail: nothing holds behind it; cut
 *   s5  c6  c7  c8✗  c9        damaged: c9 cannot be read without c8; refused, or cut aside by `repair`
 */
import { HeadgateError } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { JournalLog } from './journal-log.ts'

/** What a journal found when it opened. */
export interface Recovered {
  /** The version the store continues from; -1 if the journal was empty. */
  readonly version: number
  /** Commits applied to the whole state that was found. */
  readonly replayed: number
  /** Whole states that were damaged. */
  readonly skippedSnapshots: number
  /** The first version that was cut off; null if none was. */
  readonly truncatedAt: number | null
  /** What `note` returned for the newest commit; null if there was none. */
  readonly note: string | null
  /** The schema the state had before it was migrated; null if it was not. */
  readonly migratedFrom: number | null
}

interface Recovery<S> extends Omit<Recovered, 'migratedFrom'> {
  readonly snapshot: Snapshot<S> | undefined
  /** Of the state, where it says so. */
  readonly schema: number | undefined
}

/**
 * @param accept - looks at the schema of what was found, and throws where it will not do
 * @throws `JOURNAL_DAMAGED`, what `accept` throws; having changed nothing.
 */
export async function recover<S>(
  log: JournalLog<S>,
  name: string,
  repair: boolean,
  accept: (schema: number | undefined) => void = () => {},
): Promise<Recovery<S>> {
  const { snapshot: base, schema, skipped } = await log.newestState()
  accept(schema)
  let snapshot = base
  let replayed = 0
  if (base !== undefined) {
    for await (const next of log.behind(base)) {
      snapshot = next
      replayed += 1
    }
  }
  const lastGood = snapshot?.version ?? -1
  const truncatedAt = await cut(log, name, lastGood, repair)
  const note = lastGood < 0 ? null : await log.noteOf(lastGood)
  return { snapshot, schema, version: lastGood, replayed, skippedSnapshots: skipped, truncatedAt, note }
}

/** Cuts what is behind the last good version; tells where it began. */
async function cut<S>(
  log: JournalLog<S>,
  name: string,
  lastGood: number,
  repair: boolean,
): Promise<number | null> {
  let truncatedAt: number | null = null
  for await (const { version, record } of log.records('c', lastGood + 1)) {
    truncatedAt ??= version
    if (record === undefined || repair) continue
    throw new HeadgateError('JOURNAL_DAMAGED', { journal: name, lastGood, firstAfter: version })
  }
  for (const kind of ['c', 's'] as const) {
    const range = log.keys.range(kind, lastGood + 1)
    if (repair) {
      for await (const { key, text } of log.engine.read(range)) {
        await log.engine.write([{ key: log.keys.aside(key), text }])
      }
    }
    await log.engine.clear(range)
  }
  return truncatedAt
}
