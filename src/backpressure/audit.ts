import { checkKeys } from '../kit/index.ts'
import { GATED, GatedStrategy } from './gated-strategy.ts'
import { checkMs } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'
import { Timer } from './timer.ts'

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
  checkKeys(options, { ms: true }, 'audit()')
  const ms = checkMs('ms', options.ms)
  return madePolicy(
    { kind: 'audit', label: `audit:${ms}`, ...GATED, ms },
    (port) => new AuditStrategy(ms, port),
  )
}

class AuditStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #ms: number
  readonly #timer: Timer

  constructor(ms: number, port: Port<T>) {
    super(port)
    this.#ms = ms
    this.#timer = new Timer(port, () => this.passHeld())
  }

  offer(entry: T): void {
    this.hold(entry)
    if (!this.#timer.running) this.#timer.start(this.#ms)
  }

  protected stop(): void {
    this.#timer.stop()
  }
}
