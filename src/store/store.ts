/// <reference lib="esnext.disposable" preserve="true" />
import type { Draft } from 'immer'
import type { InteropObservable, Observable, SchedulerLike } from 'rxjs'
import type { BatchPolicy, SinglePolicy } from '../backpressure/index.ts'
import type { HealthReport, HealthThresholds, LatencyHistogram, StoreMetrics } from '../health/index.ts'
import type { Clock, Immutable } from '../kit/index.ts'
import type { Consumer } from './publish/consumer.ts'
import type { SubscriberFault } from './publish/fault-reporter.ts'
import type { SnapshotStream, StreamOptions } from './publish/snapshot-stream.ts'
import type { SubscriberHandle } from './publish/subscriber-handle.ts'
import type { SubscribeOptions } from './publish/subscribers.ts'
import type { PathKey, ValueAt } from './select/path.ts'
import type { Snapshot } from './snapshot.ts'
import type { WhenFull, Write, WriteOptions } from './write/write-options.ts'

/** How a store is made. */
export interface StoreOptions {
  /** Shown in errors, metrics and faults; default `'store'`. */
  name?: string | undefined
  /** The `source` of writes that give none; default the store's name. */
  source?: string | undefined
  /** Stamps snapshots; default the platform's clock. */
  clock?: Clock | undefined
  /** Runs timers; default RxJS's `asyncScheduler`. */
  scheduler?: SchedulerLike | undefined
  /** How many publications one write may set off; an integer from 1, default 100 000. */
  drainMax?: number | undefined
  /** Told of each failure of a subscriber. */
  onFault?: ((fault: SubscriberFault) => void) | undefined
  /** From where on {@link Store.health} sees an issue. */
  health?: Partial<HealthThresholds> | undefined
  /**
   * Whether commits are timed; default false. True takes Node's own histogram; on a platform that has none,
   * a browser, pass one of hdr-histogram-js.
   */
  timing?: boolean | LatencyHistogram | undefined
  /**
   * Whether {@link Store.health} tells of subscribers whose handle was collected as garbage. It costs some
   * 5 µs a subscription; default: unless `NODE_ENV` is `'production'`.
   */
  detectLeaks?: boolean | undefined
  /**
   * Whether states are deeply frozen; default true. Without it a subscriber that writes to what it was given
   * changes the state of everybody, unseen: for states too large to freeze, behind code that is known not to.
   */
  freeze?: boolean | undefined
  /** What a write does that says nothing itself; see {@link WriteOptions.whenFull}. */
  whenFull?: WhenFull | undefined
}

/** Options of {@link Store.modify}. */
export interface ModifyOptions extends Omit<WriteOptions, 'expectedVersion'> {
  /** How often the work is run again after it lost a race; an integer from 0, default 3. */
  retries?: number | undefined
  signal?: AbortSignal | undefined
}

/** Work whose result is no promise; `any` passes. What an editor shows of the refusal is a sentence. */
export type Synchronous<R> = [Extract<R, PromiseLike<unknown>>] extends [never]
  ? () => R
  : 0 extends 1 & R
    ? () => R
    : 'The work of a batch is synchronous: await first, and batch the writes afterwards'

/** Options of {@link Store.waitFor}, {@link Store.ready} and {@link Store.whenReady}. */
export interface WaitOptions {
  signal?: AbortSignal | undefined
  /** Milliseconds; default: without end. */
  timeoutMs?: number | undefined
}

/**
 * One source of truth: immutable, versioned snapshots, written by few and watched by many.
 *
 * A write made inside a subscriber changes the state at once (`store.state` reads it); its delivery waits
 * until the current version has reached everyone. So every subscriber sees strictly rising versions.
 *
 * Every write is refused, and changes nothing, with `STORE_DESTROYED` after `destroy()`, with
 * `WRITE_IN_RECIPE` inside a recipe of the same store, with `VERSION_CONFLICT` when its `expectedVersion`
 * has passed, with `RUNAWAY_WRITES` when one write has set off more than `drainMax` others, and with
 * `SUBSCRIBER_FULL` when a subscriber that suspends its writers is full.
 *
 * RxJS takes a store wherever it takes an `ObservableInput` (`from(store)`, `combineLatest([store, …])`,
 * what `switchMap` returns): it is then `snapshot$`.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 *
 * const store = createStore({ battery: 100, log: ['start'] })
 * store.subscribe(({ version, state }) => console.log(version, state.battery))
 * // → 0 100
 * store.update((draft) => { draft.battery -= 1 }, 'TICK')
 * // → 1 99
 * store.destroy()
 * ```
 */
