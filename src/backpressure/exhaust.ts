import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'

/** See {@link exhaust}. */
export type ExhaustPolicy = SinglePolicy<'exhaust'>

const EXHAUST: ExhaustPolicy = madePolicy(
  { kind: 'exhaust', label: 'exhaust', capacity: 0, converges: false, straight: true },
  (port) => new ExhaustStrategy(port),
)

/**
 * Keeps nothing while the consumer is busy: what comes then is dropped (`busy`). As RxJS's `exhaustMap`.
 *
 * It does not converge: the last version is lost where it came at the wrong moment. Use it for idempotent
 * pings, never for state.
 */
export function exhaust(): ExhaustPolicy {
  return EXHAUST
}

class ExhaustStrategy<T extends Versioned> implements Strategy<T> {
  readonly size = 0
  readonly ready = false
  readonly #port: Port<T>

  constructor(port: Port<T>) {
    this.#port = port
  }

  offer(entry: T): void {
    if (this.#port.idle) this.#port.deliver(entry)
    else this.#port.drop(entry, 'busy')
  }

  release(): void {}

  clear(): T[] {
    return []
  }
}
