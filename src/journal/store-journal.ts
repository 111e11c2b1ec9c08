/** A journal at work: it follows the store, answers those who wait for the disk, and reads what is kept. */

import { type Observable, type SchedulerLike, Subject, type Subscription } from 'rxjs'
import { type JournalHealth, reportJournal } from '../health/index.ts'
import { contain, deferredOf, describeValue, HeadgateError } from '../kit/index.ts'
import { contained, type Kernel, type Snapshot, type WaitOptions } from '../store/index.ts'
import { type Compaction, clearOutdated, compact } from './compact.ts'
import { DurableWaiters } from './durable-waiters.ts'
import type { Journal, JournalFault, JournalStats, JournalStatus } from './journal.ts'
import type { JournalLog } from './journal-log.ts'
import type { Settings } from './journal-options.ts'
import { JournalWriter } from './journal-writer.ts'
import { KeptJournal } from './kept-journal.ts'
import type { Recovered } from './recover.ts'
import type { JournalTurn } from './turns.ts'

/** Asks at intervals until the answer is yes. */
const askUntil = (scheduler: SchedulerLike, ms: number, isTrue: () => boolean): Subscription =>
  scheduler.schedule(function () {
    if (!isTrue()) this.schedule(undefined, ms)
  }, ms)

/** Whether a promise resolves in time; what it rejects with is thrown. */
function within(promise: Promise<unknown>, ms: number, scheduler: SchedulerLike): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const late = scheduler.schedule(() => resolve(false), ms)
    promise.then(
      () => resolve(true),
      (error: unknown) => reject(error),
    )
    promise.catch(() => {}).finally(() => late.unsubscribe())
  })
}

/** What is known of a journal when it begins to write. */
export interface Begun {
  /** The newest version that is on the disk. */
  readonly version: number
  readonly epoch: number
  readonly recovered: Recovered
  readonly turn: JournalTurn | undefined
}

export class StoreJournal<S> extends KeptJournal<S> implements Journal<S> {
  readonly faults$: Observable<JournalFault>
  readonly epoch: number
  readonly #kernel: Kernel<S>
  readonly #turn: JournalTurn | undefined
  readonly #writer: JournalWriter<S>
  readonly #recovered: Recovered
  readonly #faults = new Subject<JournalFault>()
  readonly #waiters: DurableWaiters
  readonly #leave: (() => void)[]
  /** The newest commit that it was told of. */
  #told: number
  #closing: Promise<void> | undefined
  #isClosed = false
  #compacting: Promise<unknown> = Promise.resolve()

  constructor(
    kernel: Kernel<S>,
    log: JournalLog<S>,
    settings: Settings<S>,
    { version, epoch, recovered, turn }: Begun,
  ) {
    super(log, settings)
    this.#kernel = kernel
    this.#turn = turn
    this.epoch = epoch
    this.#recovered = recovered
    this.#waiters = new DurableWaiters(kernel.store.name, settings.scheduler)
    this.faults$ = contained(kernel.store, 'faults$', this.#faults)
    this.#told = kernel.head.version
    this.#writer = new JournalWriter(log, version, settings, {
      room: () => kernel.wake(),
      durable: (isWhole) => this.#durable(isWhole),
      failed: (error) => this.#tell(error),
      refused: (error, to) => this.#waiters.reject(to, error),
    })
    const follow = kernel.follow({
      next: ({ snapshot, before }) => {
        this.#told = snapshot.version
        this.#writer.add(snapshot, before, this.#note())
      },
      complete: () => {},
    })
    const unreport = reportJournal(kernel, () => this.#health())
    this.#leave = [follow, unreport, ...(settings.behind === 'suspend' ? [this.#suspendWhenFull()] : [])]
  }

