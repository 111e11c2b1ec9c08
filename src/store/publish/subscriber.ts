/**
 * One subscriber of a store.
 *
 *   plain      the walk calls the consumer itself; what it was told is a difference of the broadcast's numbers
 *   boxed      a mailbox stands between: the consumer is or was busy, or failed, or its policy has to decide
 *
 * Most consumers are idle whenever something comes. So most subscribers stay plain, and cost a call and no more. One
 * that is not is boxed for good: a mailbox takes its account over as it is, inside the call that is running too.
 *
 * What must stay true: the figures of a subscriber are those that a mailbox would have had from the start.
 */
import {
  checkPolicy,
  HandledDelivery,
  isAwaitable,
  latest,
  Mailbox,
  type MailboxConsumer,
  PlainDelivery,
  type PlainReceiver,
  type Policy,
  type SubscriberStats,
} from '../../backpressure/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SubscribeOptions } from './subscribe-options.ts'
import { SubscriberHost } from './subscriber-host.ts'

const DEFAULT_POLICY: Policy = latest()
const NO_CONSUMER: MailboxConsumer<never> = { next: () => {} }
const NO_OPTIONS = {}

/** What a plain subscriber has been told. */
interface Told {
  readonly count: number
  /** The newest; -1 before the first. */
  readonly version: number
}

export class Subscriber<S> implements PlainReceiver<Snapshot<S>> {
  slot = -1
  call: MailboxConsumer<Snapshot<S>>['next'] | undefined
  readonly policy: Policy
  readonly pulled: boolean
  /** Takes away the listener on the signal of the options. */
  stopListening: (() => void) | undefined = undefined
  /** The number of the newest publication when it joined; it is never offered those up to there. */
  since = 0
  #id: string | number
  #consumer: MailboxConsumer<Snapshot<S>>
  #options: SubscribeOptions<S>
  readonly #readable: ReadableCore<S>
  /** The version that was replayed. */
  #replayed: number | undefined = undefined
  /** Whether the replay is being handled. */
  #replaying = false
  /** The delivery of the newest call in which it was asked for, as a mailbox keeps it. */
  #handled: HandledDelivery | undefined = undefined
  #mailbox: Mailbox<Snapshot<S>> | undefined = undefined
  #host: SubscriberHost<S> | undefined = undefined
  /** Whether it was boxed inside its call, which goes on. */
  #isBoxedInside = false
  /** Set where it left while it was plain. */
  #toldInAll: Told | undefined = undefined

  constructor(
    readable: ReadableCore<S>,
    consumer: MailboxConsumer<Snapshot<S>>,
    options: SubscribeOptions<S>,
    number: number,
    pulled: boolean,
  ) {
    this.#id = options.id ?? number
    // Not `??`: null is refused with all else that is no policy.
    this.policy = options.policy === undefined ? DEFAULT_POLICY : checkPolicy(options.policy)
    this.pulled = pulled
    this.#consumer = consumer
    this.#options = options
    this.#readable = readable
    if (!pulled && this.policy.straight) this.call = consumer.next
    else this.box()
  }

