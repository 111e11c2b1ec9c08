/**
 * What was committed of the newest writes of each client: one that is sent again is answered, and not done again.
 *
 * Of one client and of all together there are at most so many. Whoever wrote least recently is forgotten first, the
 * oldest of its results ahead of the others.
 */
import type { Result } from './frames.ts'

/** Of one client. */
const CLIENT_RESULTS_MAX = 256

export class WriteResults {
  readonly #resultsMax: number
  /** Those who wrote least recently first; of each the oldest first. */
  readonly #clients = new Map<string, Map<string, Result>>()
  #size = 0

  /** @param resultsMax - of all clients together */
  constructor(resultsMax: number) {
    this.#resultsMax = resultsMax
  }

  of(clientId: string, id: string): Result | undefined {
    return this.#clients.get(clientId)?.get(id)
  }

  keep(clientId: string, result: Result): void {
    const results = this.#clients.get(clientId) ?? new Map<string, Result>()
    this.#clients.delete(clientId)
    this.#clients.set(clientId, results)
    results.set(result.id, result)
    this.#size += 1
    if (results.size > CLIENT_RESULTS_MAX) this.#forgetOldest(results)
    if (this.#size > this.#resultsMax) this.#forgetOne()
  }

  #forgetOne(): void {
    for (const [clientId, results] of this.#clients) {
      this.#forgetOldest(results)
      if (results.size === 0) this.#clients.delete(clientId)
      return
    }
  }

  #forgetOldest(results: Map<string, Result>): void {
    for (const id of results.keys()) {
      results.delete(id)
      this.#size -= 1
      return
    }
  }
}