export interface Store<S> extends Disposable, InteropObservable<Snapshot<S>> {
  readonly name: string
  /** A UUID of this instance. */
  readonly instanceId: string
  /** The newest commit, inside a batch its newest write; O(1); counts as a read. */
  readonly snapshot: Snapshot<S>
  /** `snapshot.state`; `undefined` while the store is uninitialized. */
  readonly state: Immutable<S>
  /**
   * The newest snapshot first, then each. What a direct subscriber throws is a fault, as for
   * {@link Store.subscribe}; behind an operator RxJS's own rule holds (it is reported later, to
   * `config.onUnhandledError` or to the process). So it is for every observable of a store. Use `subscribe` for
   * back-pressure and accounting.
   */
  readonly snapshot$: Observable<Snapshot<S>>
  /** The state of each of `snapshot$`. */
  readonly state$: Observable<Immutable<S>>
  /** Failures of subscribers. Where nobody listens here nor with `onFault`, they go to `console.error`. */
  readonly faults$: Observable<SubscriberFault>

  /**
   * Runs an immer recipe on a draft of the state and commits what it changed.
   *
   * A recipe that changes nothing commits nothing and returns the current snapshot. One that throws
   * changes nothing; its error reaches the caller as it is. On a state that is no object the recipe
   * returns the new value.
   *
   * @throws `RECIPE_ASYNC` for a recipe that returns a promise, `STATE_INVALID`, `STORE_UNINITIALIZED`, and the refusals
   *   of every write.
   */
  update(recipe: (draft: Draft<S>) => void | S | Draft<S>, write?: Write): Snapshot<S>

  /**
   * Commits a whole state, always, even an identical one. What is new of it is deeply frozen in place; instances of
   * classes that immer does not draft are left as they are. A draft whose recipe still runs is replaced by what it
   * stands for.
   *
   * @throws `STATE_UNDEFINED`, `STATE_INVALID` for a state that leads back to itself, has more than 1 000 levels or
   *   holds a draft that has ended, and the refusals of every write.
   */
  set(state: S | Immutable<S>, write?: Write): Snapshot<S>

  /**
   * Adopts a snapshot made elsewhere, by a replica or a journal, with its own reason, source and times.
   *
   * @param options.enforceVersion - true: its version must be greater than the current one, or it is
   *   refused and counted as a version conflict. False (default): a version that is not greater becomes
   *   current + 1.
   * @throws `SNAPSHOT_INVALID`, `VERSION_CONFLICT`, and the refusals of every write.
   */
  put(snapshot: Snapshot<S>, options?: { enforceVersion?: boolean | undefined }): Snapshot<S>

  /**
   * Publishes the writes of `work` as one version when it returns, and returns its result.
   *
   * Inside, `store.state` reads the writes; nobody else is told of them. A throw restores the state from
   * before the batch. Batches nest: an inner one that throws takes back only its own writes. The label is
   * `write`, else that of the last write inside.
   *
   * @throws `BATCH_ASYNC` for work that returns a promise, and the refusals of every write.
   */
  batch<R>(work: Synchronous<R>, write?: Write): R

  /** Gives an uninitialized store its first state; returns the current snapshot in any case. */
  initialize(state: S | Immutable<S>): Snapshot<S>

  /**
   * The optimistic loop: reads the state, awaits the work, and commits its result if the version still
   * holds; else runs the work again. Calls of one store queue up, in the order in which they were made: only
   * other writers make them run again. So work that awaits a `modify` of its own store waits for ever.
   * A result identical to the state it was given commits nothing.
   *
   * @param work - given the state, and a signal that aborts with `options.signal` or `destroy()`.
   * @throws `VERSION_CONFLICT` after the retries, the signal's reason, `STORE_DESTROYED`, or what the
   *   work rejects with.
   */
  modify(
    work: (state: Immutable<S>, signal: AbortSignal) => Promise<S | Immutable<S>>,
    options?: ModifyOptions,
  ): Promise<Snapshot<S>>

