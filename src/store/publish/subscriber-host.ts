import type { SchedulerLike } from 'rxjs'
import type { Cursor, MailboxConsumer, MailboxFault, MailboxHost, Policy } from '../../backpressure/index.ts'
import { FailureEpisode } from '../../counting/index.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Subscriber } from './subscriber.ts'
import type { SubscribeOptions, Subscribers } from './subscribers.ts'

/** What stands around a subscriber's mailbox: whom it delivers to, and who is told what happens to it. */
export class SubscriberHost<S> implements MailboxHost<Snapshot<S>> {
  readonly id: string
  readonly policy: Policy
  readonly consumer: MailboxConsumer<Snapshot<S>>
  readonly onError: 'continue' | 'close'
  readonly pulled: boolean
  readonly scheduler: SchedulerLike
  readonly dropped: MailboxHost<Snapshot<S>>['dropped']
  readonly roomMade: MailboxHost<Snapshot<S>>['roomMade']
  /** Made with the first failure. */
  #episode: FailureEpisode | undefined
  /** Whether the log knows of the episode. */
  #logged = false
  readonly #subscriber: Subscriber<S>
  readonly #subscribers: Subscribers<S>

  constructor(
    subscriber: Subscriber<S>,
    subscribers: Subscribers<S>,
    consumer: MailboxConsumer<Snapshot<S>>,
    { onDrop, onError = 'continue', scheduler }: SubscribeOptions<S>,
  ) {
    this.id = subscriber.id
    this.policy = subscriber.policy
    this.consumer = consumer
    this.onError = onError
    this.pulled = subscriber.pulled
    this.scheduler = scheduler ?? subscribers.scheduler
    this.#subscriber = subscriber
    this.#subscribers = subscribers
    this.dropped =
      onDrop &&
      ((snapshot, reason, dropped) => onDrop({ snapshot, version: snapshot.version, reason, dropped }))
    this.roomMade = subscriber.policy.suspends ? () => subscribers.writers.wake() : undefined
  }

  park(snapshot: Snapshot<S>, before: Snapshot<S> | undefined, capacity: number): Cursor<Snapshot<S>> {
    return this.#subscribers.subject.broadcast.park(this.#subscriber, capacity, snapshot, before)
  }

  unpark(): void {
    this.#subscribers.subject.broadcast.unpark(this.#subscriber)
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
    this.#subscriber.failing(true)
    const failures = this.#episode.failed()
    const logged = this.#subscribers.faults.report({ subscriberId: this.id, ...fault, failures })
    if (logged) this.#logged = true
  }

  handled(): void {
    const failures = this.#episode?.handled() ?? 0
    if (failures === 0) return
    this.#subscriber.failing(false)
    if (this.#logged) this.#subscribers.faults.recovered(this.id, failures)
    this.#logged = false
  }

  closed(): void {
    this.#subscriber.left()
  }
}
