import type { JournalTurns } from './turns.ts'

/** What a journal needs of a database; `levelEngine(db)` makes one of any abstract-level database. */
export interface JournalEngine {
  readonly name: string
  /** Decides who writes, if several may have it open; absent if `open()` refuses a second one, or there is none. */
  readonly turns?: JournalTurns | undefined
  /** May be called again after `close()`. */
  open(): Promise<void>
  close(): Promise<void>
  /** Writes all entries or none; they are on the disk when it resolves. After a rejection the outcome is unknown. */
  write(entries: readonly JournalEntry[]): Promise<void>
  /** Reads the entries from one key up to, but without, another, in order. */
  read(
    range: JournalRange & { readonly newestFirst?: boolean; readonly limit?: number },
  ): AsyncIterable<JournalEntry>
  clear(range: JournalRange): Promise<void>
}

/** A record as an engine keeps it. */
export interface JournalEntry {
  readonly key: string
  readonly text: string
}

/** Keys from `from` up to, but without, `to`. */
export interface JournalRange {
  readonly from: string
  readonly to: string
}
