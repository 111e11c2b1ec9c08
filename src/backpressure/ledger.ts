import type { SubscriberStats } from './stats.ts'

/**
 * Receives the counts of a {@link backpressure} operator: hand one in, and ask it at any time.
 *
 * It follows the newest subscription; `stats()` is `undefined` before the first.
 */
export class Ledger {
  #source: { stats(): SubscriberStats } | undefined

  stats(): SubscriberStats | undefined {
    return this.#source?.stats()
  }

  /** Follows a mailbox. */
  follow(source: { stats(): SubscriberStats }): void {
    this.#source = source
  }
}
