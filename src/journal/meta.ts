/** What a journal says of itself: the version of its records, and the schema of its state. */
import { HeadgateError } from '../kit/index.ts'
import type { JournalEntry } from './engine.ts'
import type { JournalLog } from './journal-log.ts'
import { checked, unchecked } from './record.ts'

/** The version of the records themselves. */
export const FORMAT = 1

export interface Meta {
  readonly format: number
  readonly schema: number
}

/**
 * What a journal says; undefined for one that is new, or whose word is damaged.
 *
 * @throws `JOURNAL_VERSION` for one of a later format
 */
export async function readMeta<S>(log: JournalLog<S>, journal: string): Promise<Meta | undefined> {
  for await (const { text } of log.engine.read({ from: log.keys.meta, to: `${log.keys.meta}~`, limit: 1 })) {
    const meta = unchecked(text)
    return meta === undefined ? undefined : checkFormat(JSON.parse(meta), journal)
  }
  return undefined
}

/** @throws `JOURNAL_VERSION` */
export function checkFormat(meta: Meta, journal: string): Meta {
  if (meta.format <= FORMAT) return meta
  throw new HeadgateError('JOURNAL_VERSION', { journal, what: 'format', found: meta.format, known: FORMAT })
}

export const metaEntry = <S>(log: JournalLog<S>, schema: number): JournalEntry => ({
  key: log.keys.meta,
  text: checked(JSON.stringify({ format: FORMAT, schema })),
})
