import { checkKeys } from '../kit/index.ts'
import { GatedStrategy } from './gated-strategy.ts'
import { checkFlag, checkMs, refuseOption } from './options.ts'
import { madePolicy, type Port } from './policy.ts'
import { Timer } from './timer.ts'

/** See {@link throttle}. */
export interface ThrottlePolicy {
  readonly kind: 'throttle'
  readonly ms: number
  readonly leading: boolean
  readonly trailing: boolean
}

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
  return madePolicy({ kind: 'throttle', ms, leading, trailing })
}

export class ThrottleStrategy<T> extends GatedStrategy<T> {
  readonly #policy: ThrottlePolicy
  readonly #window: Timer

  constructor(policy: ThrottlePolicy, port: Port<T>) {
    super(port)
    this.#policy = policy
    this.#window = new Timer(port, () => this.#end())
  }

  offer(entry: T): void {
    const { leading, trailing } = this.#policy
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
    this.#window.start(this.#policy.ms)
  }

  #end(): void {
    const held = this.takeHeld()
    if (held === undefined) return
    this.#open()
    this.pass(held)
  }
}