  /**
   * What a selector returns for the current state, then each result that differs from the one before. It
   * runs once a commit, however many follow it: give them the same function, not one written anew each time. A
   * version on which it, or `equal`, throws is skipped, and reported as a fault of phase `'select'`.
   *
   * @param equal - whether two results are the same; default `Object.is`.
   */
  select<R>(selector: (state: Immutable<S>) => R, equal?: (previous: R, current: R) => boolean): Observable<R>
  /**
   * The value at a path, then each that differs (`Object.is`). A commit wakes only those below what it
   * changed. Up to five keys: own properties of objects and arrays (also `length`), entries of Maps, `size` and
   * members of Sets, ids of collections; `undefined` where the path ends early.
   */
  select<K1 extends PathKey<S>>(key: K1): Observable<Immutable<ValueAt<S, [K1]>>>
  select<K1 extends PathKey<S>, K2 extends PathKey<ValueAt<S, [K1]>>>(
    key1: K1,
    key2: K2,
  ): Observable<Immutable<ValueAt<S, [K1, K2]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
  >(key1: K1, key2: K2, key3: K3): Observable<Immutable<ValueAt<S, [K1, K2, K3]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
  >(key1: K1, key2: K2, key3: K3, key4: K4): Observable<Immutable<ValueAt<S, [K1, K2, K3, K4]>>>
  select<
    K1 extends PathKey<S>,
    K2 extends PathKey<ValueAt<S, [K1]>>,
    K3 extends PathKey<ValueAt<S, [K1, K2]>>,
    K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
    K5 extends PathKey<ValueAt<S, [K1, K2, K3, K4]>>,
  >(key1: K1, key2: K2, key3: K3, key4: K4, key5: K5): Observable<Immutable<ValueAt<S, [K1, K2, K3, K4, K5]>>>

  /**
   * Feeds a consumer through a back-pressure policy of its own, the current snapshot first.
   *
   * @throws `CONSUMER_INVALID`, `POLICY_INVALID`, `OPTION_INVALID`
   */
  subscribe(
    consumer: Consumer<Snapshot<S>>,
    options?: SubscribeOptions<S> & { policy?: SinglePolicy | undefined },
  ): SubscriberHandle
  /** Feeds a consumer with arrays of snapshots, one call a window; see {@link batch}. */
  subscribe(
    consumer: Consumer<readonly Snapshot<S>[]>,
    options: SubscribeOptions<S> & { policy: BatchPolicy },
  ): SubscriberHandle
  /** Feeds a consumer that takes both, where the policy is known only at run time. */
  subscribe(
    consumer: Consumer<Snapshot<S> | readonly Snapshot<S>[]>,
    options: SubscribeOptions<S>,
  ): SubscriberHandle

  /** Takes snapshots one by one. `for await (const snapshot of store)` does so with `latest()`. */
  stream(options?: StreamOptions<S>): SnapshotStream<S>
  [Symbol.asyncIterator](): SnapshotStream<S>

  /**
   * Resolves with the first snapshot, the current one included, that satisfies the predicate.
   *
   * @throws `WAIT_TIMEOUT`, `PREDICATE_ASYNC` for a predicate that is async or a generator, the signal's reason, `STORE_DESTROYED`, or what the predicate throws.
   */
  waitFor(
    predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
    options?: WaitOptions,
  ): Promise<Snapshot<S>>

  /**
   * Waits until every subscriber that suspends its writers has room, writes, and resolves with what `write`
   * returned. Writers are let in one by one, in the order in which they asked, and nobody writes between the
   * look and the write. Not for the inside of a subscriber that suspends: it would wait for itself.
   *
   * @param write - one write: there is room for one version.
   * @throws `READY_TIMEOUT`, the signal's reason, `STORE_DESTROYED`, or what `write` throws.
   */
  whenReady<R>(write: () => R, options?: WaitOptions): Promise<Awaited<R>>

  /**
   * Resolves when every subscriber that suspends its writers has room. Whoever writes without
   * {@link Store.whenReady} may still come between.
   */
  ready(options?: WaitOptions): Promise<void>

  /** What the store did and what its subscribers got. O(subscribers); reads counters and changes none. */
  metrics(): StoreMetrics
  /**
   * Whether the store is well, and what is wrong with it. Unhealthy: not initialized, or too many version
   * conflicts. Degraded: too many subscribers, or one that is stalled, drops too much, fails, or was lost
   * by its owner. Each issue clears by itself when what it tells of is over.
   */
  health(): HealthReport

  /**
   * Completes everyone, drops what is pending and lets go of everybody. Later writes are refused; a later
   * subscriber gets only the completion. The last snapshot stays readable.
   */
  destroy(): void
}

/**
 * A store that was made without a state, as long as nobody has asked: `isInitialized(store)` narrows it to a
 * {@link Store}.
 */
export interface UninitializedStore<S> extends Omit<Store<S>, 'snapshot' | 'state'> {
  /** Version -1 and no state until `initialize`, `set` or `put` gave it one. */
  readonly snapshot: Snapshot<S> | Snapshot<undefined>
  readonly state: Immutable<S> | undefined
}
