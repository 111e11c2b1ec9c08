/** What journals say of themselves to the health and the figures of their store. */
import { type Companions, companions } from './companions.ts'

/** A journal of a store, in figures. */
export interface JournalHealth {
  readonly name: string
  readonly status: 'live' | 'behind' | 'degraded' | 'following' | 'closed'
  /** The newest version on the disk; -1 where there is none. */
  readonly durableVersion: number
  readonly committed: number
  readonly durable: number
  readonly skipped: number
  readonly pending: number
  /** Writes to the engine. */
  readonly batches: number
  /** Characters of records that were written. */
  readonly bytes: number
  readonly snapshots: number
  readonly reopens: number
  readonly lastError: string | null
}

const journals: Companions<JournalHealth> = companions<JournalHealth>('headgate.journals')

/** Adds a journal to the health and the figures of a store; returns what takes it away. */
export const reportJournal: Companions<JournalHealth>['report'] = journals.report

/** The journals of a store, in the order in which they were opened. */
export const journalsOf: Companions<JournalHealth>['of'] = journals.of
