/**
 * The calls of one consumer that have not ended: what it returned is still waited for.
 *
 *   add ──> running ──┬─ settles ──────────────> forgotten
 *                     └─ abort ──> aborted ──┬─ settles
 *                                            └─ ABORTED_MAX newer ones: let go of, and counted as abandoned
 *
 * A call is aborted once. One that does not end although it was aborted is waited for only as long as few others
 * are: nobody can end a promise, and a consumer that ignores its signal would else be kept call by call.
 */
import type { HandledDelivery } from './delivery.ts'

/** How many calls that were aborted are waited for, at most. */
export const ABORTED_MAX = 1_000

export class Handlers {
  /** Calls that were aborted, and let go of before they had ended. */
  abandoned = 0
  /** When the consumer began what it is busy with. */
  busySince: number | null = null
  readonly #running = new Set<HandledDelivery>()
  /** Made with the first abort: most consumers are never aborted. */
  #aborted: Set<HandledDelivery> | undefined

  /** Waits for a call; one that was aborted before it returned keeps nobody busy. */
  add(delivery: HandledDelivery, clock: { now(): number }): void {
    if (delivery.aborted) this.#keepAborted(delivery)
    else {
      this.#running.add(delivery)
      this.busySince ??= clock.now()
    }
  }

  /** Forgets a call; false where it is not waited for any more. */
  settle(delivery: HandledDelivery): boolean {
    if (this.#aborted?.delete(delivery)) return true
    if (!this.#running.delete(delivery)) return false
    if (this.#running.size === 0) this.busySince = null
    return true
  }

  /** Aborts all that run, the oldest first. */
  abort(aborted: (delivery: HandledDelivery) => void): void {
    this.busySince = null
    for (const delivery of this.#running) {
      this.#running.delete(delivery)
      this.#keepAborted(delivery)
      delivery.abort()
      aborted(delivery)
    }
  }

  /** Lets go of the calls that have been aborted for longest; returns how many. */
  letGo(): number {
    const aborted = this.#aborted
    if (aborted === undefined) return 0
    let count = 0
    for (const delivery of aborted) {
      if (aborted.size <= ABORTED_MAX) break
      aborted.delete(delivery)
      count += 1
    }
    this.abandoned += count
    return count
  }

  #keepAborted(delivery: HandledDelivery): void {
    this.#aborted ??= new Set()
    this.#aborted.add(delivery)
  }
}
