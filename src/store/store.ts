/// <reference lib="esnext.disposable" preserve="true" />
import type { Draft } from 'immer'
import type { Observable, SchedulerLike } from 'rxjs'
import type { CommitTiming, StoreMetrics } from '../counting/index.ts'
import type { Clock, Immutable } from '../kit/index.ts'
import type { SubscriberFault } from './publish/fault-reporter.ts'
import type { Readable, WaitOptions } from './readable.ts'
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
  /** Called with each failure of a subscriber. */
  onFault?: ((fault: SubscriberFault) => void) | undefined
  /** Times the commits, with `commitTimes()`; default false. */
  timing?: CommitTiming | false | undefined
  /**
   * Whether `health(store)` of `headgate/health` reports subscribers whose handle was garbage-collected; default true.
   * In development only: it is off where `NODE_ENV` is `'production'`. It costs about 5 µs per subscription.
   */
  detectLeaks?: boolean | undefined
  /**
   * Whether states are deeply frozen; default true. Without it a subscriber that writes to a state silently
   * changes it for everyone: only for states too large to freeze, read by code that is known not to write to them.
   */
  freeze?: boolean | undefined
  /** The default for writes that do not say; see {@link WriteOptions.whenFull}. */
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
export interface Store<S> extends Readable<S>, Disposable {
  /** A UUID of this instance. */
  readonly instanceId: string
  /** Failures of subscribers. If nothing listens here or with `onFault`, they go to `console.error`. */
  readonly faults$: Observable<SubscriberFault>

  /**
   * Runs an immer recipe on a draft of the state and commits what it changed.
   *
   * A recipe that changes nothing commits nothing and returns the current snapshot. One that throws
   * changes nothing; its error reaches the caller as it is. On a state that is no object the recipe
   * returns the new value.
   *
   * @throws `RECIPE_ASYNC` for a recipe that returns a promise, `STATE_INVALID`, `STORE_UNINITIALIZED`, and the
   *   refusals of every write.
   */
  update(recipe: (draft: Draft<S>) => void | S | Draft<S>, write?: Write): Snapshot<S>

  /**
   * Commits a whole state, always, even an identical one. Its new parts are deeply frozen in place; instances of
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
   * Inside, `store.state` reads the writes; followers do not see them yet. A throw restores the state from
   * before the batch. Batches nest: an inner one that throws rolls back only its own writes. The label is
   * `write`, or else that of the last write inside.
   *
   * @throws `BATCH_ASYNC` for work that returns a promise, and the refusals of every write.
   */
  batch<R>(work: Synchronous<R>, write?: Write): R

  /** Gives an uninitialized store its first state; returns the current snapshot in any case. */
  initialize(state: S | Immutable<S>): Snapshot<S>

  /**
   * The optimistic loop: reads the state, awaits the work, and commits its result if the version still
   * holds; otherwise runs the work again. Calls on one store queue up, in the order in which they were made, so only
   * other writers make them run again. Work that awaits a `modify` of its own store waits forever.
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
   * Waits until every subscriber that suspends its writers has room, writes, and resolves with what `write`
   * returned. Writers are let in one by one, in the order in which they asked, with no write between the
   * check and the write. Do not call it inside a subscriber that suspends: it would wait for itself.
   *
   * @param write - one write: there is room for one version.
   * @throws `READY_TIMEOUT`, the signal's reason, `STORE_DESTROYED`, or what `write` throws.
   */
  whenReady<R>(write: () => R, options?: WaitOptions): Promise<Awaited<R>>

  /**
   * Resolves when every subscriber that suspends its writers has room. A write made without
   * {@link Store.whenReady} may still come first.
   */
  ready(options?: WaitOptions): Promise<void>

  /** What the store did and what its subscribers got. O(subscribers); reads counters and changes none. */
  metrics(): StoreMetrics

  /**
   * Completes all subscribers, drops what is pending and releases everything. Later writes are refused; a later
   * subscriber gets only the completion. The last snapshot stays readable.
   */
  destroy(): void
}

/**
 * A store that was made without a state: `isInitialized(store)` narrows it to a
 * {@link Store}.
 */
export interface UninitializedStore<S> extends Omit<Store<S>, 'snapshot' | 'published' | 'state'> {
  /** Version -1 and no state until `initialize`, `set` or `put` gave it one. */
  readonly snapshot: Snapshot<S> | Snapshot<undefined>
  readonly published: Snapshot<S> | Snapshot<undefined>
  readonly state: Immutable<S> | undefined
}
