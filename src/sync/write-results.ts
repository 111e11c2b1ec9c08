/** What became of the newest writes of each client: one that is sent again is answered, and not done again. */
import type { Result } from './frames.ts'

const RESULTS_MAX = 256

export class WriteResults {
  readonly #clientsMax: number
  readonly #clients = new Map<string, Map<string, Result>>()

  constructor(clientsMax: number) {
    this.#clientsMax = clientsMax
  }

  of(clientId: string, id: string): Result | undefined {
    return this.#clients.get(clientId)?.get(id)
  }

  keep(clientId: string, result: Result): void {
    const results = this.#clients.get(clientId) ?? new Map<string, Result>()
    // Those who wrote least recently are the first that are forgotten.
    this.#clients.delete(clientId)
    this.#clients.set(clientId, results)
    results.set(result.id, result)
    forgetFirst(results, RESULTS_MAX)
    forgetFirst(this.#clients, this.#clientsMax)
  }
}

function forgetFirst(map: Map<string, unknown>, max: number): void {
  if (map.size <= max) return
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
