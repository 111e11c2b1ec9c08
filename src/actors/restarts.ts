import { TIMER_MS_MAX } from '../kit/index.ts'
import type { Supervision } from '../machine/index.ts'

/** When a child was started again, as far as it counts. */
export class Restarts {
  #times: readonly number[]

  constructor(times: readonly number[] = []) {
    this.#times = times
  }

  get times(): readonly number[] {
    return this.#times
  }

  get count(): number {
    return this.#times.length
  }

  /** How long to wait before the next start; undefined where there is none any more. */
  next(now: number, { maxRestarts = 3, withinMs = 5_000, backoffMs = 0 }: Supervision): number | undefined {
    this.#times = this.#times.filter((time) => time > now - withinMs)
    if (this.count >= maxRestarts) return undefined
    const wait = Math.min(backoffMs * 2 ** this.count, TIMER_MS_MAX)
    this.#times = [...this.#times, now]
    return wait
  }
}
