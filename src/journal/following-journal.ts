/**
 * The journal of a store whose commits another tab writes: it reads what comes to the disk, until it is its turn.
 *
 *   first tab    writes ───────────────✗
 *   second tab   follows, waits for the turn ─── recovers what was missing, writes
 *
 * Its store refuses writes, and its machine does nothing by itself: both are done where the turn is.
 */
import { type Observable, Subject } from 'rxjs'
import { type JournalHealth, reportJournal } from '../health/index.ts'
import { HeadgateError, isHeadgateError, messageOf } from '../kit/index.ts'
import { contained, type Kernel, type Snapshot, type WaitOptions } from '../store/index.ts'
import { beginToWrite, isCurrent, metaOf } from './begin-to-write.ts'
import type { Compaction } from './compact.ts'
import type { Journal, JournalFault, JournalStats, JournalStatus } from './journal.ts'
import type { JournalLog } from './journal-log.ts'
import type { Settings } from './journal-options.ts'
import { KeptJournal, pause } from './kept-journal.ts'
import type { Recovered } from './recover.ts'
import type { StoreJournal } from './store-journal.ts'
import type { Takeover } from './takeover.ts'
import type { JournalTurn, JournalTurns } from './turns.ts'

const NOTHING = {
  committed: 0,
  durable: 0,
  skipped: 0,
  pending: 0,
  batches: 0,
  bytes: 0,
  snapshots: 0,
  reopens: 0,
} as const

export class FollowingJournal<S> extends KeptJournal<S> implements Journal<S> {
  readonly faults$: Observable<JournalFault>
  readonly #kernel: Kernel<S>
  readonly #takeover: Takeover<S>
  readonly #turns: JournalTurns
  readonly #faults = new Subject<JournalFault>()
  readonly #waiting = new AbortController()
  readonly #deaf: () => void
  readonly #unreport: () => void
  /** The newest that was read. */
  #head: Snapshot<S> | undefined
  #epoch = 0
  #lastError: string | null = null
  /** What reads; each waits for the one before. */
  #reading: Promise<void> = Promise.resolve()
  #isAsked = false
  /** The journal, once it is its turn to write. */
  #live: StoreJournal<S> | undefined
  #isClosed = false
  #closing: Promise<void> | undefined

  /** Resolves when the store has what is on the disk; it follows from then on. */
  static async begin<S>(
    kernel: Kernel<S>,
    log: JournalLog<S>,
    settings: Settings<S>,
    takeover: Takeover<S>,
    turns: JournalTurns,
  ): Promise<FollowingJournal<S>> {
    const journal = new FollowingJournal(kernel, log, settings, takeover, turns)
    try {
      const reading = journal.#catchUp()
      journal.#reading = reading.catch(() => {})
      await reading
    } catch (error) {
      journal.#leave()
      throw error
    }
    journal.#waitForTurn()
    return journal
  }

  constructor(
    kernel: Kernel<S>,
    log: JournalLog<S>,
    settings: Settings<S>,
    takeover: Takeover<S>,
    turns: JournalTurns,
  ) {
    super(log, settings)
    const { name } = settings
    this.#kernel = kernel
    this.#takeover = takeover
    this.#turns = turns
    this.faults$ = contained(kernel.store, 'faults$', this.#faults)
    takeover.refusal = () =>
      new HeadgateError('JOURNAL_FOLLOWING', { store: kernel.store.name, journal: name })
    takeover.quiet()
    this.#deaf = turns.hear(name, () => this.#read())
    this.#unreport = reportJournal(kernel, () => this.#health())
  }

  get status(): JournalStatus {
    return this.#live?.status ?? (this.#isClosed ? 'closed' : 'following')
  }

  get durableVersion(): number {
    return this.#live?.durableVersion ?? this.#head?.version ?? -1
  }

  get epoch(): number {
    return this.#live?.epoch ?? this.#epoch
  }

  async durable(snapshot?: Snapshot<S>, options?: WaitOptions): Promise<number> {
    // What a store has that follows came from the disk.
    return this.#live === undefined ? this.durableVersion : this.#live.durable(snapshot, options)
  }

  async compact(): Promise<Compaction> {
    return this.#live?.compact() ?? { clearedCommits: 0, clearedSnapshots: 0 }
  }

  stats(): JournalStats {
    const recovered: Recovered = {
      version: this.durableVersion,
      replayed: 0,
      skippedSnapshots: 0,
      truncatedAt: null,
      note: null,
      migratedFrom: null,
    }
    const lastError = this.#lastError
    return this.#live?.stats() ?? { ...NOTHING, lastError, recovered }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#leave()
    await this.#reading
    if (this.#live !== undefined) return this.#live.close()
    this.#isClosed = true
    this.#faults.complete()
    this.#takeover.left()
    await this.log.engine.close()
  }

  #health(): JournalHealth {
    const { recovered: _, ...figures } = this.stats()
    const { status, durableVersion } = this
    return { name: this.settings.name, status, durableVersion, ...figures }
  }

  #leave(): void {
    this.#deaf()
    this.#unreport()
    this.#waiting.abort()
  }

