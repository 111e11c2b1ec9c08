/**
 * What became of everything that one subscriber was offered. Counted before foreign code runs, so at every instant
 * `published = delivered + dropped + conflated + pending`.
 *
 * A loss is told once, with the first delivery behind it: `missed` is a difference of the losses so far.
 */
import type { Policy } from './policy.ts'
import type { SubscriberStats } from './stats.ts'

export class Account {
  readonly id: string
  readonly policy: Policy
  published = 0
  delivered = 0
  dropped = 0
  conflated = 0
  calls = 0
  errors = 0
  missed = 0
  lastVersion = -1
  #pendingMax = 0
  #lossTold = 0

  constructor(id: string, policy: Policy) {
    this.id = id
    this.policy = policy
  }

  /** Begins with what a consumer was handed that needed no account so far. */
  begin(count: number, version: number): void {
    this.published = count
    this.delivered = count
    this.calls = count
    this.lastVersion = version
  }

  /**
   * Counts a delivery, and tells how many versions it missed.
   *
   * @param lostLater - how many of the losses so far come after it.
   */
  countDelivery(count: number, version: number, lostLater: number): number {
    const loss = this.dropped + this.conflated - lostLater
    const missed = loss - this.#lossTold
    this.#lossTold = loss
    this.missed += missed
    this.delivered += count
    this.calls += 1
    this.lastVersion = version
    return missed
  }

  /** Counts what is held now. */
  countHeld(size: number): void {
    if (size > this.#pendingMax) this.#pendingMax = size
  }

  /** Counts as dropped what was held to the end; also what the strategy of a policy that throws has lost. */
  countEnd(): void {
    this.dropped = this.published - this.delivered - this.conflated
  }

  /** Everything that is known, with what others know. */
  figures(
    others: Pick<SubscriberStats, 'pending' | 'inFlight' | 'abandoned' | 'busySince'>,
  ): SubscriberStats {
    const { id, policy, published, delivered, dropped, conflated, calls, errors, missed, lastVersion } = this
    return {
      id,
      policy: policy.label,
      published,
      delivered,
      dropped,
      conflated,
      calls,
      errors,
      missed,
      lastVersion,
      capacity: policy.capacity,
      pendingMax: this.#pendingMax,
      ...others,
    }
  }
}
