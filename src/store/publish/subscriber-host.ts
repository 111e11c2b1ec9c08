import type { SchedulerLike } from 'rxjs'
import type { Cursor, MailboxConsumer, MailboxFault, MailboxHost, Policy } from '../../backpressure/index.ts'
import { FailureEpisode } from '../../counting/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SubscribeOptions } from './subscribe-options.ts'
import type { Subscriber } from './subscriber.ts'

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
  readonly #readable: ReadableCore<S>

  constructor(
    subscriber: Subscriber<S>,
    readable: ReadableCore<S>,
    consumer: MailboxConsumer<Snapshot<S>>,
    { onDrop, onError = 'continue', scheduler }: SubscribeOptions<S>,
    pulled: boolean,
  ) {
    this.id = subscriber.id
    this.policy = subscriber.policy
    this.consumer = consumer
    this.onError = onError
    this.pulled = pulled
    this.scheduler = scheduler ?? readable.audience.scheduler
    this.#subscriber = subscriber
    this.#readable = readable
    this.dropped =
      onDrop &&
      ((snapshot, reason, dropped) => onDrop({ snapshot, version: snapshot.version, reason, dropped }))
    this.roomMade = subscriber.policy.suspends ? () => readable.audience.writers.wake() : undefined
  }

  park(snapshot: Snapshot<S>, before: Snapshot<S> | undefined, capacity: number): Cursor<Snapshot<S>> {
    return this.#readable.subject.broadcast.park(this.#subscriber, capacity, snapshot, before)
  }

  unpark(): void {
    this.#readable.subject.broadcast.unpark(this.#subscriber)
  }

  now(): number {
    return this.#readable.audience.clock.mono()
  }

  /** Failures since this subscriber last did well. */
  get failures(): number {
    return this.#episode?.failures ?? 0
  }

  faulted(fault: MailboxFault): void {
    this.#episode ??= new FailureEpisode()
    this.#subscriber.failing(true)
    const failures = this.#episode.failed()
    const logged = this.#readable.audience.faults.report({ subscriberId: this.id, ...fault, failures })
    if (logged) this.#logged = true
  }

  handled(): void {
    const failures = this.#episode?.handled() ?? 0
    if (failures === 0) return
    this.#subscriber.failing(false)
    if (this.#logged) this.#readable.audience.faults.recovered(this.id, failures)
    this.#logged = false
  }

  closed(): void {
    this.#subscriber.left()
  }
}
