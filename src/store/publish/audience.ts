/**
 * All who subscribe to one store: to itself, to its selections, and to the views of it.
 *
 * Each of these has a list of subscribers of its own; the names, the faults, the figures and the writers who wait for
 * room are those of the store. So its metrics and its health know of everybody.
 */
import type { SchedulerLike } from 'rxjs'
import type { Policy, SubscriberStats } from '../../backpressure/index.ts'
import { DeliveryTotals, type LeakWatch } from '../../counting/index.ts'
import { type Clock, HeadgateError } from '../../kit/index.ts'
import type { Brake, SubscriberVitals } from '../kernel.ts'
import { WaitingWriters } from '../write/waiting-writers.ts'
import type { FaultReporter } from './fault-reporter.ts'

/** What an audience needs of its store. */
interface AudienceContext {
  readonly storeName: string
  readonly faults: FaultReporter
  readonly leaks: LeakWatch | undefined
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  /** Whether the store is destroyed. */
  isOver(): boolean
}

/** A subscriber to states of any kind. */
interface Member {
  readonly id: string
  readonly policy: Policy
  readonly underway: number
  readonly failures: number
  addTo(totals: DeliveryTotals): void
  box(): { readonly id: string; readonly capacity: number; room(queued: number): number }
  stats(): SubscriberStats
}

/** Those who subscribe to one readable. */
interface MemberList {
  here(): readonly Member[]
}

export class Audience {
  readonly faults: FaultReporter
  readonly leaks: LeakWatch | undefined
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly writers: WaitingWriters
  /** The sums of those who have left. */
  readonly departed: DeliveryTotals = new DeliveryTotals()
  readonly #storeName: string
  readonly #lists = new Set<MemberList>()
  readonly #suspending = new Set<Member>()
  readonly #brakes = new Set<Brake>()
  #created = 0

  constructor({ storeName, faults, leaks, clock, scheduler, isOver }: AudienceContext) {
    this.#storeName = storeName
    this.faults = faults
    this.leaks = leaks
    this.clock = clock
    this.scheduler = scheduler
    this.writers = new WaitingWriters({
      storeName,
      scheduler,
      isOver,
      full: () => this.#firstFull(),
    })
  }

  /** Counts those of a list from now on; returns the end of it. */
  count(list: MemberList): () => void {
    this.#lists.add(list)
    return () => this.#lists.delete(list)
  }

  /** The number of the next subscriber. */
  nextNumber(): number {
    this.#created += 1
    return this.#created
  }

  joined(subscriber: Member): void {
    if (subscriber.policy.suspends) this.#suspending.add(subscriber)
  }

  left(subscriber: Member): void {
    if (subscriber.policy.suspends) this.#suspending.delete(subscriber)
    this.leaks?.forget(subscriber)
    subscriber.addTo(this.departed)
  }

  /** See `Kernel.brake`. */
  brake(brake: Brake): () => void {
    this.#brakes.add(brake)
    return () => {
      this.#brakes.delete(brake)
      this.writers.wake()
    }
  }

  /** Throws `SUBSCRIBER_FULL` when one more version would overflow a subscriber that suspends its writers. */
  admit(): void {
    if (this.#suspending.size + this.#brakes.size === 0) return
    const full = this.#firstFull()
    if (full === undefined) return
    if ('refusal' in full) throw full.refusal()
    const details = { store: this.#storeName, subscriberId: full.id, capacity: full.capacity }
    throw new HeadgateError('SUBSCRIBER_FULL', details)
  }

  get size(): number {
    return this.#present().length
  }

  /** The figures of each who is there. */
  stats(): SubscriberStats[] {
    return this.#present().map((subscriber) => subscriber.stats())
  }

  /** What else is known of each who is there, in the order of {@link stats}. */
  vitals(): SubscriberVitals[] {
    const now = this.clock.mono()
    return this.#present().map((subscriber) => ({
      key: subscriber,
      busyMs: now - (subscriber.stats().busySince ?? now),
      failures: subscriber.failures,
      subscribedFrom: this.leaks?.sites.get(subscriber),
      leakedFrom: this.leaks?.siteOf(subscriber),
    }))
  }

  #present(): Member[] {
    return Array.from(this.#lists, (list) => list.here()).flat()
  }

  #firstFull(): { readonly id: string; readonly capacity: number } | Brake | undefined {
    for (const subscriber of this.#suspending) {
      const mailbox = subscriber.box()
      if (mailbox.room(subscriber.underway) <= 0) return mailbox
    }
    for (const brake of this.#brakes) if (brake.isFull()) return brake
    return undefined
  }
}
