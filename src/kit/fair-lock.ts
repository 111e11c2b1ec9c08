import { onAbort } from './disposal.ts'

/** Lets in one at a time, in the order in which they asked; who aborts leaves the line. */
export class FairLock {
  #taken = false
  readonly #line = new Set<() => void>()

  /** `undefined` for whoever is let in at once; rejects with the signal's reason. */
  enter(signal?: AbortSignal): Promise<void> | undefined {
    if (!this.#taken) {
      this.#taken = true
      return undefined
    }
    return new Promise((resolve, reject) => {
      const letIn = (): void => {
        stopListening?.()
        resolve()
      }
      this.#line.add(letIn)
      const stopListening =
        signal &&
        onAbort(signal, () => {
          this.#line.delete(letIn)
          reject(signal.reason)
        })
    })
  }

  /** Lets in the next one. */
  leave(): void {
    for (const letIn of this.#line) {
      this.#line.delete(letIn)
      letIn()
      return
    }
    this.#taken = false
  }
}
