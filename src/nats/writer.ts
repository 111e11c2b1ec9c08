/** Writes of a member, one after the other: made on the state that is here, decided by the log. */
import type { SchedulerLike } from 'rxjs'
import { deltaToJSON, diff } from '../delta/index.ts'
import { FairLock, HeadgateError, type Immutable, onAbort } from '../kit/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { Chain } from './chain.ts'
import type { CommitLog } from './commit-log.ts'
import type { Proposal, Proposer, Verdict } from './proposer.ts'
import type { ClaimRecord, CommitRecord, ReleaseRecord } from './record.ts'
import type { Replica } from './replica.ts'
import { isWithin, type States } from './states.ts'

/** What a write makes of a state. */
export interface Made<S> {
  readonly next: Immutable<S>
  readonly labels: Pick<CommitRecord, 'reason' | 'source' | 'tsWall' | 'fence' | 'event'>
}

/** Makes it, or says why it does not. Run again on each newer state. */
export type Make<S> = (state: Immutable<S>) => Made<S> | WriteResult

export interface WriteOptions {
  readonly operation: string
  readonly retries: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Waits for a connection; else it is refused where there is none. */
  readonly waits?: boolean
}

/** What becomes of leadership. */
export type Claim = Omit<ClaimRecord, 'base' | 'v' | 'member'> | Omit<ReleaseRecord, 'base' | 'v' | 'member'>

export interface WriterHost<S> {
  readonly member: string
  readonly log: CommitLog
  readonly chain: Chain
  readonly replica: Replica<S>
  readonly states: States
  readonly proposer: Proposer
  readonly scheduler: SchedulerLike
  readonly isLive: boolean
  readonly isDisconnected: boolean
  readonly isClosed: boolean
  /** Resolves when it is live, or is closed. */
  live(): Promise<void>
  now(): number
}

const NOTHING_WRITTEN = 'nothing was written: it was not its turn in time'

export class Writer<S> {
  conflicts = 0
  /** What the record leads to that is under way. */
  next: Immutable<S> | undefined
  /** When the record that is under way was sent first. */
  sentAt = 0
  readonly #host: WriterHost<S>
  readonly #lock = new FairLock()
  /** How long a record has taken lately. */
  #roundTripMs = 1
  #goOn = (): void => {}

  constructor(host: WriterHost<S>) {
    this.#host = host
  }

  /** @throws `NATS_DISCONNECTED`, `STORE_DESTROYED`, `STORE_UNINITIALIZED`, the signal's reason, what `make` throws */
  write(make: Make<S>, options: WriteOptions): Promise<WriteResult> {
    return this.#inTurn((deadline) => this.#try(make, deadline, options), options)
  }

  /**
   * Writes a record that makes no version.
   *
   * @param make - undefined where it is not wanted any more. Run again on whatever came.
   */
  claim(make: () => Claim | undefined, options: WriteOptions): Promise<WriteResult> {
    return this.#inTurn(async (deadline) => {
      if (!(await this.#isLive(deadline, options.signal))) return this.#result('timeout', NOTHING_WRITTEN)
      const claim = make()
      if (claim === undefined)
        return { committed: false, reason: 'refused', version: this.#host.replica.version }
      const { member, chain } = this.#host
      const { sequence: base } = chain
      const verdict = await this.#propose(
        { text: JSON.stringify({ ...claim, v: 1, base, member }), base },
        deadline,
        options.signal,
      )
      return verdict === 'counts' ? { committed: true, version: chain.version } : this.#result(verdict)
    }, options)
  }

