/**
 * One machine's part in a store that many have: it reads the log, and the store here is what counts in it.
 *
 *   log ──> LogReader ──> RecordReader: counts? ──> Replica ──> followers, policies, selections: as of any store
 *    ^                       └────────────────────> Proposer <── Writer <── update()
 *    └──────────── publish ────────────────────────────┘
 *
 * What must stay true: what is read is applied at once; nobody who follows the store can make the reading wait.
 */
import { asyncScheduler, BehaviorSubject, filter, firstValueFrom, type Observable, Subject } from 'rxjs'
import { reportMember } from '../health/index.ts'
import { checkTimerMs, HeadgateError, type Immutable, isHeadgateError, randomUuid } from '../kit/index.ts'
import { contained, runRecipe, type Store } from '../store/index.ts'
import type { Recipe, WriteResult } from '../sync/index.ts'
import { Chain } from './chain.ts'
import type { CommitLog, LogEntry, ServerFacts } from './commit-log.ts'
import { LogReader } from './log-reader.ts'
import type { MemberFacts } from './member-facts.ts'
import type { NatsFault, NatsMember, NatsStats, NatsStatus, NatsWriteOptions } from './nats-member.ts'
import type { NatsSettings } from './nats-options.ts'
import type { Make } from './pending-write.ts'
import { Proposer } from './proposer.ts'
import type { Change, LogRecord } from './record.ts'
import { RecordReader } from './record-reader.ts'
import { RecordTexts } from './record-texts.ts'
import { Replica } from './replica.ts'
import { StateKeeper } from './state-keeper.ts'
import { States } from './states.ts'
import { Turns } from './turns.ts'
import { Writer } from './writer.ts'

/** How often a write is tried again that came too late. */
export const RETRIES = 64

