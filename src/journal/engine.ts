import type { JournalTurns } from './turns.ts'

/** What a journal needs of a database; `levelEngine(db)` makes one of any abstract-level database. */
export interface JournalEngine {
  readonly name: string
  /** Who writes, where several may have it open at once; absent where `open()` refuses the second, or there is none. */
  readonly turns?: JournalTurns | undefined
  /** May be called again after `close()`. */
  open(): Promise<void>
  close(): Promise<void>
  /** All or nothing, and on the disk when it resolves. A rejection says that the outcome is unknown. */
  write(entries: readonly JournalEntry[]): Promise<void>
  /** The entries from a key on, up to another that is not one of them, in order. */
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
