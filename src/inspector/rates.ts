/** How often something happened in each of the last 60 seconds, in 60 numbers. */
export const SECONDS = 60

export class Rates {
  readonly #counts = new Uint32Array(SECONDS)
  #second = 0

  /** @param now - milliseconds of a monotonic clock. */
  count(now: number): void {
    this.#turnTo(Math.floor(now / 1_000))
    this.#counts[this.#second % SECONDS]! += 1
  }

  /** The seconds that are over, oldest first. */
  list(now: number): number[] {
    this.#turnTo(Math.floor(now / 1_000))
    return Array.from({ length: SECONDS - 1 }, (_, i) => this.#counts[(this.#second + 1 + i) % SECONDS] ?? 0)
  }

  #turnTo(second: number): void {
    if (second <= this.#second) return
    if (second - this.#second >= SECONDS) this.#counts.fill(0)
    else for (let each = this.#second + 1; each <= second; each += 1) this.#counts[each % SECONDS] = 0
    this.#second = second
  }
}
