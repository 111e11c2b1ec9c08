/**
 * What the time policies share: a gate that opens by the clock, and a slot behind it for a consumer that is
 * still busy when it does.
 *
 *   offer ──> [held] ── gate ──> [slot] ── idle ──> consumer
 *              newest             newest
 *
 * Both places keep the newest and conflate what it replaces. What is lost at the gate while something waits
 * in the slot was published after it, so it is told with a later delivery: `lostLater` counts it.
 *
 * Rejected: one place for both. A value that has passed the gate is due; the next one must not push it
 * back behind the gate, or a consumer as slow as the window would never be given anything.
 */
import { LatestStrategy } from './latest.ts'
import type { DropReason, Port, Versioned } from './strategy.ts'
import { Timer } from './timer.ts'

/** The most that a policy with a gate holds: one version before it, and one behind it. */
export const GATED_MAX = 2

/** The slot is that of `latest`. */
export abstract class GatedStrategy<T extends Versioned> extends LatestStrategy<T> {
  /** Opens the gate. */
  protected readonly timer: Timer
  #held: T | undefined

  constructor(port: Port<T>, repeats?: boolean) {
    super(port)
    this.timer = new Timer(port, () => this.due(), repeats)
  }

  override get size(): number {
    return super.size + (this.#held === undefined ? 0 : 1)
  }

  abstract override offer(entry: T): void

  /** A replay needs no gate. */
  replay(entry: T): void {
    this.pass(entry)
  }

  /** Ends the timers. */
  protected stop(): void {
    this.timer.stop()
  }

  /** Completion keeps what is held, to be delivered when the gate opens; an error gives it up. */
  end(kind: 'complete' | 'error'): void {
    if (kind === 'complete') return
    this.stop()
    const held = this.takeHeld()
    if (held !== undefined) this.refuse(held, 'error')
  }

  override clear(): T[] {
    this.stop()
    const held = this.takeHeld()
    return held === undefined ? super.clear() : [...super.clear(), held]
  }

  /** Keeps an entry before the gate. */
  protected hold(entry: T): void {
    const replaced = this.takeHeld()
    this.#held = entry
    if (replaced === undefined) return
    this.lostLater += 1
    this.port.conflate(replaced, entry)
  }

  protected takeHeld(): T | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** Gives an entry up at the gate. */
  protected refuse(entry: T, reason: DropReason): void {
    this.lostLater += 1
    this.port.drop(entry, reason)
  }

  /** Lets an entry through the gate. */
  protected pass(entry: T): void {
    super.offer(entry)
  }

  /** Its time has come: opens the gate for what is held, if anything is. */
  protected due(): void {
    const held = this.takeHeld()
    if (held !== undefined) this.pass(held)
  }
}
