/**
 * What was lost on the way to a replica: its subscribers are told of that too, beside what they lost here by policies
 * of their own.
 */
import type { Delivery, SubscriberStats } from '../backpressure/index.ts'
import {
  type Consumer,
  findCore,
  type ReadableCore,
  type Snapshot,
  type Store,
  type SubscribeOptions,
  type SubscriberHandle,
  toMailboxConsumer,
} from '../store/index.ts'

/** Tells followers of a replica what its primary published and it never had. */
export class LostElsewhere {
  /** Versions, since the replica began. */
  total = 0
  readonly #upTo = new WeakMap<object, number>()

  /** Counts what was lost between a snapshot and the one before it. */
  count(snapshot: object, missed: number): void {
    this.total += missed
    this.#upTo.set(snapshot, this.total)
  }

  upTo(snapshot: object): number {
    return this.#upTo.get(snapshot) ?? this.total
  }
}

/** A delivery that has missed more than its mailbox knows. */
class FartherDelivery implements Delivery {
  readonly version: number
  readonly missed: number
  readonly #delivery: Delivery

  constructor(delivery: Delivery, lost: number) {
    this.version = delivery.version
    this.missed = delivery.missed + lost
    this.#delivery = delivery
  }

  get signal(): AbortSignal {
    return this.#delivery.signal
  }

  get subscriberId(): string {
    return this.#delivery.subscriberId
  }
}

/**
 * Lets who subscribes from now on be told of what was lost elsewhere; their accounts count it as conflated.
 *
 * @returns ends it for those who subscribe later.
 */
export function tellOfLost<S>(store: Store<S>, lost: LostElsewhere): () => void {
  // The cast holds: a store has a core.
  const core = findCore(store) as ReadableCore<S>
  const subscribe = (consumer: Consumer<never>, options: SubscribeOptions<S> = {}): SubscriberHandle => {
    const given = toMailboxConsumer<Snapshot<S>>(consumer as Consumer<Snapshot<S>>)
    const before = lost.total
    let told = before
    const next = (entry: Snapshot<S> | readonly Snapshot<S>[], delivery: Delivery): unknown => {
      // The cast holds: an array of a batch is never empty.
      const newest = (Array.isArray(entry) ? entry.at(-1) : entry) as Snapshot<S>
      const upTo = Math.max(told, lost.upTo(newest))
      const untold = upTo - told
      told = upTo
      return given.next(entry, untold === 0 ? delivery : new FartherDelivery(delivery, untold))
    }
    const handle = core.attach({ ...given, next }, options, subscribe)
    const { stats } = handle
    let end: number | undefined
    const farther = (): SubscriberStats => {
      const figures = stats()
      if (handle.closed) end ??= lost.total
      const elsewhere = (end ?? lost.total) - before
      return {
        ...figures,
        published: figures.published + elsewhere,
        conflated: figures.conflated + elsewhere,
        missed: figures.missed + told - before,
      }
    }
    // A handle takes no property: all of them share what they are made of.
    const get = (_: SubscriberHandle, key: keyof SubscriberHandle): unknown =>
      key === 'stats' ? farther : handle[key]
    return new Proxy(handle, { get: get as ProxyHandler<SubscriberHandle>['get'] & {} })
  }
  const own = store.subscribe
  store.subscribe = subscribe
  return () => {
    store.subscribe = own
  }
}