  get status(): Exclude<JournalStatus, 'following'> {
    if (this.#isClosed) return 'closed'
    if (this.#writer.isDegraded) return 'degraded'
    return this.#writer.isBehind ? 'behind' : 'live'
  }

  get durableVersion(): number {
    return this.#writer.durableVersion
  }

  durable(snapshot: Snapshot<S> = this.#kernel.head, options: WaitOptions = {}): Promise<number> {
    const { version } = snapshot
    if (version <= this.durableVersion) return Promise.resolve(this.durableVersion)
    if (this.#isClosed) return Promise.reject(this.#pendingError())
    const { refused } = this.#writer
    if (refused !== undefined && version <= refused.to) return Promise.reject(refused.error)
    return this.#waiters.add(version, options)
  }

  compact(): Promise<Compaction> {
    return this.#inTurn(() => compact(this.log, this.durableVersion, this.settings.keep))
  }

  /** Compactions run one after another. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#compacting.then(work)
    this.#compacting = done.catch(() => {}) // the caller is told
    return done
  }

  stats(): JournalStats {
    const { committed, durable, skipped, pending, batches, bytes, snapshots, reopens, lastError } =
      this.#writer
    const recovered = this.#recovered
    return { committed, durable, skipped, pending, batches, bytes, snapshots, reopens, lastError, recovered }
  }

  #health(): JournalHealth {
    const { recovered: _, ...figures } = this.stats()
    const { status, durableVersion } = this
    return { name: this.settings.name, status, durableVersion, ...figures }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const leave of this.#leave) leave()
    const { closeMs, scheduler } = this.settings
    const stop = this.#giveUpInTime()
    await this.#writer.idle()
    stop()
    const isPending = this.#writer.pending > 0 || this.#writer.refused !== undefined
    this.#isClosed = true
    this.#waiters.reject(Number.POSITIVE_INFINITY, this.#pendingError())
    this.#faults.complete()
    const closing = this.#compacting.then(() => this.log.engine.close()).finally(() => this.#turn?.end())
    // What was lost says more than an engine that does not close.
    const isClosed = await within(isPending ? closing.catch(() => {}) : closing, closeMs, scheduler)
    if (isPending) throw this.#pendingError()
    if (!isClosed) throw new HeadgateError('JOURNAL_STUCK', { journal: this.settings.name, closeMs })
  }

  /** Gives up where the disk has failed for `retryMs`, or a write of it hangs for `closeMs`. */
  #giveUpInTime(): () => void {
    const writer = this.#writer
    const { retryMs, closeMs, scheduler } = this.settings
    const giveUpIf = (isHopeless: boolean): boolean => {
      if (isHopeless) writer.giveUp()
      return isHopeless || writer.pending === 0
    }
    let { batches } = writer
    const failed = askUntil(scheduler, retryMs, () => giveUpIf(writer.isDegraded))
    const hung = askUntil(scheduler, closeMs, () => {
      const before = batches
      batches = writer.batches
      return giveUpIf(batches === before)
    })
    return () => {
      failed.unsubscribe()
      hung.unsubscribe()
    }
  }

  #pendingError(): HeadgateError {
    const journal = this.settings.name
    const { pendingVersions, refused } = this.#writer
    const cause = refused && { cause: refused.error }
    return new HeadgateError('JOURNAL_PENDING', { journal, ...pendingVersions }, cause)
  }

  /** What the user notes with a commit; what he throws is told, and notes nothing. */
  #note(): string | undefined {
    const { note } = this.settings
    if (note === undefined) return undefined
    try {
      const text: unknown = note()
      if (typeof text === 'string') return text
      throw new HeadgateError('OPTION_INVALID', {
        option: 'note',
        expected: 'a function that returns a text',
        received: `one that returned ${deferredOf(text) ?? describeValue(text)}`,
      })
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }

  #suspendWhenFull(): () => void {
    const { name: journal, pendingMax } = this.settings
    const { store } = this.#kernel
    return this.#kernel.brake({
      id: `journal "${journal}"`,
      isFull: () => this.#writer.room <= this.#untold,
      refusal: () => new HeadgateError('JOURNAL_FULL', { store: store.name, journal, pendingMax }),
    })
  }

  /** Commits that wait behind a walk; a batch that is open is none yet. */
  get #untold(): number {
    const { head, inBatch } = this.#kernel
    return Math.max(0, head.version - this.#told - (inBatch ? 1 : 0))
  }

  #durable(isWhole: boolean): void {
    // It is foreign code: what it throws must not end the writing.
    contain(
      () => this.#turn?.tell(),
      (error) => this.#tell(error),
    )
    this.#waiters.resolve(this.durableVersion)
    if (!isWhole) return
    const { log, settings } = this
    this.#inTurn(() => clearOutdated(log, this.durableVersion, settings.keep)).catch((error: unknown) =>
      this.#tell(error),
    )
  }

  #tell(error: unknown): void {
    const { durableVersion } = this
    this.#faults.next({ journal: this.settings.name, error, durableVersion })
  }
}
