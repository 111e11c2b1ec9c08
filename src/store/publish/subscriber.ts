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
import type { DeliveryTotals } from '../../counting/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import type { GivenConsumer } from './consumer.ts'
import type { SubscribeOptions } from './subscribe-options.ts'
import { SubscriberHost } from './subscriber-host.ts'

const DEFAULT_POLICY: Policy = latest()
const NO_CONSUMER: MailboxConsumer<never>['next'] = () => {}
const NO_OPTIONS = {}

export class Subscriber<S> implements PlainReceiver<Snapshot<S>> {
  slot = -1
  call: MailboxConsumer<Snapshot<S>>['next'] | undefined
  readonly policy: Policy
  /** Takes away the listener on the signal of the options. */
  stopListening: (() => void) | undefined = undefined
  /** The number of the newest publication when it joined; it is never offered those up to there. */
  since = 0
  #id: string | number
  #consumer: GivenConsumer<Snapshot<S>>
  #options: SubscribeOptions<S>
  readonly #readable: ReadableCore<S>
  /** What it was told beside the walk, or until it left; the newest version of that. */
  #count = 0
  #version = -1
  /** Whether the replay is being handled. */
  #replaying = false
  /** The delivery of the newest call in which it was asked for, as a mailbox keeps it. */
  #handled: HandledDelivery | undefined = undefined
  #mailbox: Mailbox<Snapshot<S>> | undefined = undefined
  #host: SubscriberHost<S> | undefined = undefined
  /** Whether it was boxed inside its call, which goes on. */
  #isBoxedInside = false

  constructor(
    readable: ReadableCore<S>,
    consumer: GivenConsumer<Snapshot<S>>,
    options: SubscribeOptions<S>,
    number: number,
    pulled: boolean,
  ) {
    this.#id = options.id ?? number
    // Not `??`: null is refused with all else that is no policy.
    this.policy = options.policy === undefined ? DEFAULT_POLICY : checkPolicy(options.policy)
    this.#consumer = consumer
    this.#options = options
    this.#readable = readable
    if (!pulled && this.policy.straight) this.call = typeof consumer === 'function' ? consumer : consumer.next
    else this.box(pulled)
  }

  get id(): string {
    // Made when somebody asks: to make it costs as much as the rest of a subscription's fields.
    if (typeof this.#id === 'number') this.#id = `subscriber-${this.#id}`
    return this.#id
  }

  get closed(): boolean {
    return this.#mailbox === undefined ? this.call === undefined : this.#mailbox.closed
  }

  /** Publications that were published before it joined; less its replay. */
  get passed(): number {
    return this.since - this.#count
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

  /**
   * Puts a mailbox between, which takes over what the walk has told.
   *
   * @param pulled - whether the consumer takes only what it asks for; of one that has had a mailbox from the start
   */
  box(pulled = false): Mailbox<Snapshot<S>> {
    if (this.#mailbox === undefined) {
      this.#isBoxedInside = this.#isRunning
      this.#host = this.#newHost(pulled)
      this.#mailbox = this.#account(this.#host)
      this.call = undefined
    }
    return this.#mailbox
  }

  /** Ends the subscription at once. */
  close(reason: 'unsubscribed'): void {
    // One that leaves inside its own call may have to be told of it.
    if (this.#mailbox !== undefined || this.#isRunning) this.box().close(reason)
    else if (this.call !== undefined) {
      const { count, version } = this.#told
      this.#count = count
      this.#version = version
      this.call = undefined
      this.left()
    }
  }

  /** Hands the current snapshot over at once, or keeps it for a consumer that is pulled. */
  replay(snapshot: Snapshot<S>): void {
    const { call } = this
    this.#count = 1
    this.#version = snapshot.version
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
    if (typeof this.#consumer === 'object') this.#consumer.closed?.()
    this.#readable.subject.broadcast.remove(this)
    this.#readable.audience.left(this)
    this.#consumer = NO_CONSUMER
    this.#options = NO_OPTIONS
  }

  /** Adds what it was told to the sums of the store. */
  addTo(totals: DeliveryTotals): void {
    if (this.#mailbox === undefined) totals.addDelivered(this.#told.count)
    else totals.add(this.#mailbox)
  }

  /** Whether its call is running; to be asked of one that is or was plain. */
  get #isRunning(): boolean {
    return this.#replaying || this.#readable.subject.broadcast.turn === this.slot
  }

  /** How much it was told while plain, and the newest version of that; -1 before the first. */
  get #told(): { readonly count: number; readonly version: number } {
    const { broadcast } = this.#readable.subject
    const count = this.slot < 0 ? 0 : broadcast.toldTo(this, this.since)
    const version = count === 0 ? this.#version : broadcast.versionToldTo(this)
    return { count: this.#count + count, version }
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

  #newHost(pulled = false): SubscriberHost<S> {
    const given = this.#consumer
    const consumer = typeof given === 'function' ? { next: given } : given
    return new SubscriberHost(this, this.#readable, consumer, this.#options, pulled)
  }

  /** A mailbox as it would be if it had been there from the start. */
  #account(host: SubscriberHost<S>): Mailbox<Snapshot<S>> {
    const { count, version } = this.#told
    const mailbox = new Mailbox(host)
    mailbox.takeOver(count, version, this.#isRunning ? this.handledOf(version) : undefined)
    return mailbox
  }
}
