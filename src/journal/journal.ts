import type { Observable, SchedulerLike } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { Snapshot, Store, WaitOptions } from '../store/index.ts'
import type { Compaction } from './compact.ts'
import type { Verification } from './journal-log.ts'
import type { Seal } from './record.ts'
import type { Recovered } from './recover.ts'

/** How much a journal keeps, how far it may lag behind its store, and the schema of its states. */
export interface JournalOptions<S> {
  /** The prefix of its keys; one database may hold several journals. Default: the store's name. */
  readonly name?: string
  /**
   * Commits between whole states, from 1; or `'growth'`: once the changes since the last one are five times as long as
   * the state. Default 1 000.
   */
  readonly snapshotEvery?: number | 'growth'
  /** Commits that may wait for the disk, from 1. Default 4 096. */
  readonly pendingMax?: number
  /**
   * What to do when that many wait: keep only the newest state, or suspend the writers. Suspended writers wait with
   * `store.ready()`, or are refused with `JOURNAL_FULL`; a write that overrules (`whenFull`) skips. Default `'skip'`.
   */
  readonly behind?: 'skip' | 'suspend'
  /** How many of the newest versions are kept for `at` and `commits`. Default 10 000; `Infinity` keeps all. */
  readonly keep?: number
  /** Milliseconds between attempts to open an engine that failed. Default 1 000. */
  readonly retryMs?: number
  /** Milliseconds that `close()` waits for a disk that neither fails nor makes progress. Default 10 000. */
  readonly closeMs?: number
  /** The version of the state's schema, from 1. Default 1. */
  readonly schema?: number
  /** Converts a state written under an earlier schema to this one. */
  readonly migrate?: (state: unknown, schema: number) => S | Immutable<S>
  /**
   * Cuts off damaged records and everything after them, and keeps a copy; otherwise `JOURNAL_DAMAGED`. Default false.
   */
  readonly repair?: boolean
  /**
   * Called inside each write for a text to keep in the record of its commit, such as the position in an input that led
   * to it. The newest one is `stats().recovered.note`.
   */
  readonly note?: () => string
  /**
   * If another tab writes, follows it, and takes over when it closes; otherwise `JOURNAL_LOCKED`. Until then
   * writes to the store are refused with `JOURNAL_FOLLOWING`. Default false.
   */
  readonly follow?: boolean
  /** Encrypts or compresses records. */
  readonly seal?: Seal
  /** Times the retries. Default: RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike
}

/** At every instant: `committed = durable + skipped + pending`. */
export interface JournalStats {
  /** Commits of the store since the journal was opened. */
  readonly committed: number
  /** How many of those are on the disk. */
  readonly durable: number
  /** How many were skipped in favour of a newer state. */
  readonly skipped: number
  readonly pending: number
  /** Writes to the engine. */
  readonly batches: number
  /** Characters of records written. */
  readonly bytes: number
  /** Whole states written. */
  readonly snapshots: number
  /** How often the engine was reopened after a failure. */
  readonly reopens: number
  readonly lastError: string | null
  readonly recovered: Recovered
}

/** The first failure of an episode; the journal keeps retrying. */
export interface JournalFault {
  readonly journal: string
  readonly error: unknown
  /** The newest version that was on the disk then. */
  readonly durableVersion: number
}

/**
 * The state of a journal: `behind` its store, `degraded` by a failing disk, `following` another process that writes.
 */
export type JournalStatus = 'live' | 'behind' | 'degraded' | 'following' | 'closed'

/** Which commits {@link Journal.replay} hands over, and how fast. */
export interface ReplayOptions {
  readonly from?: number
  readonly to?: number
  /** A multiple of the original pace, above 0, or `'max'` for as fast as possible. Default `'max'`. */
  readonly speed?: number | 'max'
  readonly signal?: AbortSignal
}

/** The journal of one store; see {@link openJournal}. */
export interface Journal<S> extends AsyncDisposable {
  readonly status: JournalStatus
  /** The newest version on the disk; -1 if there is none. */
  readonly durableVersion: number
  /** How often it was opened for writing. A version that was not durable may be reused in a later epoch. */
  readonly epoch: number
  /**
   * Waits until a commit, by default the newest, is on the disk; resolves with the durable version that includes it.
   *
   * @throws `JOURNAL_PENDING` if the journal was closed first; what refused its state, if JSON cannot represent it and
   * no later state is on the disk; `OPTION_INVALID`; `WAIT_TIMEOUT`; the signal's reason.
   */
  durable(snapshot?: Snapshot<S>, options?: WaitOptions): Promise<number>
  /** The snapshot of a version. @throws `VERSION_NOT_KEPT` */
  at(version: number): Promise<Snapshot<S>>
  /** Reads the snapshots on the disk in a range of versions. */
  commits(range?: { from?: number; to?: number; newestFirst?: boolean }): AsyncIterable<Snapshot<S>>
  /** Replays the commits into another store, in order; resolves with the number of versions. */
  replay(into: Store<S>, options?: ReplayOptions): Promise<number>
  /** Removes what is older than `keep`; a journal also does so by itself with each whole state. */
  compact(): Promise<Compaction>
  /** Reads everything, and reports what is damaged or missing. */
  verify(): Promise<Verification>
  stats(): JournalStats
  readonly faults$: Observable<JournalFault>
  /**
   * Writes the pending commits, and closes the engine.
   *
   * @throws `JOURNAL_PENDING` with the versions that could not be written: the disk has failed for `retryMs`, or hung
   * for `closeMs`; or, with a `cause`, JSON cannot represent the newest state. `JOURNAL_STUCK` if everything was written
   * but the engine does not close.
   */
  close(): Promise<void>
}
