/**
 * One machine's part in a store that many have: it reads the log, and the store here is what counts in it.
 *
 *   log ──> LogReader ──> Chain: counts? ──> Replica ──> followers, policies, selections: as of any store
 *    ^                       └─────────────> Proposer ──> update() resolves
 *    └──────────── publish ─────────────────────┘
 *
 * What must stay true: what is read is applied at once; nobody who follows the store can make the reading wait.
 */
import { asyncScheduler, BehaviorSubject, filter, firstValueFrom, type Observable, Subject } from 'rxjs'
import { reportMember } from '../health/index.ts'
import { HeadgateError, type Immutable, isHeadgateError, messageOf, randomUuid } from '../kit/index.ts'
import { contained, runRecipe, type Store } from '../store/index.ts'
import type { Recipe, UpdateOptions, WriteResult } from '../sync/index.ts'
import { Chain } from './chain.ts'
import type { CommitLog, LogEntry, ServerFacts } from './commit-log.ts'
import { LogReader } from './log-reader.ts'
import type { NatsFault, NatsMember, NatsStats, NatsStatus } from './nats-member.ts'
import type { NatsSettings } from './nats-options.ts'
import { Proposer } from './proposer.ts'
import { type CommitRecord, type LogRecord, readRecord, readValue } from './record.ts'
import { Replica } from './replica.ts'
import { StateKeeper } from './state-keeper.ts'
import { States } from './states.ts'
import { type Make, Writer } from './writer.ts'

