/**
 * The mailbox of the store, for any Observable: `source$.pipe(backpressure(policy, project))`.
 *
 * With `buffer` it is `concatMap` with a bound, with `latest` `exhaustMap` that keeps the last, with
 * `switchLatest` `switchMap`; and with all of them it knows what was lost.
 */
import {
  asyncScheduler,
  type InteropObservable,
  Observable,
  type OperatorFunction,
  type SchedulerLike,
  takeWhile,
} from 'rxjs'
import { type Clock, checkKeys, type KnownKeys, systemClock } from '../kit/index.ts'
import type { Delivery, HandledDelivery } from './delivery.ts'
import { isAwaitable } from './foreign-code.ts'
import type { Ledger } from './ledger.ts'
import { Mailbox } from './mailbox.ts'
import type { MailboxHost } from './mailbox-host.ts'
import { refuseOption } from './options.ts'
import type { BatchingPolicy, Policy, SinglePolicy } from './policy.ts'
import type { DropReason, Versioned } from './strategy.ts'

/** Options of {@link backpressure}. */
export interface BackpressureOptions<T> {
  /** In the ledger and in `BUFFER_OVERFLOW`; default `'backpressure'`. */
  id?: string | undefined
  /** Receives the counts. */
  ledger?: Ledger | undefined
  /** Runs the timers of the policy; default RxJS's `asyncScheduler`. */
  scheduler?: SchedulerLike | undefined
  /** Whose monotonic time `busySince` is told in; default the platform's. */
  clock?: Clock | undefined
  /** Told of each value that is dropped, after it was counted. What it throws is an error of the stream. */
  onDrop?: ((drop: { value: T; version: number; reason: DropReason; dropped: number }) => void) | undefined
}

const OPERATOR_KEYS: KnownKeys<BackpressureOptions<unknown>> = {
  id: true,
  ledger: true,
  scheduler: true,
  clock: true,
  onDrop: true,
}

/**
 * What a projection makes of a value: a value, or something whose values are emitted while it runs. An
 * array is a value; RxJS's own operators would flatten it.
 */
export type Projected<R> = R | Observable<R> | InteropObservable<R> | PromiseLike<R> | AsyncIterable<R>

/** A value of the source, numbered from 1. */
interface Numbered<T> extends Versioned {
  readonly value: T
}

/**
 * Feeds a projection through a policy, and emits what it makes.
 *
 * One projection at a time, for all but `direct` and `switchLatest`; it is busy until the input that it
 * returned has ended. What it throws, or its input, ends the stream with that error. The completion and the
 * error of the source come after what the policy still delivers. Unsubscribing ends the projection that is
 * running and aborts its signal.
 *
 * @param policy - any but one that suspends, as `buffer` with `suspend`: a source cannot be refused.
 * @param project - default: the value itself.
 * @throws `POLICY_INVALID` for `suspend`. What is no policy at all is an error of the stream.
 */
export function backpressure<T, R = readonly T[]>(
  policy: BatchingPolicy,
  project?: (values: readonly T[], delivery: Delivery) => Projected<R>,
  options?: BackpressureOptions<T>,
): OperatorFunction<T, R>
export function backpressure<T, R = T>(
  policy: SinglePolicy,
  project?: (value: T, delivery: Delivery) => Projected<R>,
  options?: BackpressureOptions<T>,
): OperatorFunction<T, R>
export function backpressure<T>(
  policy: Policy,
  project: (value: never, delivery: Delivery) => unknown = (value) => value,
  options: BackpressureOptions<T> = {},
): OperatorFunction<T, unknown> {
  checkKeys(options, OPERATOR_KEYS, 'backpressure()')
  // An untyped caller may bring anything; the mailbox refuses what is no policy.
  if (policy?.suspends) {
    refuseOption(
      'overflow',
      '"drop-oldest", "drop-incoming" or "error": a source cannot be suspended',
      'suspend',
    )
  }
  return (source) =>
    new Observable((observer) => {
      let version = 0
      const host: MailboxHost<Numbered<T>> = {
        id: options.id ?? 'backpressure',
        policy,
        onError: 'close',
        pulled: false,
        scheduler: options.scheduler ?? asyncScheduler,
        consumer: {
          next(entry, delivery) {
            const value = Array.isArray(entry) ? entry.map((one) => one.value) : (entry as Numbered<T>).value
            const result = project(value as never, delivery)
            // Replaced or left while it ran, by a write of its own: nothing of it is emitted.
            if ((delivery as HandledDelivery).aborted || isAwaitable(result)) return result
            observer.next(result)
            return undefined
          },
          emitted: (value) => observer.next(value),
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        },
        now: () => (options.clock ?? systemClock).mono(),
        dropped:
          options.onDrop &&
          (({ value, version: lost }, reason, dropped) =>
            options.onDrop?.({ value, version: lost, reason, dropped })),
        faulted({ error }) {
          // First: the error ends this subscription, and what waits would be dropped as if it had been left.
          mailbox.close('consumer-error')
          observer.error(error)
        },
        closed() {},
      }
      const mailbox = new Mailbox(host)
      options.ledger?.follow(mailbox)
      // Before the source begins: a synchronous one is left before its subscribe() returns.
      observer.add(() => mailbox.close('unsubscribed'))
      // A synchronous source would go on after the end, until its subscribe() has returned.
      return source.pipe(takeWhile(() => !observer.closed)).subscribe({
        next(value) {
          version += 1
          mailbox.offer({ version, value })
        },
        error: (error) => mailbox.end({ kind: 'error', error }),
        complete: () => mailbox.end({ kind: 'complete' }),
      })
    })
}
