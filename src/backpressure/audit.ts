import { GATED_MAX, GatedStrategy } from './gated-strategy.ts'
import { checkMs, checkNames } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'

/** See {@link audit}. */
export interface AuditPolicy extends SinglePolicy<'audit'> {
  readonly ms: number
}

/**
 * Lets the newest through a while after the first; as RxJS's `auditTime`.
 *
 * The first version opens a window; at its end the newest is delivered, the rest is conflated. Each is
 * delivered at most `ms` late, and a writer that never pauses is seen once a window.
 *
 * @param options.ms - the window, in milliseconds: an integer from 0 to 2 147 483 647.
 * @throws `POLICY_INVALID`
 */
export function audit(options: { ms: number }): AuditPolicy {
  checkNames(options, { ms: true }, 'audit()')
  const { ms } = options
  checkMs('ms', ms, 0)
  return madePolicy(
    { kind: 'audit', label: `audit:${ms}`, capacity: GATED_MAX, ms },
    (port) => new AuditStrategy(ms, port),
  )
}

class AuditStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #ms: number

  constructor(ms: number, port: Port<T>) {
    super(port)
    this.#ms = ms
  }

  offer(entry: T): void {
    this.hold(entry)
    if (!this.timer.running) this.timer.start(this.#ms)
  }
}
