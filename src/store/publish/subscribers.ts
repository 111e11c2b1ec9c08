/** The subscribers of one readable: those of `subscribe` and `stream`, each with its account. */
import type { SchedulerLike } from 'rxjs'
import type { DropReason, MailboxConsumer, Policy } from '../../backpressure/index.ts'
import { type Clock, onAbort } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'
import type { WaitingWriters } from '../write/waiting-writers.ts'
import type { Audience } from './audience.ts'
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

export class Subscribers<S> {
  readonly subject: SnapshotSubject<S>
  readonly faults: FaultReporter
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly writers: WaitingWriters
  readonly #audience: Audience

  constructor(subject: SnapshotSubject<S>, audience: Audience) {
    this.subject = subject
    this.faults = audience.faults
    this.clock = audience.clock
    this.scheduler = audience.scheduler
    this.writers = audience.writers
    this.#audience = audience
  }

  /**
   * Attaches a consumer, and gives it the current snapshot unless `replay` is false. The subscriber is closed
   * from the start where the signal has aborted or the store is destroyed.
   *
   * @param consumer - its `next` is called without `this`
   */
  add(consumer: MailboxConsumer<Snapshot<S>>, options: SubscribeOptions<S>, pulled = false): Subscriber<S> {
    const { signal } = options
    const { broadcast } = this.subject
    const subscriber = new Subscriber(this, consumer, options, this.#audience.nextNumber(), pulled)
    this.subject.feed?.open()
    subscriber.since = broadcast.published
    broadcast.add(subscriber)
    this.#audience.joined(subscriber)
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
    this.#audience.left(subscriber)
  }

  /** Each who is there. */
  here(): Subscriber<S>[] {
    return this.subject.broadcast.receivers().filter((receiver) => receiver instanceof Subscriber)
  }
}
