import type { InteropObservable, Observable } from 'rxjs'
import type { BatchingPolicy, SinglePolicy } from '../backpressure/index.ts'
import type { Immutable } from '../kit/index.ts'
import type { Consumer } from './publish/consumer.ts'
import type { SnapshotStream, StreamOptions } from './publish/snapshot-stream.ts'
import type { SubscribeOptions } from './publish/subscribe-options.ts'
import type { SubscriberHandle } from './publish/subscriber-handle.ts'
import type { Selectable } from './select/selectable.ts'
import type { Snapshot } from './snapshot.ts'

/** Options of `waitFor`, `ready` and `whenReady`. */
export interface WaitOptions {
  signal?: AbortSignal | undefined
  /** Milliseconds; default: no timeout. */
  timeoutMs?: number | undefined
}

/**
 * Anything that can be read and followed: stores, machine stores, and everything built on them. A function
 * that does not write can take a `Readable`, and so accept each of them.
 *
 * RxJS takes one wherever it takes an `ObservableInput` (`from(store)`, `combineLatest([store, …])`, what
 * `switchMap` returns): it is then `snapshot$`.
 *
 * @example
 * ```ts
 * import { createStore, type Readable } from 'headgate'
 *
 * const battery = (robot: Readable<{ battery: number }>): string => `${robot.name}: ${robot.state.battery} %`
 *
 * console.log(battery(createStore({ battery: 90 }, { name: 'r1' }))) // → r1: 90 %
 * ```
 */
export interface Readable<S> extends Selectable<S, Immutable<S>>, InteropObservable<Snapshot<S>> {
  /** Shown in errors, metrics and faults. */
  readonly name: string
  /** The current snapshot; inside a batch, its newest write. O(1); counts as a read, as do the next two. */
  readonly snapshot: Snapshot<S>
  /** `snapshot.state`; `undefined` while a store is uninitialized. */
  readonly state: Immutable<S>
  /**
   * The newest snapshot that followers have received, or are about to: the first one that a new subscriber gets. Inside
   * a batch it is the one from before. Render from this: a render inside a batch that then throws would otherwise show
   * a state that never existed.
   */
  readonly published: Snapshot<S>
  /** Whether it has ended: nothing more comes, and the last snapshot stays readable. */
  readonly closed: boolean
  /**
   * The newest snapshot first, then each. What a direct subscriber throws is a fault, as for
   * {@link Readable.subscribe}; behind an operator RxJS's own rule applies (it is reported later, to
   * `config.onUnhandledError` or to the process). The same is true of every observable of this interface. Use
   * `subscribe` for back-pressure and accounting.
   */
  readonly snapshot$: Observable<Snapshot<S>>
  /** The state of each of `snapshot$`. */
  readonly state$: Observable<Immutable<S>>

  /**
   * Feeds a consumer through its own back-pressure policy, the current snapshot first.
   *
   * @throws `CONSUMER_INVALID`, `POLICY_INVALID`, `OPTION_INVALID`
   */
  subscribe(
    consumer: Consumer<Snapshot<S>>,
    options?: SubscribeOptions<S> & { policy?: SinglePolicy | undefined },
  ): SubscriberHandle
  /** Feeds a consumer with arrays of snapshots, one call a window; see {@link BatchingPolicy}. */
  subscribe(
    consumer: Consumer<readonly Snapshot<S>[]>,
    options: SubscribeOptions<S> & { policy: BatchingPolicy },
  ): SubscriberHandle
  /** Feeds a consumer that takes both, where the policy is known only at run time. */
  subscribe(
    consumer: Consumer<Snapshot<S> | readonly Snapshot<S>[]>,
    options: SubscribeOptions<S>,
  ): SubscriberHandle

  /** Takes snapshots one by one. `for await (const snapshot of readable)` does so with `latest()`. */
  stream(options?: StreamOptions<S>): SnapshotStream<S>
  [Symbol.asyncIterator](): SnapshotStream<S>

  /**
   * Resolves with the first snapshot, the current one included, that satisfies the predicate.
   *
   * @throws `WAIT_TIMEOUT`, `PREDICATE_ASYNC` for a predicate that is async or a generator, the signal's reason,
   *   `STORE_DESTROYED`, or what the predicate throws.
   */
  waitFor(
    predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
    options?: WaitOptions,
  ): Promise<Snapshot<S>>
}