  async #inTurn(
    attempt: (deadline: number) => Promise<WriteResult>,
    { operation, waits, timeoutMs, retries, signal }: WriteOptions,
  ): Promise<WriteResult> {
    if (waits !== true) this.#requireConnected(operation)
    const deadline = this.#host.now() + timeoutMs
    if (!(await this.#turn(deadline, signal))) return this.#result('timeout', NOTHING_WRITTEN)
    try {
      for (let tries = 0; ; tries += 1) {
        const result = await attempt(deadline)
        const isDecided = result.committed || result.reason !== 'conflict'
        if (isDecided) return result
        this.conflicts += 1
        if (tries >= retries) return result
        await this.#giveWay(tries)
      }
    } finally {
      this.next = undefined
      this.#lock.leave()
    }
  }

  /** Writes the first record, where the log has none; says whether it is decided. */
  async begin(state: Immutable<S>, labels: Made<S>['labels'], ms: number): Promise<boolean> {
    const { replica, chain, proposer } = this.#host
    const text = await this.#textOf(0, replica.version + 1, undefined, { next: state, labels })
    // What came while parts were written came first, and may be written on by now.
    if (chain.sequence !== 0) return true
    this.next = state
    const verdict = await proposer.propose({ text, base: 0 }, { ms })
    this.next = undefined
    return verdict !== 'timeout'
  }

  async #try(make: Make<S>, deadline: number, { operation, signal }: WriteOptions): Promise<WriteResult> {
    const host = this.#host
    if (!(await this.#isLive(deadline, signal))) {
      this.#requireConnected(operation)
      return this.#result('timeout', NOTHING_WRITTEN)
    }
    const { replica, chain } = host
    this.#requireState(operation)
    const { state, version } = replica
    const made = make(state)
    if ('committed' in made) return made
    if (Object.is(made.next, state)) return { committed: true, version }
    const base = chain.sequence
    const text = await this.#textOf(base, version + 1, state, made)
    if (deadline <= host.now()) return this.#result('timeout', NOTHING_WRITTEN)
    // What came while parts were written came first.
    if (chain.sequence !== base) return this.#result('conflict')
    this.next = made.next
    const verdict = await this.#propose({ text, base }, deadline, signal)
    this.next = undefined
    if (verdict !== 'counts') return this.#result(verdict)
    return { committed: true, version: version + 1 }
  }

  async #propose(proposal: Proposal, deadline: number, signal: AbortSignal | undefined): Promise<Verdict> {
    const { proposer } = this.#host
    this.sentAt = this.#host.now()
    const ms = Math.max(0, deadline - this.sentAt)
    const verdict = await proposer.propose(proposal, { ms, signal })
    if (verdict === 'counts') this.#roundTripMs = this.#host.now() - this.sentAt
    return verdict
  }

  /** The record of a version: what it changed, or the state where that is too long. */
  async #textOf(
    base: number,
    version: number,
    before: Immutable<S> | undefined,
    { next, labels }: Made<S>,
  ): Promise<string> {
    const { member, log, states } = this.#host
    const head: CommitRecord = { format: 'headgate.commit', v: 1, base, version, member, ...labels }
    if (before !== undefined) {
      const text = JSON.stringify({ ...head, ops: deltaToJSON(diff<unknown>(before, next)) })
      if (isWithin(text, log.payloadBytesMax)) return text
    }
    const text = JSON.stringify({ ...head, ...(await states.place(next)) })
    const { payloadBytesMax: bytesMax } = log
    if (isWithin(text, bytesMax)) return text
    throw new HeadgateError('STATE_TOO_LARGE', {
      store: this.#host.replica.store.name,
      bytes: text.length,
      bytesMax,
    })
  }

  /**
   * Waits after a write that came too late. For no longer than a round trip, and the shorter the more often it was too
   * late: with the same wait for all the slowest would never come first.
   */
  #giveWay(tries: number): Promise<void> | undefined {
    const ms = (this.#roundTripMs * Math.random()) / (1 + tries)
    if (ms < 1) return undefined
    return new Promise((resolve) => {
      const timer = this.#host.scheduler.schedule(() => resolve(), ms)
      this.#goOn = () => {
        timer.unsubscribe()
        resolve()
      }
    })
  }

  /** Nobody gives way any more. */
  close(): void {
    this.#goOn()
  }

  /** Whether it is its turn in time. */
  async #turn(deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const late = new AbortController()
    const timer = this.#host.scheduler.schedule(() => late.abort(), Math.max(0, deadline - this.#host.now()))
    const stopListening = onAbort(signal, () => late.abort())
    try {
      await this.#lock.enter(late.signal)
      return true
    } catch {
      signal?.throwIfAborted()
      return false
    } finally {
      timer.unsubscribe()
      stopListening()
    }
  }

  /** Whether it reads all that comes, in time. */
  async #isLive(deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const { scheduler, now } = this.#host
    if (this.#host.isLive) return true
    let isLive = false
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.unsubscribe()
        stopListening()
        resolve()
      }
      const timer = scheduler.schedule(end, Math.max(0, deadline - now()))
      const stopListening = onAbort(signal, end)
      void this.#host.live().then(() => {
        isLive = !this.#host.isClosed
        end()
      })
    })
    signal?.throwIfAborted()
    return isLive
  }

  #requireConnected(operation: string): void {
    const { replica, isClosed, isDisconnected } = this.#host
    const store = replica.store.name
    if (isClosed) throw new HeadgateError('STORE_DESTROYED', { store, operation })
    if (isDisconnected) throw new HeadgateError('NATS_DISCONNECTED', { store, operation })
  }

  #requireState(operation: string): void {
    const { store, version } = this.#host.replica
    if (version < 0) throw new HeadgateError('STORE_UNINITIALIZED', { store: store.name, operation })
  }

  #result(reason: 'conflict' | 'timeout', message?: string): WriteResult {
    const { version } = this.#host.replica
    return { committed: false, reason, version, ...(message !== undefined && { message }) }
  }
}
