/**
 * A run of failures of one subscriber, so that a log tells of it a few times and not thousands.
 *
 *   fail fail fail fail … ok          logged: failure 1, 2, 4, 8, …, "recovered"
 *
 * An episode ends when the subscriber has handled deliveries in a row: one after its first episode, and
 * twice as many after each further one. So a subscriber that fails every other time does not log
 * "failed", "recovered" for ever: what it logs grows with the logarithm of its failures.
 */

/** After how many episodes the calm that ends one no longer doubles. */
const CALM_MAX = 1024

export class FailureEpisode {
  /** Failures in the episode that is under way; 0 when there is none. */
  failures = 0
  #calmNeeded = 1
  #calm = 0

  /** Counts a failure; returns how many the episode has. */
  failed(): number {
    this.#calm = 0
    this.failures += 1
    return this.failures
  }

  /** Counts a delivery that was handled; returns how many failures the episode had that it ended, else 0. */
  handled(): number {
    if (this.failures === 0) return 0
    this.#calm += 1
    if (this.#calm < this.#calmNeeded) return 0
    const { failures } = this
    this.failures = 0
    this.#calmNeeded = Math.min(this.#calmNeeded * 2, CALM_MAX)
    return failures
  }
}

/** Whether a log tells of the n-th failure of an episode: the first, then at powers of two. */
export const isTold = (failures: number): boolean => (failures & (failures - 1)) === 0
