/**
 * What a store did and what its subscribers got: plain counters, put together when somebody asks.
 *
 * The store and the mailboxes count with `+= 1` on fields of their own and call nothing; this room is
 * below them and knows neither.
 */
import type { SubscriberStats } from '../backpressure/index.ts'
import type { LatencySummary } from './commit-timer.ts'
import { DeliveryTotals } from './delivery-totals.ts'

/** What a store itself counts; numbers read at one instant. */
export interface StoreCounters {
  /** Versions published by writes; the first state given to `createStore` is not one. */
  readonly commits: number
  /** Reads of `snapshot` and `state`. */
  readonly reads: number
  /** Writes refused because the version they were based on had passed. */
  readonly versionConflicts: number
  /** Writes and batches that ended with an error, version conflicts among them. */
  readonly failedWrites: number
  /** Recipes that changed nothing. */
  readonly noopWrites: number
  /** Events that a machine had no transition for, or whose guard refused. */
  readonly unhandledEvents: number
  /** Writes that invoked work tried through its tools after its state had been left; they were refused. */
  readonly lateWrites: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The newest snapshot's `tsWall`, also of one that `put` brought; null before the first commit. */
  readonly lastCommitAt: number | null
  readonly uptimeMs: number
  readonly currentVersion: number
  /** The machine's state, else `'INITIALIZED'` or `'UNINITIALIZED'`. */
  readonly currentState: string
  /** Everyone who follows the store: `subscribe`, `stream`, and subscriptions to its observables. */
  readonly subscriberCount: number
  /** Those among them who follow `select`, by a path or a selector. */
  readonly selectionCount: number
  /** How long commits took, from the call to the last synchronous hand-over; null without `timing`. */
  readonly commitLatencyMs: LatencySummary | null
}

/** What a store did and what its subscribers got; the sums include subscribers that have left. */
export interface StoreMetrics extends StoreCounters {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly subscriberErrors: number
  /**
   * Those of `subscribe` and `stream`, in the order in which they joined: first those of the store itself, then those
   * of its selections and views.
   */
  readonly subscribers: readonly SubscriberStats[]
}

/** Puts the metrics together from the store's counters, the sums of those who left, and those who are there. */
export function reportMetrics(
  counters: StoreCounters,
  departed: DeliveryTotals,
  subscribers: readonly SubscriberStats[],
): StoreMetrics {
  const totals = Object.assign(new DeliveryTotals(), departed)
  for (const stats of subscribers) totals.add(stats)
  return { ...counters, ...totals, subscribers }
}
