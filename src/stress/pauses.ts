/**
 * The pauses of one scenario. All end with it: a pause that is under way when the scenario is over never
 * settles, and whoever waits for it is collected as garbage.
 *
 * Rejecting instead would be wrong: most that wait are consumers, whose promises a store under test may
 * leave without a handler; the rejection would end the process.
 */
export class Pauses {
  readonly #open = new Set<NodeJS.Timeout>()
  readonly #scale: number
  #over = false

  constructor(scale: number) {
    this.#scale = scale
  }

  /** Waits; 0, or what the scale makes less than one millisecond, is one turn of the event loop. */
  pause(ms: number): Promise<void> {
    const scaledMs = ms * this.#scale
    return new Promise((resolve) => {
      if (this.#over) return
      if (scaledMs < 1) {
        setImmediate(() => {
          if (!this.#over) resolve()
        })
        return
      }
      const timer = setTimeout(() => {
        this.#open.delete(timer)
        resolve()
      }, scaledMs)
      this.#open.add(timer)
    })
  }

  /** Ends all pauses, also those to come. */
  end(): void {
    this.#over = true
    for (const timer of this.#open) clearTimeout(timer)
    this.#open.clear()
  }
}
