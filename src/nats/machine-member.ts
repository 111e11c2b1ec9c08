/**
 * One machine's part in a machine store that many have: any member sends events, and the one that leads runs what the
 * machine does by itself.
 *
 *   send() ──> decide, on the newest state ──> log ──> the state of all
 *                                                        └─ on the leader: timers, work, children ──> log, fenced
 */
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs'
import { toJsonForm } from '../json/index.ts'
import { checkTimerMs, contain, type Immutable, type Instant } from '../kit/index.ts'
import {
  type AnyState,
  decide,
  driverSymbol,
  type EventObject,
  type MachineDriver,
  resume,
  toEvent,
} from '../machine/index.ts'
import { contained, type Store } from '../store/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { CommitLog } from './commit-log.ts'
import { LeadersDesk } from './leaders-desk.ts'
import { Leadership, type Term } from './leadership.ts'
import type { NatsStats, NatsWriteOptions } from './nats-member.ts'
import type { NatsSettings } from './nats-options.ts'
import type { Make } from './pending-write.ts'
import { type Change, eventOf, type LogRecord } from './record.ts'
import { RETRIES, StoreMember } from './store-member.ts'

export class MachineMember extends StoreMember<AnyState> {
  readonly leader$: Observable<string | null>
  readonly #driver: MachineDriver
  readonly #leadership: Leadership
  readonly #desk: LeadersDesk
  readonly #leader = new BehaviorSubject<string | null>(null)
  /** Lets the machine go on. */
  #release: ((goOn?: () => void) => void) | undefined
  /** The state of this store, as long as the log has none but that. */
  #first: Immutable<AnyState> | undefined

  constructor(
    store: Store<AnyState> & { readonly [driverSymbol]: MachineDriver },
    log: CommitLog,
    settings: NatsSettings,
  ) {
    super(store, log, settings)
    const member = this
    const { scheduler, leaseMs, lead: mayLead } = settings
    const { id, chain, writer } = this
    const failed = (error: unknown): void => this.fault('effects', error)
    this.#driver = store[driverSymbol]
    this.#leadership = new Leadership({
      member: id,
      chain,
      scheduler,
      leaseMs,
      mayLead,
      get isLive() {
        return member.status === 'live'
      },
      now: () => this.now(),
      claim: (make, timeoutMs) =>
        writer.claim(make, {
          operation: 'a leader',
          retries: Number.MAX_SAFE_INTEGER,
          timeoutMs,
          waits: true,
        }),
      begin: (term) => this.#lead(term),
      failed,
    })
    this.#desk = new LeadersDesk({
      member: id,
      store: store.name,
      driver: this.#driver,
      writer,
      scheduler,
      get term() {
        return member.#leadership.term
      },
      failed,
    })
    this.leader$ = contained(store, 'leader$', this.#leader.pipe(distinctUntilChanged()))
    this.#first = this.replica.state
    this.#rest()
    this.#driver.running.start()
    this.status$.subscribe({
      next: (status) => (status === 'closed' ? this.#leadership.close() : this.#leadership.look()),
    })
  }

  get leading(): boolean {
    return this.#leadership.term !== undefined
  }

  async send(given: unknown, options: NatsWriteOptions = {}): Promise<WriteResult> {
    const { retries = RETRIES, timeoutMs = this.settings.writeTimeoutMs, signal } = options
    checkTimerMs('timeoutMs', timeoutMs)
    const driver = this.#driver
    const { machine } = driver
    const event = toEvent(machine.id, given)
    const reason = options.reason ?? event.type
    const { form } = toJsonForm(event, 'event')
    const taking = driver.taking(event)
    const make: Make<AnyState> = (state) => {
      const at = driver.instant()
      const next = taking.step(state, at)
      const { result } = taking
      if (result?.handled === false) {
        const { version } = this.replica
        const message = `the event was not handled: ${result.reason}`
        return { committed: false, reason: 'refused', version, message }
      }
      return { next, labels: { reason, source: this.id, tsWall: at.tsWall, event: form } }
    }
    return await this.writer.write(make, { operation: 'send()', retries, timeoutMs, signal })
  }

  override stats(): NatsStats {
    return { ...super.stats(), fenced: this.#desk.fenced }
  }

  override async close(): Promise<void> {
    await this.#leadership.release()
    await super.close()
  }

  protected override check(state: Immutable<AnyState>): void {
    this.#driver.checkState(state as never)
  }

  protected override wall(): number {
    return this.#driver.wall()
  }

  protected override adopting({ event, tsWall }: Change, state: Immutable<AnyState>): Immutable<AnyState> {
    if (event === undefined) return state
    const before = this.replica.state
    // What is to be done is found by the state that it follows from.
    const after = state === before ? Object.freeze({ ...state }) : state
    this.#led(before, after, eventOf(event), { tsWall, tsMono: 0 })
    return after
  }

  /** Takes a state for what an event led to that somebody has committed: what follows from it is done here. */
  #led(before: AnyState, after: AnyState, event: EventObject, at: Instant): void {
    const driver = this.#driver
    const { machine, isQuiet } = driver
    let acts: ReturnType<typeof decide>['acts']
    if (machine.acts && !isQuiet) {
      contain(
        () => {
          acts = decide(machine, before, event, at).acts
        },
        (error) => driver.report('run', error),
      )
    }
    driver.consequences.noteEvent(before, { state: after, acts }, event)
  }

  protected override counted({ format, fence }: LogRecord, sentAt: number | undefined): void {
    if (format === 'headgate.commit' && this.replica.state !== this.#first) this.#first = undefined
    this.#leadership.counted(format !== 'headgate.commit' || fence !== undefined, sentAt)
    this.#leader.next(this.chain.leader?.member ?? null)
  }

  protected override resynced(): void {
    this.#first = undefined
    this.#leadership.resynced()
    this.#leader.next(this.chain.leader?.member ?? null)
  }

  /** The machine does nothing by itself. */
  #rest(): void {
    this.#release ??= this.#driver.running.hold()
    this.#driver.elsewhere = this.#desk
    this.#driver.running.rest()
  }

  #lead({ signal }: Term): void {
    const driver = this.#driver
    const release = this.#release
    this.#release = undefined
    signal.addEventListener('abort', () => this.#rest(), { once: true })
    // A machine that nobody has run yet begins; another goes on.
    const isFirst = this.#first === this.replica.state
    this.#first = undefined
    const { began, ledAt: ranUntil } = this.chain
    release?.(isFirst ? undefined : () => resume(driver, began, {}, { ranUntil, byDefault: 'restart' }))
  }
}
