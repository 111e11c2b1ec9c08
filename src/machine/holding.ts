/**
 * Keeps a machine from doing anything by itself, from the first (`held`) or for a while; what comes by itself meanwhile
 * waits.
 */
export class Holding {
  /** Whether nobody has said {@link start} yet. */
  waits: boolean
  #holds = 0
  /** How it goes on. */
  #way: (() => void) | undefined
  /** What came by itself while it was held. */
  #heldBack: (() => void)[] = []
  readonly #goOn: (way: (() => void) | undefined) => boolean

  /** @param goOn - has the machine go on, by what is given; false where it is over. */
  constructor(waits: boolean, goOn: (way: (() => void) | undefined) => boolean) {
    this.waits = waits
    this.#goOn = goOn
  }

  get isHeld(): boolean {
    return this.waits || this.#holds > 0
  }

  /** Runs something when it is not held any more. */
  keep(step: () => void): void {
    this.#heldBack.push(step)
  }

  /** See `MachineDriver.hold`. */
  hold(): (goOn?: () => void) => void {
    this.#holds += 1
    return (goOn) => {
      this.#holds -= 1
      this.#way ??= goOn
      this.#release()
    }
  }

  /** Begins what was held from the first. */
  start(): void {
    this.waits = false
    this.#release()
  }

  #release(): void {
    if (this.isHeld) return
    const [way, heldBack] = [this.#way, this.#heldBack]
    this.#way = undefined
    this.#heldBack = []
    if (this.#goOn(way)) for (const step of heldBack) step()
  }
}
