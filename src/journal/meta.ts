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
  /** How often the journal was opened by a writer: who has read a version of another epoch may have read another. */
  readonly epoch: number
  /** When its first state was made, in milliseconds since 1970; null where it was not noted. */
  readonly began: number | null
}

/**
 * What a journal says; undefined for one that is new, or whose word is damaged.
 *
 * @throws `JOURNAL_VERSION` for one of a later format
 */
export async function readMeta<S>(log: JournalLog<S>, journal: string): Promise<Meta | undefined> {
  for await (const { text } of log.engine.read({ from: log.keys.meta, to: `${log.keys.meta}~`, limit: 1 })) {
    const meta = unchecked(text)
    return meta === undefined ? undefined : checkFormat(withDefaults(JSON.parse(meta)), journal)
  }
  return undefined
}

/** What is read, with what is new since it was written. */
export const withDefaults = (read: Pick<Meta, 'format' | 'schema'> & Partial<Meta>): Meta => ({
  epoch: 0,
  began: null,
  ...read,
})

/** @throws `JOURNAL_VERSION` */
export function checkFormat(meta: Meta, journal: string): Meta {
  if (meta.format <= FORMAT) return meta
  throw new HeadgateError('JOURNAL_VERSION', { journal, what: 'format', found: meta.format, known: FORMAT })
}

export const metaEntry = <S>(
  log: JournalLog<S>,
  { schema, epoch, began }: Omit<Meta, 'format'>,
): JournalEntry => ({
  key: log.keys.meta,
  text: checked(JSON.stringify({ format: FORMAT, schema, epoch, began })),
})
