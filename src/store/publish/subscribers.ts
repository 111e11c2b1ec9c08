/**
 * The subscribers with a mailbox: those of `subscribe` and `stream`.
 *
 * Keeps the list for the metrics, the sums of those who have left, and the writers who wait for
 * subscribers that suspend them.
 */
import type { SchedulerLike } from 'rxjs'
import {
  type Cursor,
  type DropReason,
  latest,
  Mailbox,
  type MailboxConsumer,
  type MailboxFault,
  type MailboxHost,
  type Policy,
  type Receiver,
  type SubscriberStats,
} from '../../backpressure/index.ts'
import { DeliveryTotals, FailureEpisode, type LeakWatch, type SubscriberVitals } from '../../health/index.ts'
import { type Clock, HeadgateError, onAbort } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'
import { WaitingWriters } from '../write/waiting-writers.ts'
import type { FaultReporter } from './fault-reporter.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'

const DEFAULT_POLICY: Policy = latest()

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

/** One subscriber: a receiver of the broadcast, and the host of the mailbox that stands between. */
class StoreSubscriber<S> implements Receiver<Snapshot<S>>, MailboxHost<Snapshot<S>> {
  slot = -1
  readonly id: string
  readonly policy: Policy
  readonly consumer: MailboxConsumer<Snapshot<S>>
  readonly onError: 'continue' | 'close'
  readonly pulled: boolean
  readonly scheduler: SchedulerLike
  readonly mailbox: Mailbox<Snapshot<S>>
  readonly dropped: MailboxHost<Snapshot<S>>['dropped']
  readonly roomMade: MailboxHost<Snapshot<S>>['roomMade']
  /** The publications that this subscriber is never offered, as they came before it; less its replay. */
  passed = 0
  stopListening: (() => void) | undefined
  /** Made with the first failure. */
  #episode: FailureEpisode | undefined
  /** Whether the log knows of the episode. */
  #logged = false
  readonly #subscribers: Subscribers<S>

  constructor(
    subscribers: Subscribers<S>,
    consumer: MailboxConsumer<Snapshot<S>>,
    options: SubscribeOptions<S>,
    id: string,
    pulled: boolean,
  ) {
    this.id = id
    // Not `??`: null is refused with all else that is no policy.
    this.policy = options.policy === undefined ? DEFAULT_POLICY : options.policy
    this.consumer = consumer
    this.onError = options.onError ?? 'continue'
    this.pulled = pulled
    this.scheduler = options.scheduler ?? subscribers.scheduler
    this.#subscribers = subscribers
    const { onDrop } = options
    this.dropped =
      onDrop &&
      ((snapshot, reason, dropped) => onDrop({ snapshot, version: snapshot.version, reason, dropped }))
    this.mailbox = new Mailbox(this) // refuses what is no policy
    this.roomMade = this.suspends ? () => subscribers.writers.wake() : undefined
  }

  get suspends(): boolean {
    return this.policy.kind === 'buffer' && this.policy.overflow === 'suspend'
  }

  next(snapshot: Snapshot<S>): void {
    this.mailbox.offer(snapshot)
  }

  complete(): void {
    this.mailbox.destroy()
  }

  park(snapshot: Snapshot<S>, before: Snapshot<S> | undefined, capacity: number): Cursor<Snapshot<S>> {
    return this.#subscribers.subject.broadcast.park(this, capacity, snapshot, before)
  }

  unpark(): void {
    this.#subscribers.subject.broadcast.unpark(this)
  }

  now(): number {
    return this.#subscribers.clock.mono()
  }

  /** Failures since this subscriber last did well. */
  get failures(): number {
    return this.#episode?.failures ?? 0
  }

  faulted(fault: MailboxFault): void {
    this.#episode ??= new FailureEpisode()
    this.mailbox.failing = true
    const failures = this.#episode.failed()
    const logged = this.#subscribers.faults.report({ subscriberId: this.id, ...fault, failures })
    if (logged) this.#logged = true
  }

  handled(): void {
    const failures = this.#episode?.handled() ?? 0
    if (failures === 0) return
    this.mailbox.failing = false
    if (this.#logged) this.#subscribers.faults.recovered(this.id, failures)
    this.#logged = false
  }

  closed(): void {
    this.stopListening?.()
    this.consumer.closed?.()
    this.#subscribers.remove(this)
  }
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
  readonly #suspending = new Set<StoreSubscriber<S>>()
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
   * Attaches a consumer, and gives it the current snapshot unless `replay` is false. The mailbox is closed
   * from the start where the signal has aborted or the store is destroyed.
   */
  add(
    consumer: MailboxConsumer<Snapshot<S>>,
    options: SubscribeOptions<S>,
    pulled = false,
  ): Mailbox<Snapshot<S>> {
    this.#created += 1
    const id = options.id ?? `subscriber-${this.#created}`
    const subscriber = new StoreSubscriber(this, consumer, options, id, pulled)
    const { mailbox } = subscriber
    this.subject.broadcast.add(subscriber)
    subscriber.passed = this.subject.broadcast.published
    if (subscriber.suspends) this.#suspending.add(subscriber)
    if (this.subject.isStopped) mailbox.destroy()
    else if (options.signal !== undefined) {
      subscriber.stopListening = onAbort(options.signal, () => mailbox.close('unsubscribed'))
    }
    const current = this.subject.getValue()
    if (!mailbox.closed && options.replay !== false && current.version >= 0) {
      subscriber.passed -= 1
      this.subject.broadcast.exclusively(() => mailbox.replay(current))
    }
    return mailbox
  }

  remove(subscriber: StoreSubscriber<S>): void {
    this.subject.broadcast.remove(subscriber)
    this.#suspending.delete(subscriber)
    this.#leaks?.forget(subscriber.mailbox)
    this.#departed.add(subscriber.mailbox)
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
    return this.#present().map(({ mailbox }) => mailbox.stats())
  }

  /** What else is known of each who is there, in the order of {@link stats}. */
  vitals(): SubscriberVitals[] {
    return this.#present().map(({ failures, mailbox }) => ({
      failures,
      leakedFrom: this.#leaks?.siteOf(mailbox),
    }))
  }

  /** Something to know each by, in the same order. */
  mailboxes(): object[] {
    return this.#present().map(({ mailbox }) => mailbox)
  }

  #present(): StoreSubscriber<S>[] {
    return this.subject.broadcast.receivers().filter((receiver) => receiver instanceof StoreSubscriber)
  }

  #firstFull(): Mailbox<Snapshot<S>> | undefined {
    for (const { mailbox, passed } of this.#suspending) {
      // Versions that are written and have not reached this subscriber yet: those in the queue, and the
      // one being delivered where its turn is still to come.
      const underway = this.subject.broadcast.published - passed - mailbox.published
      if (mailbox.room(underway) <= 0) return mailbox
    }
    return undefined
  }
}
