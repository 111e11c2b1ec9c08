import { GATED_MAX, GatedStrategy } from './gated-strategy.ts'
import { checkNames, refuseOption, requireFlag, requireMs } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

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
  checkNames(options, { ms: true, leading: true, trailing: true }, 'throttle()')
  const { ms, leading = true, trailing = true } = options
  const edges = { ms, leading, trailing }
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') requireEdges(edges)
  const label = `throttle:${ms}${leading ? (trailing ? '' : ':leading') : ':trailing'}`
  return madePolicy(
    { kind: 'throttle', label, capacity: GATED_MAX, converges: trailing, ...edges },
    (port) => new ThrottleStrategy(edges, port),
  )
}

/** @throws `POLICY_INVALID` */
export function requireEdges({ ms, leading, trailing }: Edges): void {
  requireMs('ms', ms, 0)
  requireFlag('leading', leading)
  requireFlag('trailing', trailing)
  if (!leading && !trailing) refuseOption('trailing', 'true where leading is false', trailing)
}

class ThrottleStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #edges: Edges

  constructor(edges: Edges, port: Port<T>) {
    super(port)
    this.#edges = edges
  }

  offer(entry: T): void {
    const { leading, trailing } = this.#edges
    if (!this.timer.running) {
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

  protected override due(): void {
    const held = this.takeHeld()
    if (held === undefined) return
    this.#open()
    this.pass(held)
  }

  #open(): void {
    this.timer.start(this.#edges.ms)
  }
}
