/**
 * What rooms above the store stand on: machines, journals, mirrors, transactions.
 *
 *   kernel.commit(step, write) ──> guards ──> head ──> Commit ──┬─> followers before
 *   store.update, set, put, batch ─┘                            ├─> subscribers, observers
 *                                                               └─> followers after
 *
 * It is reached through a registered symbol, so whatever stands on a store, as a machine store does, is journaled like
 * any store, and the ESM and the CommonJS copy of the package understand each other. Every kernel of a store is the
 * same object, and what it adds is ended by what the call returned, or by `destroy()`.
 */

import type { StoreMetrics } from '../counting/index.ts'
import type { Immutable } from '../kit/index.ts'
import { HeadgateError, type Instant } from '../kit/index.ts'
import type { SubscriberFault } from './publish/fault-reporter.ts'
import type { Snapshot } from './snapshot.ts'
import type { Store } from './store.ts'
import type { Write } from './write/write-options.ts'

/** One commit, as those are told who follow a store from inside. */
export interface Commit<S> {
  /** What is current now. */
  readonly snapshot: Snapshot<S>
  /** What was current before; of a batch: before the batch. */
  readonly before: Snapshot<S>
  /** What the writer said with `write.origin`: who follows and writes knows its own commits by it. */
  readonly origin: unknown
}

/** Whoever is told of every commit, in order, each once, and of none that was rolled back. */
export interface CommitSink<S> {
  /** What it throws is a fault of phase `'kernel'`, and stops nobody else. */
  next(commit: Commit<S>): void
  /** Told by `destroy()`, once. */
  complete(): void
}

/** Figures of a room above: numbers are added to the store's own, `currentState` replaces it. */
export type Figures = Partial<
  Pick<StoreMetrics, 'currentState' | 'lateWrites' | 'noopWrites' | 'unhandledEvents'>
>

/** What is known of a subscriber beside its counts. */
export interface SubscriberVitals {
  /** An object to know the subscriber by for as long as it follows; to be held weakly. */
  readonly key: object
  /** How long its consumer has been busy with what it was given; 0 when it is idle. */
  readonly busyMs: number
  /** Failures since it last did well; 0 when it does. */
  readonly failures: number
  /** Where the subscription was made; in development, where the store detects leaks. */
  readonly subscribedFrom: string | undefined
  /** The same, once its handle is lost; undefined while it is not. */
  readonly leakedFrom: string | undefined
}

/** What keeps writers waiting while it has no room, beside the subscribers that suspend them. */
export interface Brake {
  /** Shown where somebody has waited too long. */
  readonly id: string
  isFull(): boolean
  /** What a write is refused with that did not wait. */
  refusal(): HeadgateError
}

/** A batch that is open until it is told how it ends; see {@link Kernel.begin}. */
export interface OpenBatch {
  /** Whether no other batch was opened inside it. */
  readonly isInnermost: boolean
  /**
   * Publishes its writes as one version; inside another batch they become part of that one. Does not throw: where the
   * store was destroyed meanwhile, it takes them back. Batches inside it that are still open are part of it.
   */
  commit(): void
  /** Takes its writes back, and those of batches inside it. A batch that has ended is not ended again. */
  rollBack(): void
}

/** What a store offers to rooms above it; see {@link kernelOf}. */
export interface Kernel<S> {
  readonly store: Store<S>
  /** The newest write, also inside a batch; counts as no read. */
  readonly head: Snapshot<S>
  readonly inBatch: boolean
  /** Whether a recipe, a step or a guard is running: a write would be refused. */
  readonly inRecipe: boolean
  /** Whether the store is destroyed. */
  readonly destroyed: boolean

  /**
   * Commits what a step makes of the state, as one atomic write with all checks. The step is pure: it may read the
   * store and not write to it. One that returns the state as it was commits nothing.
   *
   * @param step - given the state (undefined, of an uninitialized store), and the time that the snapshot will be
   *   stamped with.
   * @param write - its reason is `'COMMIT'` where none is given.
   * @param operation - the name that errors call the write by; default `'commit()'`.
   * @throws what the step throws, and the refusals of every write.
   */
  commit(
    step: (state: Immutable<S>, at: Instant) => Immutable<S>,
    write?: Write,
    operation?: string,
  ): Snapshot<S>

  /**
   * As {@link Kernel.commit}, of a step that returns what is frozen all through and fit to be a state: nobody looks at
   * it again. For rooms that settle their states themselves, as machines do.
   */
  commitSettled(
    step: (state: Immutable<S>, at: Instant) => Immutable<S>,
    write?: Write,
    operation?: string,
  ): Snapshot<S>

  /** Adopts a snapshot made elsewhere, with its own stamps and labels; see {@link Store.put}. */
  adopt(
    snapshot: Snapshot<S>,
    options?: { enforceVersion?: boolean | undefined; origin?: unknown },
  ): Snapshot<S>

  /**
   * Tells a sink of every commit from the next one on; of a destroyed store, of the end at once.
   *
   * @param options.place - ahead of all subscribers (`'before'`) or behind them (`'after'`, the default).
   * @returns ends it; of a commit that is being told, too.
   */
  follow(sink: CommitSink<S>, options?: { place?: 'before' | 'after' }): () => void

  /**
   * Asks before each write: a check that throws refuses it, and nothing has happened. A check may read the store and
   * not write to it.
   *
   * @param check - given what the writer said (a reason as `{ reason }`), and the state that would be current.
   */
  guard(check: (write: Write | undefined, state: Immutable<S>) => void): () => void

  /**
   * Refuses writes while a brake is full, unless they overrule; `ready()` and `whenReady()` wait for it. Whoever makes
   * room calls {@link Kernel.wake}.
   */
  brake(brake: Brake): () => void

  /** Lets writers who wait for room look again. */
  wake(): void

  /** Adds figures to the metrics; asked each time that somebody asks for them. */
  measure(figures: () => Figures): () => void

  /** How each subscriber does, in the order of the metrics' `subscribers`. */
  vitals(): readonly SubscriberVitals[]

  /** Reports a failure that has no caller: to `faults$`, to `onFault`, or to the console. */
  report(fault: SubscriberFault): void

  /** Keeps commits from being told until it is released; they are told then, in order. Holds nest. */
  hold(): () => void

  /**
   * Opens a batch that stays open until it is told how it ends: for atomic writes over several stores. Whoever opened
   * it ends it, in the same task; those that were opened inside it have ended before.
   *
   * @throws the refusals of every write.
   */
  begin(write?: Write): OpenBatch
}

export const kernelSymbol: unique symbol = Symbol.for('headgate.kernel')

/**
 * The kernel of anything that is a store, or stands on one.
 *
 * @throws `KERNEL_ABSENT` for what is no store of Headgate's.
 */
export function kernelOf<S>(readable: { readonly state: Immutable<S> }): Kernel<S>
export function kernelOf(store: object): Kernel<unknown>
export function kernelOf(readable: object): Kernel<unknown> {
  const kernel = (readable as { [kernelSymbol]?: Kernel<unknown> } | undefined)?.[kernelSymbol]
  if (kernel === undefined) throw new HeadgateError('KERNEL_ABSENT', {})
  return kernel
}
