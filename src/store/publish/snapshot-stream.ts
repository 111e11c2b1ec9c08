/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A store as an async iterator: pull instead of push, with the same mailbox and the same accounting.
 *
 * Each `next()` is demand for one snapshot. What comes while nobody waits is held by the policy, so a
 * loop that is slower than the writer gets the newest (`latest`, the default) or a bounded history
 * (`buffer`). Several `next()` calls may wait at once; they are served in order.
 */
import type { Mailbox, MailboxConsumer, SubscriberStats } from '../../backpressure/index.ts'
import {
  defineDispose,
  describeValue,
  HeadgateError,
  mayGoOn,
  RingBuffer,
  releaseWork,
} from '../../kit/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SubscribeOptions } from './subscribe-options.ts'

/** How a stream is fed: as {@link SubscribeOptions}, without a consumer's options. */
export type StreamOptions<S> = Omit<SubscribeOptions<S>, 'onError'>

/** A store's snapshots, taken one by one. Leaving a `for await` loop ends it. */
export interface SnapshotStream<S>
  extends AsyncIterableIterator<Snapshot<S>, undefined, undefined>,
    Disposable {
  readonly id: string
  readonly closed: boolean
  next(): Promise<IteratorResult<Snapshot<S>, undefined>>
  /** Ends the stream; resolves with what it was given, as a generator does. */
  return(value?: unknown): Promise<IteratorResult<Snapshot<S>, undefined>>
  throw(error?: unknown): Promise<IteratorResult<Snapshot<S>, undefined>>
  /** Takes what is held now, without waiting; `undefined` when nothing is, or its time has not come. */
  poll(): Snapshot<S> | undefined
  stats(): SubscriberStats
}

type Result<S> = IteratorResult<Snapshot<S>, undefined>

const DONE = Object.freeze({ done: true, value: undefined }) as IteratorReturnResult<undefined>

export class MailboxStream<S> implements SnapshotStream<S> {
  static {
    defineDispose(MailboxStream.prototype, function () {
      this.#mailbox.close('unsubscribed')
    })
  }

  declare readonly [Symbol.dispose]: () => void
  readonly #mailbox: Mailbox<Snapshot<S>>
  /** Calls of `next()` that wait, oldest first. */
  readonly #waiters = new RingBuffer<(result: Result<S>) => void>(Number.POSITIVE_INFINITY)
  /** The overflow that ended the stream, until somebody was told. */
  #failure: { error: unknown } | undefined

  constructor(readable: ReadableCore<S>, options: StreamOptions<S>) {
    const { policy } = options
    // What is no policy at all the mailbox refuses.
    if (policy?.batches || policy?.waits === false) {
      throw new HeadgateError('POLICY_INVALID', {
        option: 'policy',
        expected: 'a policy that holds a snapshot until it is asked for, such as latest() or buffer()',
        received: describeValue(policy.label),
      })
    }
    const consumer: MailboxConsumer<Snapshot<S>> = {
      // The cast holds: a policy that hands over arrays is refused above.
      next: (snapshot) => this.#waiters.shift()?.({ done: false, value: snapshot as Snapshot<S> }),
      error: (error) => {
        this.#failure = { error }
      },
      closed: () => {
        for (const resolve of this.#waiters.drain()) resolve(DONE)
      },
    }
    this.#mailbox = readable.add(consumer, options, true).box()
  }

  get id(): string {
    return this.#mailbox.id
  }

  get closed(): boolean {
    return this.#mailbox.closed
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // Functions of its own, not methods: they work off their stream.
  readonly next = (): Promise<Result<S>> =>
    new Promise((resolve, reject) => {
      // Taking what is held may go on for ever: whoever takes may write. Waiting for a write does not.
      const held = this.#mailbox.ready && mayGoOn() ? this.poll() : undefined
      if (held !== undefined) resolve({ done: false, value: held })
      else if (this.#failure !== undefined) {
        reject(this.#failure.error)
        this.#failure = undefined
      } else if (this.closed) resolve(DONE)
      else {
        this.#waiters.push(resolve)
        // What is held nevertheless is taken in its turn.
        if (this.#mailbox.ready) releaseWork(() => this.#mailbox.request(1))
        else this.#mailbox.request(1)
      }
    })

  readonly poll = (): Snapshot<S> | undefined => (this.#waiters.size > 0 ? undefined : this.#mailbox.take())

  readonly return = async (value?: unknown): Promise<Result<S>> => {
    this.#mailbox.close('unsubscribed')
    // As a generator's: what it was given, awaited. The cast holds for typed callers, who give nothing.
    return value === undefined ? DONE : { done: true, value: (await value) as unknown as undefined }
  }

  readonly throw = async (error?: unknown): Promise<Result<S>> => {
    this.#mailbox.close('unsubscribed')
    throw error
  }

  readonly stats = (): SubscriberStats => this.#mailbox.stats()
}
