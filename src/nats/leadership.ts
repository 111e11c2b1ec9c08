/**
 * Who runs what a machine does by itself: one member at a time, by claims in the log.
 *
 *   claim ──> leads: a term ──> claims again, with the fence that it has, before a third of the lease is over
 *     ^          ├── it was not heard of for a lease: its term is over, until a claim of it counts again
 *     │          └── another one has claimed: it is over
 *     └── nobody leads, or who does was not heard of for a lease
 *
 * Time says only when to claim. Two may take themselves for leaders for a moment, and one of them can commit: what the
 * other one sends states a fence that is not the newest.
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import { TIMER_MS_MAX } from '../kit/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { Chain } from './chain.ts'
import type { Claim } from './pending-write.ts'

export interface LeadershipHost {
  readonly member: string
  readonly chain: Chain
  readonly scheduler: SchedulerLike
  readonly leaseMs: number
  /** Whether it leads where nobody does. */
  readonly mayLead: boolean
  readonly isLive: boolean
  now(): number
  claim(make: () => Claim | undefined, timeoutMs: number): Promise<WriteResult>
  /** It leads from now on, until the signal aborts. */
  begin(term: Term): void
  failed(error: unknown): void
}

/** A time in which a member leads. */
export interface Term {
  readonly fence: number
  readonly signal: AbortSignal
}

/** How often in a lease who leads is heard of. */
const HEARD = 3

export class Leadership {
  readonly #host: LeadershipHost
  #term: (Term & { end(): void }) | undefined
  /** When the leader was heard of last, by the time at which it was read. */
  #heardAt = 0
  /** When that was sent which it was heard of by last, where it is this member. */
  #leasedAt = Number.NEGATIVE_INFINITY
  #isClaiming = false
  #timer: Subscription | undefined
  #releasing: Promise<void> | undefined
  #isClosed = false

  constructor(host: LeadershipHost) {
    this.#host = host
  }

  get term(): Term | undefined {
    return this.#term
  }

  /** A record counts. @param sentAt - when it was sent, where this member waits for it. */
  counted(isOfLeader: boolean, sentAt: number | undefined): void {
    if (!isOfLeader) return
    this.#heardAt = this.#host.now()
    if (this.#isMine && sentAt !== undefined) this.#leasedAt = sentAt
    this.look()
  }

  /** What is between was not read: nothing goes on. */
  resynced(): void {
    this.#heardAt = this.#host.now()
    this.#term?.end()
  }

  /** Does what is due, and looks again when something will be. */
  look(): void {
    this.#timer?.unsubscribe()
    if (this.#isClosed) return
    const { chain, isLive, mayLead } = this.#host
    if (this.#term?.fence !== chain.leader?.fence) this.#term?.end()
    if (this.#isMine) this.#lead(chain.leader?.leaseMs ?? 0)
    else {
      if (!isLive || !mayLead || this.#releasing !== undefined) return
      const left = chain.leader === undefined ? 0 : this.#heardAt + chain.leader.leaseMs - this.#host.now()
      if (left > 0) this.#lookIn(left)
      else this.#claim()
    }
  }

  /** Hands over; resolves when that is in the log, or cannot be brought there in time. */
  release(): Promise<void> {
    this.#releasing ??= this.#release()
    return this.#releasing
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.unsubscribe()
    this.#term?.end()
  }

  get #isMine(): boolean {
    return this.#host.chain.leader?.member === this.#host.member
  }

  #lead(leaseMs: number): void {
    const { isLive } = this.#host
    const age = this.#host.now() - this.#leasedAt
    const isDue = age >= leaseMs / HEARD
    if (age >= leaseMs) this.#term?.end()
    else if (isLive && this.#term === undefined && this.#releasing === undefined) this.#begin()
    if (this.#isClosed) return
    if (isDue && isLive && this.#releasing === undefined) this.#claim()
    const left = (isDue ? leaseMs : leaseMs / HEARD) - age
    if (left > 0) this.#lookIn(left)
  }

  #begin(): void {
    const controller = new AbortController()
    const { signal } = controller
    const end = (): void => {
      this.#term = undefined
      controller.abort(new Error('It leads no more.'))
    }
    // The cast holds: whoever begins has a leader.
    this.#term = { fence: this.#host.chain.leader?.fence as number, signal, end }
    this.#host.begin(this.#term)
  }

  /** Claims to lead, or to go on. */
  #claim(): void {
    if (this.#isClaiming) return
    this.#isClaiming = true
    const { chain, leaseMs } = this.#host
    const before = chain.leader?.fence
    const fence = this.#isMine ? before : undefined
    // Whoever has claimed meanwhile leads.
    const make = (): Claim | undefined =>
      chain.leader?.fence === before && this.#releasing === undefined
        ? { format: 'headgate.claim', leaseMs, ...(fence !== undefined && { fence }) }
        : undefined
    this.#host
      .claim(make, leaseMs)
      .catch((error: unknown) => this.#host.failed(error))
      .finally(() => {
        this.#isClaiming = false
        this.look()
      })
  }

  async #release(): Promise<void> {
    this.#term?.end()
    const { chain, isLive, leaseMs } = this.#host
    const fence = chain.leader?.fence
    if (!isLive || !this.#isMine || fence === undefined) return
    const make = (): Claim | undefined =>
      chain.leader?.fence === fence ? { format: 'headgate.release', fence } : undefined
    try {
      await this.#host.claim(make, leaseMs / HEARD)
    } catch (error) {
      this.#host.failed(error)
    }
  }

  #lookIn(ms: number): void {
    this.#timer?.unsubscribe()
    this.#timer = this.#host.scheduler.schedule(() => this.look(), Math.min(Math.ceil(ms), TIMER_MS_MAX))
  }
}
