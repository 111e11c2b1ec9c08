/**
 * Keeps a store for its journal until the journal has taken over: others may not write, since what it recovers would
 * overwrite it, and a machine does nothing by itself, since it may go on from another state.
 */
import { driverSymbol, type MachineDriver, type Runner, resume, runnerSymbol } from '../machine/index.ts'
import type { Kernel } from '../store/index.ts'

export class Takeover<S> {
  /** What a write is refused with. */
  refusal: () => Error
  readonly #driver: MachineDriver | undefined
  readonly #runner: Runner | undefined
  readonly #guards: readonly (() => void)[]
  readonly #release: ((goOn?: () => void) => void) | undefined
  #isAdopting = false

  constructor(kernel: Kernel<S>, refusal: () => Error) {
    this.refusal = refusal
    const store = kernel.store as {
      readonly [driverSymbol]?: MachineDriver
      readonly [runnerSymbol]?: Runner
    }
    this.#driver = store[driverSymbol]
    this.#runner = store[runnerSymbol]
    const check = (): void => {
      if (!this.#isAdopting) throw this.refusal()
    }
    this.#guards = [
      kernel.guard(check),
      ...(this.#runner === undefined ? [] : [this.#runner.kernel.guard(check)]),
    ]
    this.#release = this.#runs?.hold()
  }

  get #runs(): Pick<Runner, 'hold' | 'start' | 'reset'> | undefined {
    return this.#driver?.running ?? this.#runner
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
    this.#runs?.reset()
  }

  /**
   * Ends it.
   *
   * @param began - when a machine began whose state was recovered.
   */
  done(began?: number): void {
    this.#welcome()
    this.#runs?.start()
    this.#release?.(began === undefined ? undefined : () => this.#goOn(began))
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

  #welcome(): void {
    for (const end of this.#guards) end()
  }

  #goOn(began: number): void {
    if (this.#driver !== undefined) resume(this.#driver, began)
    else this.#runner?.resume()
  }
}
