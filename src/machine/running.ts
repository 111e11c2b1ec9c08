/**
 * What a machine does by itself, as the states want it that it is told: timers, work, children, and what is done outside
 * of the context.
 *
 *   tell ──> supervisor ──> effects ──> run, emit
 *     └─ held: nothing begins, and what comes by itself waits; released, it goes on from the newest state
 */
import type { Snapshot } from '../store/index.ts'
import type { Consequences } from './consequences.ts'
import { Effects, type EffectsHost } from './effects.ts'
import type { AnyState } from './look-up.ts'
import type { Supervisor } from './supervisor.ts'

/** The driver of the machine. */
interface Driven extends EffectsHost {
  readonly destroyed: boolean
  readonly consequences: Consequences
}

export class Running {
  readonly effects: Effects
  supervisor: Supervisor | undefined
  /** Whether nobody has said {@link start} yet. */
  waits: boolean
  readonly #driver: Driven
  #holds = 0
  /** With what the newest state came that was told while it was held. */
  #heldOrigin: unknown
  /** How it goes on. */
  #way: (() => void) | undefined
  /** What came by itself while it was held. */
  #heldBack: (() => void)[] = []

  constructor(driver: Driven, waits: boolean) {
    this.#driver = driver
    this.waits = waits
    this.effects = new Effects(driver)
  }

  get isHeld(): boolean {
    return this.waits || this.#holds > 0
  }

  /** Starts what the state wants, and ends what it does not want any more. */
  tell(snapshot: Snapshot<AnyState>, origin?: unknown): void {
    if (this.isHeld) this.#heldOrigin = origin ?? this.#heldOrigin
    else if (this.supervisor?.next(snapshot, origin) !== false) this.effects.next(snapshot)
    if (!this.waits) this.#driver.consequences.happen(snapshot)
  }

  /** Tells somebody of what the effects are told, now and from now on. */
  supervise(supervisor: Supervisor, origin?: unknown): void {
    this.supervisor = supervisor
    this.tell(this.#driver.head, origin)
  }

  /** Runs something when it is not held any more. */
  keep(step: () => void): void {
    this.#heldBack.push(step)
  }

  /**
   * Keeps the machine from doing anything by itself until it is released, once: what runs goes on and is not heard,
   * and what the state wants meanwhile does not begin. Holds nest.
   *
   * @returns releases it, and has it go on: by what is given, else with what runs, as far as the state wants it.
   */
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
    const [way, origin, heldBack] = [this.#way, this.#heldOrigin, this.#heldBack]
    this.#way = undefined
    this.#heldOrigin = undefined
    this.#heldBack = []
    const { destroyed, head } = this.#driver
    if (destroyed) return
    if (way === undefined) this.tell(head, origin)
    else if (this.supervisor?.next(head, undefined) !== false) way()
    for (const step of heldBack) step()
  }

  /** Ends all that runs; what is told next begins anew, whatever it is. */
  reset(): void {
    this.effects.reset()
  }

  /** Ends all that runs, children too, as somebody else runs the machine. */
  rest(): void {
    this.supervisor?.rest()
    this.reset()
  }

  /** Ends all that runs. */
  end(): void {
    this.supervisor?.complete()
    this.reset()
  }
}
