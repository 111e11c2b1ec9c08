import type { ObservableInput } from 'rxjs'
import type { Delivery, MailboxConsumer } from '../../backpressure/index.ts'
import { describeValue, HeadgateError } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'

/**
 * What a subscriber does with a value.
 *
 * It is busy until the promise or observable that it returned has ended; what it emits is not used. A
 * throw or a rejection is reported as a fault and stops nobody else.
 */
export type ConsumerFunction<T> =
  // Two function types and not one result type: `() => count++` is a `() => void`, but no `() => void | …`.
  ((value: T, delivery: Delivery) => void) | ((value: T, delivery: Delivery) => ObservableInput<unknown>)

/** A consumer that is also told how the subscription ended. */
export interface ConsumerObject<T> {
  next: ConsumerFunction<T>
  /** Told when the subscription was lost, by the overflow `'error'` of a buffer. */
  error?: ((error: unknown) => void) | undefined
  /** Told when the store was destroyed. */
  complete?: (() => void) | undefined
}

/** What follows a store: a function, or an object with `next` and, if needed, `error` and `complete`. */
export type Consumer<T> = ConsumerFunction<T> | ConsumerObject<T>

/** A consumer as a subscriber is given it: a function as it is, as most are, or an object. */
export type GivenConsumer<T> = MailboxConsumer<T>['next'] | MailboxConsumer<T>

/** @throws `CONSUMER_INVALID` */
export function toMailboxConsumer<T>(consumer: Consumer<T>): MailboxConsumer<T> {
  // The casts hold: the overloads of subscribe() give an array only to the consumer of a batch.
  if (typeof consumer === 'function') return { next: consumer as MailboxConsumer<T>['next'] }
  if (typeof consumer !== 'object' || consumer === null || typeof consumer.next !== 'function') {
    throw new HeadgateError('CONSUMER_INVALID', { received: describeValue(consumer) })
  }
  const { error, complete } = consumer
  return {
    next: (value, delivery) => consumer.next(value as T, delivery),
    ...(error !== undefined && { error: (reason: unknown) => consumer.error?.(reason) }),
    ...(complete !== undefined && { complete: () => consumer.complete?.() }),
  }
}

/** A consumer of values as one of the snapshots that carry them. */
export function ofValues<R>(consumer: Consumer<R>): MailboxConsumer<Snapshot<R>> {
  const { next, ...ends } = toMailboxConsumer(consumer)
  // The casts hold: a value is what the type of a selection says, and a snapshot's state is that value.
  return {
    ...ends,
    next: (entry, delivery) =>
      next(
        (Array.isArray(entry) ? entry.map(({ state }) => state) : (entry as Snapshot<R>).state) as R,
        delivery,
      ),
  }
}
