/**
 * What the time policies share: a gate that opens by the clock, and a slot behind it for a consumer that is
 * still busy when it does.
 *
 *   offer ──> [held] ── gate ──> [slot] ── idle ──> consumer
 *              newest             newest
 *
 * Both places keep the newest and conflate what it replaces. What is lost at the gate while something waits
 * in the slot was published after it, so it is told with a later delivery: `#behind` counts it.
 *
 * Rejected: one place for both. A value that has passed the gate is due; the next one must not push it
 * back behind the gate, or a consumer as slow as the window would never be given anything.
 */
import type { DropReason, Port, Strategy } from './policy.ts'

export abstract class GatedStrategy<T> implements Strategy<T> {
  readonly capacity = 2
  protected readonly port: Port<T>
  #held: T | undefined
  #slot: T | undefined
  #behind = 0

  constructor(port: Port<T>) {
    this.port = port
  }

  get size(): number {
    return (this.#held === undefined ? 0 : 1) + (this.#slot === undefined ? 0 : 1)
  }

  get ready(): boolean {
    return this.#slot !== undefined
  }

  abstract offer(entry: T): void

  /** A replay needs no gate. */
  replay(entry: T): void {
    this.pass(entry)
  }

  /** Ends the timers. */
  protected abstract stop(): void

  /** Completion keeps what is held, to be delivered when the gate opens; an error gives it up. */
  end(kind: 'complete' | 'error'): void {
    if (kind === 'complete') return
    this.stop()
    const held = this.takeHeld()
    if (held !== undefined) this.#lose(() => this.port.drop(held, 'error'))
  }

  release(): void {
    // The cast holds: release() is called only while `ready`.
    const entry = this.#slot as T
    const lostLater = this.#behind
    this.#slot = undefined
    this.#behind = 0
    this.port.deliver(entry, lostLater)
  }

  clear(): T[] {
    this.stop()
    const waiting = [this.#slot, this.#held].filter((entry) => entry !== undefined)
    this.#slot = undefined
    this.#held = undefined
    return waiting
  }

  /** Keeps an entry before the gate. */
  protected hold(entry: T): void {
    const replaced = this.#held
    this.#held = entry
    if (replaced !== undefined) this.#lose(() => this.port.conflate(replaced, entry))
  }

  protected takeHeld(): T | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** Gives an entry up at the gate. */
  protected refuse(entry: T, reason: DropReason): void {
    this.#lose(() => this.port.drop(entry, reason))
  }

  /** Lets an entry through the gate. */
  protected pass(entry: T): void {
    const replaced = this.#slot
    if (replaced === undefined && this.port.idle) {
      this.port.deliver(entry)
      return
    }
    this.#slot = entry
    this.#behind = 0
    if (replaced !== undefined) this.port.conflate(replaced, entry)
  }

  /** Opens the gate for what is held, if anything is. */
  protected passHeld(): void {
    const held = this.takeHeld()
    if (held !== undefined) this.pass(held)
  }

  #lose(lose: () => void): void {
    if (this.#slot !== undefined) this.#behind += 1
    lose()
  }
}
