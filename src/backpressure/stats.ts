/**
 * What one subscriber was offered, got and lost.
 *
 * At every instant, also inside callbacks:
 * `published = delivered + dropped + conflated + pending`.
 */
export interface SubscriberStats {
  readonly id: string
  /** The policy's label, such as `buffer:64:drop-oldest`. */
  readonly policy: string
  /** Versions offered to this subscriber, the replayed one included. */
  readonly published: number
  /** Versions handed to the consumer; counted before its callback runs. */
  readonly delivered: number
  /** Versions given up: by an overflow, or because the subscription ended while they waited. */
  readonly dropped: number
  /** Versions that a newer one replaced before they could be delivered. */
  readonly conflated: number
  /** Versions held for the consumer; the one it is working on is delivered, not pending. */
  readonly pending: number
  /** Calls of the consumer. */
  readonly calls: number
  /** Calls that threw or rejected. */
  readonly errors: number
  /**
   * Calls whose promise or observable has not ended, those among them that were aborted: the end of the source
   * waits for these too. An observable ends when it is aborted.
   */
  readonly inFlight: number
  /**
   * Calls that did not end although they were aborted, and that nobody waits for any more: the oldest, where more
   * than 1 000 have been aborted and go on. They are not in flight.
   */
  readonly abandoned: number
  /** The most that may be pending. */
  readonly capacity: number
  /** The most that ever was pending. */
  readonly pendingMax: number
  /** The sum of `missed` over all deliveries. */
  readonly missed: number
  /** The newest version delivered; -1 before the first. */
  readonly lastVersion: number
  /** When the consumer began what it is busy with, in milliseconds of the monotonic clock; null when idle. */
  readonly busySince: number | null
}