export class StoreMember<S> implements NatsMember<S> {
  static {
    const key = (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for('Symbol.asyncDispose')
    Object.defineProperty(StoreMember.prototype, key, {
      value(this: StoreMember<unknown>): Promise<void> {
        return this.close()
      },
    })
  }

  declare readonly [Symbol.asyncDispose]: () => Promise<void>
  readonly id: string = randomUuid()
  readonly store: Store<S>
  readonly server: ServerFacts
  readonly status$: BehaviorSubject<NatsStatus> = new BehaviorSubject<NatsStatus>('catching-up')
  readonly faults$: Observable<NatsFault>
  protected readonly chain: Chain = new Chain()
  protected readonly replica: Replica<S>
  protected readonly writer: Writer<S>
  protected readonly settings: NatsSettings
  readonly #log: CommitLog
  readonly #records: RecordReader<S>
  readonly #reader: LogReader
  readonly #proposer: Proposer
  readonly #turns: Turns
  readonly #keeper: StateKeeper
  readonly #faults = new Subject<NatsFault>()
  readonly #unfollow: () => void
  readonly #unreport: () => void
  /** Why it is closed, where it closed itself. */
  #failure: unknown
  #behindSince: number | undefined
  #isReading = false
  /** Whether its first record is on its way; a connection that comes back makes no second one. */
  #isBeginning = false

  constructor(store: Store<S>, log: CommitLog, settings: NatsSettings) {
    this.store = store
    this.server = log.server
    this.settings = settings
    this.#log = log
    this.faults$ = contained(store, 'faults$', this.#faults)
    const member = this
    const { id, chain } = this
    const { scheduler, snapshotEvery } = settings
    const now = (): number => this.now()
    const states = new States(log, store.name)
    const replica = new Replica(store)
    const turns = new Turns(id, now)
    this.replica = replica
    this.#turns = turns
    this.#reader = new LogReader(
      log,
      {
        read: (entry) => this.#records.read(entry),
        upToDate: () => this.#upToDate(),
        lost: (error) => this.#lost(error),
        resync: () => this.#resync(),
        broken: (sequence, problem) => this.#stop(sequence, problem),
      },
      scheduler,
    )
    const facts: MemberFacts = {
      get status() {
        return member.status
      },
      get seen() {
        return member.#reader.seen
      },
      get isReading() {
        return member.#isReading
      },
      now,
    }
    const proposer = new Proposer({
      member: id,
      log,
      turns,
      scheduler,
      facts,
      unheard: () => this.#reader.again(),
    })
    this.#proposer = proposer
    const texts = new RecordTexts<S>(id, log, states, store.name)
    this.writer = new Writer<S>({ member: id, chain, replica, texts, proposer, turns, scheduler, facts })
    this.#records = new RecordReader<S>({
      chain,
      replica,
      states,
      facts,
      statesOf: (recordId) => (proposer.isOwn(recordId) ? this.writer.states : undefined),
      adopting: (change, state) => this.adopting(change, state),
      decided: (entry, record, counts) => this.#decided(entry, record, counts),
      stop: (sequence, problem, cause) => this.#stop(sequence, problem, cause),
    })
    this.#keeper = new StateKeeper({
      chain,
      replica,
      states,
      scheduler,
      snapshotEvery,
      facts,
      failed: (error) => {
        if (this.status !== 'closed') this.fault('snapshot', error)
      },
    })
    this.#behindSince = this.now()
    this.#unfollow = replica.kernel.follow({ next: () => {}, complete: () => void this.leave() })
    this.#unreport = reportMember(replica.kernel, () => ({
      stream: settings.stream,
      status: this.status,
      replicas: log.server.replicas,
      syncs: log.server.syncs,
      ...this.stats(),
    }))
    log.onClosed(() => {
      if (this.status === 'closed') return
      this.fault('read', new HeadgateError('NATS_DISCONNECTED', { store: store.name, operation: 'reading' }))
      void this.leave()
    })
  }

  /** Resolves when it has read all that there is. @throws what closed it before */
  async start(): Promise<void> {
    this.#reader.start()
    await this.#live()
    if (this.#failure !== undefined) throw this.#failure
  }

  get status(): NatsStatus {
    return this.status$.value
  }

  async update(recipe: Recipe<S>, options: NatsWriteOptions = {}): Promise<WriteResult> {
    const { reason = 'UPDATE', retries = RETRIES, timeoutMs = this.settings.writeTimeoutMs, signal } = options
    checkTimerMs('timeoutMs', timeoutMs)
    const operation = 'update()'
    const { name: store } = this.store
    const make: Make<S> = (state) => {
      const next = runRecipe(state, recipe as never, { store, operation, freeze: true }) as Immutable<S>
      this.check(next)
      return { next, labels: { reason, source: this.id, tsWall: this.wall() } }
    }
    return await this.writer.write(make, { operation, retries, timeoutMs, signal })
  }

  stats(): NatsStats {
    const lagMs = this.#behindSince === undefined ? 0 : this.now() - this.#behindSince
    const { conflicts } = this.writer
    const leader = this.chain.leader?.member ?? null
    return { ...this.#records.figures, conflicts, lagRecords: this.#reader.pending, lagMs, leader, fenced: 0 }
  }

  close(): Promise<void> {
    return this.leave()
  }

  // ---- what is more of a machine ----

  /** @throws what says that the store cannot have a state */
  protected check(_state: Immutable<S>): void {}

  /** Milliseconds since 1970. */
  protected wall(): number {
    return Date.now()
  }

  /** A record counts, and was taken. @param sentAt - when, where it is the one that this member waits for */
  protected counted(_record: LogRecord, _sentAt: number | undefined): void {}

  /** The state that the store goes on to, of what a version of somebody else leads to. */
  protected adopting(_change: Change, state: Immutable<S>): Immutable<S> {
    return state
  }

  /** What is between was not read. */
  protected resynced(): void {}

  /** Ends it at once; resolves when nothing is under way. */
  protected async leave(): Promise<void> {
    if (this.status === 'closed') return
    this.#end()
    await this.#keeper.close()
    await this.#log.close()
  }

  /** Milliseconds that only rise; of the scheduler where that is a virtual one. */
  protected now(): number {
    const { scheduler } = this.settings
    return scheduler === asyncScheduler ? performance.now() : scheduler.now()
  }

  protected fault(phase: NatsFault['phase'], error: unknown): void {
    this.#faults.next({ phase, error })
  }

  // ---- reading ----

  #decided({ sequence, id }: LogEntry, record: LogRecord, counts: boolean): void {
    const isOwn = this.#proposer.isOwn(id)
    const { sentAt } = this.writer
    this.#turns.read(id, record, counts)
    this.#proposer.read(id, record.base, counts)
    this.#keeper.read(sequence, counts && isOwn)
    if (counts) this.counted(record, isOwn ? sentAt : undefined)
    this.writer.wake()
  }

  async #resync(): Promise<number> {
    const upTo = await this.#records.resync(this.#reader.seen)
    if (upTo === 0) return 0
    this.#keeper.keptAt = upTo
    this.#proposer.giveUp()
    this.resynced()
    return upTo
  }

  #upToDate(): void {
    if (this.status === 'closed') return
    this.#isReading = true
    this.#behindSince = undefined
    this.#proposer.upToDate()
    this.#keeper.upToDate()
    this.writer.wake()
    if (this.chain.version >= 0 || this.replica.version < 0) this.#become('live')
    else if (!this.#isBeginning) void this.#beginLog()
  }

  /** The log is empty, and the store has a state: that is the first record, unless somebody else is faster. */
  async #beginLog(): Promise<void> {
    this.#isBeginning = true
    try {
      const { tsWall } = this.replica.kernel.head
      const labels = { reason: 'INIT', source: this.id, tsWall }
      const { writeTimeoutMs } = this.settings
      const isDecided = await this.writer.begin(this.replica.state, labels, writeTimeoutMs)
      this.#isBeginning = false
      if (!isDecided && this.#isReading) this.#upToDate()
    } catch (error) {
      this.#failure = error
      this.#end()
    }
  }

  #lost(error: unknown): void {
    if (this.status === 'closed') return
    this.#isReading = false
    this.#proposer.disconnected()
    this.#behindSince ??= this.now()
    this.fault('read', error)
    this.#become('disconnected')
  }

  /** It goes no further. */
  #stop(sequence: number, problem: string, cause?: unknown): void {
    if (this.status === 'closed') return
    const { name: store } = this.store
    const { stream } = this.settings
    const error = isHeadgateError(cause, 'OPTION_INVALID')
      ? cause
      : new HeadgateError('RECORD_INVALID', { store, stream, sequence, problem }, { cause })
    this.#failure = error
    this.fault('record', error)
    const { kernel, version } = this.replica
    kernel.report({ subscriberId: 'nats', phase: 'kernel', error, version, failures: 1 })
    void this.leave()
  }

  // ---- status ----

  /** Resolves when it is live, or closed. */
  async #live(): Promise<void> {
    if (this.status === 'closed') return
    await firstValueFrom(this.status$.pipe(filter((status) => status === 'live' || status === 'closed')))
  }

  #become(status: NatsStatus): void {
    if (this.status === status || this.status === 'closed') return
    this.status$.next(status)
    this.writer.wake()
  }

  #end(): void {
    this.#become('closed')
    this.#isReading = false
    this.#reader.close()
    this.#proposer.close()
    this.writer.close()
    this.#unfollow()
    this.#unreport()
    this.replica.leave()
    this.status$.complete()
    this.#faults.complete()
  }
}
