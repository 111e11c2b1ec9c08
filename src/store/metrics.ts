import type { SubscriberStats } from '../backpressure/index.ts'

/** What a store did and what its subscribers got; plain numbers, read at one instant. */
export interface StoreMetrics {
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
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly subscriberErrors: number
  /** Those of `subscribe` and `stream`, in the order in which they joined. */
  readonly subscribers: readonly SubscriberStats[]
}

/** Sums over subscribers; those who have left are kept in one of these. */
export class DeliveryTotals {
  published = 0
  delivered = 0
  dropped = 0
  conflated = 0
  pending = 0
  subscriberErrors = 0

  add(
    stats: Pick<SubscriberStats, 'published' | 'delivered' | 'dropped' | 'conflated' | 'pending' | 'errors'>,
  ): void {
    this.published += stats.published
    this.delivered += stats.delivered
    this.dropped += stats.dropped
    this.conflated += stats.conflated
    this.pending += stats.pending
    this.subscriberErrors += stats.errors
  }
}