  get id(): string {
    // Made when somebody asks: to make it costs as much as the rest of a subscription's fields.
    if (typeof this.#id === 'number') this.#id = `subscriber-${this.#id}`
    return this.#id
  }

  get closed(): boolean {
    return this.#mailbox === undefined ? this.#toldInAll !== undefined : this.#mailbox.closed
  }

  /** Publications that were published before it joined; less its replay. */
  get passed(): number {
    return this.since - (this.#replayed === undefined ? 0 : 1)
  }

  /**
   * Versions that are written and have not reached it yet: those in the queue, and the one being delivered where its
   * turn is still to come. Of a selection or a view also what may yet become one of its own.
   */
  get underway(): number {
    const { broadcast, feed } = this.#readable.subject
    return broadcast.published - this.passed - this.box().published + (feed?.underway() ?? 0)
  }

  get failures(): number {
    return this.#host?.failures ?? 0
  }

  stats(): SubscriberStats {
    return (this.#mailbox ?? this.#account(this.#newHost())).stats()
  }

  /** Puts a mailbox between, which takes over what the walk has told. */
  box(): Mailbox<Snapshot<S>> {
    if (this.#mailbox === undefined) {
      this.#isBoxedInside = this.#isRunning
      this.#host = this.#newHost()
      this.#mailbox = this.#account(this.#host)
      this.call = undefined
    }
    return this.#mailbox
  }

  /** Ends the subscription at once. */
  close(reason: 'unsubscribed'): void {
    // One that leaves inside its own call may have to be told of it.
    if (this.#mailbox !== undefined || this.#isRunning) this.box().close(reason)
    else if (this.#toldInAll === undefined) {
      this.#toldInAll = this.#told
      this.call = undefined
      this.left()
    }
  }

  /** Hands the current snapshot over at once, or keeps it for a consumer that is pulled. */
  replay(snapshot: Snapshot<S>): void {
    const { call } = this
    this.#replayed = snapshot.version
    if (call === undefined) {
      this.box().replay(snapshot)
      return
    }
    this.#replaying = true
    try {
      const result = call(snapshot, new PlainDelivery(snapshot.version, this))
      if (result !== undefined || this.call !== call) this.answered(result)
    } catch (error) {
      this.failed(error)
    }
    this.#replaying = false
  }

  // ---- what the broadcast asks for ----

  next(snapshot: Snapshot<S>): void {
    this.box().offer(snapshot)
  }

  answered(result: unknown): void {
    // Most of what is returned is the result of an arrow function, as of `(entry) => seen.push(entry)`.
    if (this.#mailbox === undefined && !this.#hasToWait(result)) return
    this.#ended((mailbox, delivery, host) => mailbox.calling.returned(result, delivery, host))
  }

  failed(error: unknown): void {
    this.#ended((mailbox, delivery, host) => mailbox.calling.threw(error, delivery, host))
  }

  handledOf(version: number): HandledDelivery {
    if (this.#handled?.version === version) return this.#handled
    const delivery = new HandledDelivery(version, 0, this.id)
    if (this.#isRunning && this.#told.version === version) this.#handled = delivery
    return delivery
  }

  complete(): void {
    this.box().destroy()
  }

  // ---- what the host of the mailbox asks for ----

  failing(failing: boolean): void {
    if (this.#mailbox !== undefined) this.#mailbox.failing = failing
  }

  /** It is over: a handle that is kept keeps nothing else. */
  left(): void {
    // Who leaves inside the call that had it boxed is told how that ends.
    if (!this.#isBoxedInside) this.#host = undefined
    this.stopListening?.()
    this.#consumer.closed?.()
    this.#readable.subject.broadcast.remove(this)
    this.#readable.audience.left(this)
    this.#consumer = NO_CONSUMER
    this.#options = NO_OPTIONS
  }

  /** What it adds to the sums of the store. */
  get totals(): Pick<
    SubscriberStats,
    'published' | 'delivered' | 'dropped' | 'conflated' | 'pending' | 'errors'
  > {
    if (this.#mailbox !== undefined) return this.#mailbox
    const { count } = this.#told
    return { published: count, delivered: count, dropped: 0, conflated: 0, pending: 0, errors: 0 }
  }

  /** Whether its call is running; to be asked of one that is or was plain. */
  get #isRunning(): boolean {
    return this.#replaying || this.#readable.subject.broadcast.turn === this.slot
  }

  get #told(): Told {
    if (this.#toldInAll !== undefined) return this.#toldInAll
    const { broadcast } = this.#readable.subject
    const count = this.slot < 0 ? 0 : broadcast.toldTo(this, this.since)
    const version = count > 0 ? broadcast.versionToldTo(this) : (this.#replayed ?? -1)
    return { count: this.#replayed === undefined ? count : count + 1, version }
  }

  /** Whether a result is waited for. One that does not let itself be asked is: the mailbox reports what it throws. */
  #hasToWait(result: unknown): boolean {
    try {
      return isAwaitable(result)
    } catch {
      return true
    }
  }

  /** The call that had it boxed, or after which it is boxed, has ended. */
  #ended(
    tell: (mailbox: Mailbox<Snapshot<S>>, delivery: HandledDelivery, host: SubscriberHost<S>) => void,
  ): void {
    const mailbox = this.box()
    // The casts hold: whoever is boxed inside a call keeps its delivery and its host while that runs.
    tell(mailbox, this.#handled as HandledDelivery, this.#host as SubscriberHost<S>)
    this.#isBoxedInside = false
    if (mailbox.closed) this.#host = undefined
  }

  #newHost(): SubscriberHost<S> {
    return new SubscriberHost(this, this.#readable, this.#consumer, this.#options)
  }

  /** A mailbox as it would be if it had been there from the start. */
  #account(host: SubscriberHost<S>): Mailbox<Snapshot<S>> {
    const { count, version } = this.#told
    const mailbox = new Mailbox(host)
    mailbox.takeOver(count, version, this.#isRunning ? this.handledOf(version) : undefined)
    return mailbox
  }
}
