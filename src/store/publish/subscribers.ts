/**
 * The subscribers with a mailbox: those of `subscribe` and `stream`.
 *
 * Keeps the list for the metrics, the sums of those who have left, and the writers who wait for
 * subscribers that suspend them.
 */
import type { SchedulerLike } from 'rxjs'
import type {
  DropReason,
  Mailbox,
  MailboxConsumer,
  Policy,
  SubscriberStats,
} from '../../backpressure/index.ts'
import { DeliveryTotals, type LeakWatch } from '../../counting/index.ts'
import { type Clock, HeadgateError, onAbort } from '../../kit/index.ts'
import type { SubscriberVitals } from '../kernel.ts'
import type { Snapshot } from '../snapshot.ts'
import { WaitingWriters } from '../write/waiting-writers.ts'
import type { FaultReporter } from './fault-reporter.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import { Subscriber } from './subscriber.ts'

/** What `onDrop` is told. */
export interface Drop<S> {
  readonly snapshot: Snapshot<S>
  readonly version: number
  readonly reason: DropReason
  /** The number of this drop: this subscriber's first is 1. Of several that go at once each has its own. */
  readonly dropped: number
}

/** How a subscriber is fed. */
export interface SubscribeOptions<S> {
  /** Shown in metrics, health and faults; default `'subscriber-N'`. */
  id?: string | undefined
  /** Default `latest()`. */
  policy?: Policy | undefined
  /** Whether the current snapshot is delivered first; default true. */
  replay?: boolean | undefined
  /** Told of each snapshot that is dropped. It may throw: that is reported and changes nothing. */
  onDrop?: ((drop: Drop<S>) => void) | undefined
  /** What a consumer that throws or rejects leads to; default `'continue'`. */
  onError?: 'continue' | 'close' | undefined
  /** Ends the subscription when it aborts. */
  signal?: AbortSignal | undefined
  /** Runs the timers of the policy; default the store's. */
  scheduler?: SchedulerLike | undefined
}

/** What the subscribers need of their store. */
interface SubscribersContext<S> {
  readonly storeName: string
  readonly subject: SnapshotSubject<S>
  readonly faults: FaultReporter
  readonly leaks: LeakWatch | undefined
  readonly clock: Clock
  readonly scheduler: SchedulerLike
}

export class Subscribers<S> {
  readonly faults: FaultReporter
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly #storeName: string
  readonly subject: SnapshotSubject<S>
  readonly #leaks: LeakWatch | undefined
  readonly #departed = new DeliveryTotals()
  readonly #suspending = new Set<Subscriber<S>>()
  readonly writers: WaitingWriters
  #created = 0

  constructor(context: SubscribersContext<S>) {
    this.#storeName = context.storeName
    this.subject = context.subject
    this.faults = context.faults
    this.#leaks = context.leaks
    this.clock = context.clock
    this.scheduler = context.scheduler
    this.writers = new WaitingWriters({
      storeName: context.storeName,
      scheduler: context.scheduler,
      isOver: () => this.subject.isStopped,
      full: () => this.#firstFull(),
    })
  }

  /**
   * Attaches a consumer, and gives it the current snapshot unless `replay` is false. The subscriber is closed
   * from the start where the signal has aborted or the store is destroyed.
   *
   * @param consumer - its `next` is called without `this`
   */
  add(consumer: MailboxConsumer<Snapshot<S>>, options: SubscribeOptions<S>, pulled = false): Subscriber<S> {
    this.#created += 1
    const { signal } = options
    const { broadcast } = this.subject
    const subscriber = new Subscriber(this, consumer, options, this.#created, pulled)
    subscriber.since = broadcast.published
    broadcast.add(subscriber)
    if (subscriber.policy.suspends) this.#suspending.add(subscriber)
    if (this.subject.isStopped) subscriber.complete()
    else if (signal !== undefined) {
      subscriber.stopListening = onAbort(signal, () => subscriber.close('unsubscribed'))
    }
    const current = this.subject.getValue()
    if (options.replay !== false && current.version >= 0 && !subscriber.closed) {
      const release = broadcast.hold()
      subscriber.replay(current)
      release()
    }
    return subscriber
  }

  remove(subscriber: Subscriber<S>): void {
    this.subject.broadcast.remove(subscriber)
    this.#suspending.delete(subscriber)
    this.#leaks?.forget(subscriber)
    this.#departed.add(subscriber.totals)
  }

  /** Throws `SUBSCRIBER_FULL` when one more version would overflow a subscriber that suspends its writers. */
  admit(): void {
    if (this.#suspending.size === 0) return
    const full = this.#firstFull()
    if (full === undefined) return
    const details = { store: this.#storeName, subscriberId: full.id, capacity: full.capacity }
    throw new HeadgateError('SUBSCRIBER_FULL', details)
  }

  /** The sums of those who have left. */
  get departed(): DeliveryTotals {
    return this.#departed
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
      leakedFrom: this.#leaks?.siteOf(subscriber),
    }))
  }

  #present(): Subscriber<S>[] {
    return this.subject.broadcast.receivers().filter((receiver) => receiver instanceof Subscriber)
  }

  #firstFull(): Mailbox<Snapshot<S>> | undefined {
    for (const subscriber of this.#suspending) {
      const mailbox = subscriber.box()
      // Versions that are written and have not reached this subscriber yet: those in the queue, and the
      // one being delivered where its turn is still to come.
      const underway = this.subject.broadcast.published - subscriber.passed - mailbox.published
      if (mailbox.room(underway) <= 0) return mailbox
    }
    return undefined
  }
}