  /** Reads what is new on the disk; asked while it reads, it does so once more. */
  #read(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    this.#next(() => {
      this.#isAsked = false
      return this.#catchUp()
    })
  }

  #next(work: () => Promise<void>): void {
    this.#reading = this.#reading.then(work).catch((error: unknown) => this.#tell(error))
  }

  async #catchUp(): Promise<void> {
    if (this.#waiting.signal.aborted || this.#live !== undefined) return
    const { name, schema } = this.settings
    this.#epoch = (await metaOf(this.log, { name, schema })).epoch
    for (;;) {
      if (this.#head !== undefined) {
        for await (const next of this.log.behind(this.#head)) await this.#adopt(next)
      }
      // What stands whole behind that follows versions that were skipped, or cleared.
      const { snapshot } = await this.log.newestState(undefined, this.durableVersion + 1)
      if (snapshot === undefined) return
      await this.#adopt(snapshot)
    }
  }

  async #adopt(snapshot: Snapshot<S>): Promise<void> {
    if (!isCurrent(this.#kernel.head, snapshot)) {
      const { signal } = this.#waiting
      // A subscriber of this store may suspend its writers.
      await this.#kernel.store.whenReady(() => this.#takeover.adopt(() => this.#kernel.adopt(snapshot)), {
        signal,
      })
    }
    this.#head = snapshot
  }

  #waitForTurn(): void {
    const { signal } = this.#waiting
    if (signal.aborted) return
    this.#turns.take(this.settings.name, signal).then(
      (turn) => this.#next(() => this.#write(turn)),
      (error: unknown) => this.#tell(error),
    )
  }

  /** Its turn has come. If the disk fails, the turn passes on; this tab keeps following and queues again. */
  async #write(turn: JournalTurn | undefined): Promise<void> {
    const { signal } = this.#waiting
    if (signal.aborted) {
      turn?.end()
      return
    }
    try {
      this.#live = await beginToWrite(this.#kernel, this.log, this.settings, this.#takeover, turn)
    } catch (error) {
      // What is wrong with the journal itself is wrong the next time, too.
      if (!isHeadgateError(error)) await this.#tryAgain()
      throw error
    }
    this.#deaf()
    this.#live.faults$.subscribe(this.#faults)
    this.#unreport() // who writes reports for itself
  }

  /** Opens the engine anew, for one that has failed may acknowledge and lose what comes later, and asks for a turn. */
  async #tryAgain(): Promise<void> {
    const { engine } = this.log
    await engine.close().catch(() => {})
    await engine.open().catch(() => {}) // closed, it fails at the next turn, too, and is opened once more
    const { retryMs, scheduler } = this.settings
    void pause(retryMs, scheduler, this.#waiting.signal).then(() => this.#waitForTurn())
  }

  #tell(error: unknown): void {
    if (this.#waiting.signal.aborted) return // what was waited for is given up
    this.#lastError = messageOf(error)
    this.#faults.next({ journal: this.settings.name, error, durableVersion: this.durableVersion })
  }
}
