import { checkKeys } from '../kit/index.ts'
import { GatedStrategy } from './gated-strategy.ts'
import { checkMs } from './options.ts'
import { madePolicy, type Port } from './policy.ts'
import { Timer } from './timer.ts'

/** See {@link audit}. */
export interface AuditPolicy {
  readonly kind: 'audit'
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
  return madePolicy({ kind: 'audit', ms: checkMs('ms', options.ms) })
}

export class AuditStrategy<T> extends GatedStrategy<T> {
  readonly #ms: number
  readonly #timer: Timer

  constructor(policy: AuditPolicy, port: Port<T>) {
    super(port)
    this.#ms = policy.ms
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
