import { checkKeys } from '../kit/index.ts'
import { GATED, GatedStrategy } from './gated-strategy.ts'
import { checkFlag, checkMs, refuseOption } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'
import { Timer } from './timer.ts'

interface Edges {
  readonly ms: number
  readonly leading: boolean
  readonly trailing: boolean
}

/** See {@link throttle}. */
export interface ThrottlePolicy extends SinglePolicy<'throttle'>, Edges {}

/**
 * Lets the first and the last of each window through.
 *
 * A version that comes while no window is open is delivered at once and opens one; the newest of those
 * that come in the window is delivered at its end and opens the next. So a busy writer is seen once a
 * window, and the last version is always seen. RxJS's `throttleTime` has no trailing edge by default, and
 * then ends on whatever came first. Use it for rate limits.
 *
 * @param options.ms - the window, in milliseconds: an integer from 0 to 2 147 483 647.
 * @param options.leading - whether the first of a window is delivered; default true.
 * @param options.trailing - whether the last of a window is delivered; default true. Without it, what
 *   comes in a window is dropped (`window`).
 * @throws `POLICY_INVALID`, also where both edges are off: nothing would ever be delivered.
 */
export function throttle(options: { ms: number; leading?: boolean; trailing?: boolean }): ThrottlePolicy {
  checkKeys(options, { ms: true, leading: true, trailing: true }, 'throttle()')
  const { ms, leading = true, trailing = true } = options
  checkMs('ms', ms)
  checkFlag('leading', leading)
  checkFlag('trailing', trailing)
  if (!leading && !trailing) refuseOption('trailing', 'true where leading is false', trailing)
  const edges = { ms, leading, trailing }
  const label = `throttle:${ms}${leading && trailing ? '' : leading ? ':leading' : ':trailing'}`
  return madePolicy(
    { kind: 'throttle', label, ...GATED, converges: trailing, ...edges },
    (port) => new ThrottleStrategy(edges, port),
  )
}

class ThrottleStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #edges: Edges
  readonly #window: Timer

  constructor(edges: Edges, port: Port<T>) {
    super(port)
    this.#edges = edges
    this.#window = new Timer(port, () => this.#end())
  }

  offer(entry: T): void {
    const { leading, trailing } = this.#edges
    if (!this.#window.running) {
      // Held first: a scheduler that runs the window at once finds it.
      if (!leading) this.hold(entry)
      this.#open()
      if (leading) this.pass(entry)
    } else if (trailing) this.hold(entry)
    else this.refuse(entry, 'window')
  }

  /** What is replayed is delivered at once, and opens a window. */
  replayed(): void {
    this.#open()
  }

  protected stop(): void {
    this.#window.stop()
  }

  #open(): void {
    this.#window.start(this.#edges.ms)
  }

  #end(): void {
    const held = this.takeHeld()
    if (held === undefined) return
    this.#open()
    this.pass(held)
  }
}