/** How often a write is tried again that came too late. */
export const RETRIES = 64
/** Ids that are remembered, to tell which were written twice. */
const IDS_MAX = 1_024

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
  readonly #states: States
  readonly #reader: LogReader
  readonly #proposer: Proposer
  readonly #faults = new Subject<NatsFault>()
  readonly #figures = { records: 0, counting: 0, void: 0, applied: 0, resyncs: 0, repeated: 0 }
  readonly #ids = new Set<string>()
  readonly #unfollow: () => void
  readonly #unreport: () => void
  /** Why it is closed, where it closed itself. */
  #failure: unknown
  #behindSince: number | undefined
  #isReading = false
  /** Whether its first record is on its way; a connection that comes back makes no second one. */
  #isBeginning = false
  readonly #keeper: StateKeeper

  constructor(store: Store<S>, log: CommitLog, settings: NatsSettings) {
    this.store = store
    this.server = log.server
    this.settings = settings
    this.#log = log
    this.faults$ = contained(store, 'faults$', this.#faults)
    const { scheduler } = settings
    this.#states = new States(log, store.name)
    this.replica = new Replica(store)
    this.#reader = new LogReader(
      log,
      {
        read: (entry) => this.#read(entry),
        upToDate: () => this.#upToDate(),
        lost: (error) => this.#lost(error),
        resync: () => this.#resync(),
        broken: (sequence, problem) => this.#stop(sequence, problem),
      },
      scheduler,
    )
    const member = this
    this.#proposer = new Proposer(
      log,
      {
        member: this.id,
        get seen() {
          return member.#reader.seen
        },
        get isConnected() {
          return member.#isReading
        },
      },
      scheduler,
    )
    this.writer = new Writer<S>({
      member: this.id,
      log,
      chain: this.chain,
      replica: this.replica,
      states: this.#states,
      proposer: this.#proposer,
      scheduler,
      get isLive() {
        return member.status === 'live'
      },
      get isDisconnected() {
        return member.status === 'disconnected'
      },
      get isClosed() {
        return member.status === 'closed'
      },
      live: () => this.#live(),
      now: () => this.now(),
    })
    this.#keeper = new StateKeeper({
      chain: this.chain,
      replica: this.replica,
      states: this.#states,
      scheduler,
      snapshotEvery: settings.snapshotEvery,
      get seen() {
        return member.#reader.seen
      },
      get isReading() {
        return member.#isReading
      },
      failed: (error) => {
        if (this.status !== 'closed') this.fault('snapshot', error)
      },
    })
    this.#behindSince = this.now()
    this.#unfollow = this.replica.kernel.follow({ next: () => {}, complete: () => void this.leave() })
    this.#unreport = reportMember(this.replica.kernel, () => ({
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

  async update(recipe: Recipe<S>, options: UpdateOptions = {}): Promise<WriteResult> {
    const { reason = 'UPDATE', retries = RETRIES, timeoutMs = this.settings.writeTimeoutMs, signal } = options
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
    return { ...this.#figures, conflicts, lagRecords: this.#reader.pending, lagMs, leader, fenced: 0 }
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

  /** The state that the store goes on to, of what a record of somebody else leads to. */
  protected adopting(_record: CommitRecord, state: Immutable<S>): Immutable<S> {
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

  #read(entry: LogEntry): Promise<boolean> | undefined {
    const { sequence, id, text } = entry
    let record: LogRecord
    try {
      record = readRecord(text)
    } catch (error) {
      this.#stop(sequence, messageOf(error), error)
      return undefined
    }
    this.#count(id)
    if (!this.chain.counts(record)) {
      this.#figures.void += 1
      this.#keeper.read(sequence, false)
      this.#proposer.read(id, record.base, false)
      return undefined
    }
    if (record.format !== 'headgate.commit') {
      this.#taken(entry, record)
      return undefined
    }
    const own = this.#proposer.isOwn(id) ? this.writer.next : undefined
    if (own !== undefined) this.#take(entry, record, own)
    else if (record.parts !== undefined) return this.#fetch(entry, record)
    else this.#make(entry, record)
    return undefined
  }

  #count(id: string): void {
    this.#figures.records += 1
    if (this.#ids.has(id)) this.#figures.repeated += 1
    this.#ids.add(id)
    if (this.#ids.size <= IDS_MAX) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }

  #make(entry: LogEntry, record: CommitRecord): void {
    let state: Immutable<S>
    try {
      state =
        record.ops === undefined
          ? (readValue(record.state, 'state') as Immutable<S>)
          : this.replica.applied(record.ops)
    } catch (error) {
      this.#stop(entry.sequence, messageOf(error), error)
      return
    }
    this.#take(entry, record, this.adopting(record, state))
  }

  /** Reads a state in parts; false where the log has let go of them. */
  async #fetch(entry: LogEntry, record: CommitRecord): Promise<boolean> {
    const found = await this.#states.read(record)
    if (found === undefined) return false
    if (this.status !== 'closed') {
      this.#take(entry, record, this.adopting(record, found.state as Immutable<S>))
    }
    return true
  }

  #take(entry: LogEntry, record: CommitRecord, state: Immutable<S>): void {
    const isFirst = this.chain.version < 0
    try {
      this.chain.take(record, entry.sequence)
      if (isFirst) this.replica.begin(state, record, false)
      else this.replica.next(state, record)
    } catch (error) {
      this.#stop(entry.sequence, messageOf(error), error)
      return
    }
    this.#figures.applied += 1
    this.#taken(entry, record)
  }

  #taken({ sequence, id }: LogEntry, record: LogRecord): void {
    if (record.format !== 'headgate.commit') this.chain.take(record, sequence)
    this.#figures.counting += 1
    const isOwn = this.#proposer.isOwn(id)
    this.#proposer.read(id, record.base, true)
    this.#keeper.read(sequence, isOwn)
    this.counted(record, isOwn ? this.writer.sentAt : undefined)
  }

  async #resync(): Promise<number> {
    const hasBegun = this.chain.sequence > 0
    const snapshot = await this.#states.newest()
    if (snapshot === undefined && !hasBegun) return 0
    if (snapshot === undefined || snapshot.upTo <= this.#reader.seen) {
      throw new Error('The log has let go of what follows, and no newer state is kept.')
    }
    const found = await this.#states.read(snapshot)
    if (found === undefined) throw new Error('The newest state is not whole.')
    if (this.status === 'closed') return 0
    if (hasBegun) this.#figures.resyncs += 1
    this.#keeper.keptAt = snapshot.upTo
    this.chain.begin(snapshot)
    try {
      this.replica.begin(found.state as Immutable<S>, snapshot, hasBegun)
    } catch (error) {
      this.#stop(snapshot.at, messageOf(error), error)
    }
    this.#proposer.giveUp()
    this.resynced()
    return snapshot.upTo
  }

  #upToDate(): void {
    if (this.status === 'closed') return
    this.#isReading = true
    this.#behindSince = undefined
    this.#proposer.connected()
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
