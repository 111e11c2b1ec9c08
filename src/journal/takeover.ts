/**
 * Keeps a store for its journal until the journal has taken over: others may not write, since what it recovers would
 * overwrite it, and a machine does nothing by itself, since it may go on from another state.
 */
import { driverSymbol, type MachineDriver, resume } from '../machine/index.ts'
import type { Kernel } from '../store/index.ts'

export class Takeover<S> {
  /** What a write is refused with. */
  refusal: () => Error
  readonly #driver: MachineDriver | undefined
  readonly #welcome: () => void
  readonly #release: ((goOn?: () => void) => void) | undefined
  #isAdopting = false

  constructor(kernel: Kernel<S>, refusal: () => Error) {
    this.refusal = refusal
    this.#driver = (kernel.store as { [driverSymbol]?: MachineDriver })[driverSymbol]
    this.#welcome = kernel.guard(() => {
      if (!this.#isAdopting) throw this.refusal()
    })
    this.#release = this.#driver?.hold()
  }

  /** Lets writes through. */
  adopt(write: () => void): void {
    this.#isAdopting = true
    try {
      write()
    } finally {
      this.#isAdopting = false
    }
  }

  /** Ends what a machine runs, which somebody else runs. */
  quiet(): void {
    this.#driver?.reset()
  }

  /**
   * Ends it.
   *
   * @param began - when a machine began whose state was recovered.
   */
  done(began?: number): void {
    this.#welcome()
    const driver = this.#driver
    driver?.start()
    this.#release?.(driver === undefined || began === undefined ? undefined : () => resume(driver, began))
  }

  /** Ends it where nothing was taken over: a machine that waits for a journal waits on. */
  failed(): void {
    this.#welcome()
    this.#release?.()
  }

  /** Ends it for a store that has followed; its machine stays quiet. */
  left(): void {
    this.#welcome()
  }
}
