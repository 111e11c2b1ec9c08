import { GATED_MAX, GatedStrategy } from './gated-strategy.ts'
import { checkMs, checkNames } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'

/** See {@link debounce}. */
export interface DebouncePolicy extends SinglePolicy<'debounce'> {
  readonly ms: number
}

/**
 * Lets a version through once the writer has been silent for a while; as RxJS's `debounceTime`.
 *
 * Keeps the newest, conflates the rest. A writer that never pauses is never seen: use {@link throttle} or
 * {@link audit} for that. On completion what is held is delivered at once.
 *
 * @param options.ms - the silence, in milliseconds: an integer from 0 to 2 147 483 647.
 * @throws `POLICY_INVALID`
 */
export function debounce(options: { ms: number }): DebouncePolicy {
  checkNames(options, { ms: true }, 'debounce()')
  const { ms } = options
  checkMs('ms', ms, 0)
  return madePolicy(
    { kind: 'debounce', label: `debounce:${ms}`, capacity: GATED_MAX, ms },
    (port) => new DebounceStrategy(ms, port),
  )
}

class DebounceStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #ms: number

  constructor(ms: number, port: Port<T>) {
    super(port)
    this.#ms = ms
  }

  offer(entry: T): void {
    this.stop()
    this.hold(entry)
    this.timer.start(this.#ms)
  }

  override end(kind: 'complete' | 'error'): void {
    super.end(kind)
    this.stop()
    this.due()
  }
}
