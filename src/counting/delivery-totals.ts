import type { SubscriberStats } from '../backpressure/index.ts'

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

  /** Adds versions that were handed over as they came, without a failure. */
  addDelivered(count: number): void {
    this.published += count
    this.delivered += count
  }
}
