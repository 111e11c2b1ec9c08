import { madePolicy, type Port, type Strategy } from './policy.ts'

/** See {@link exhaust}. */
export interface ExhaustPolicy {
  readonly kind: 'exhaust'
}

const EXHAUST: ExhaustPolicy = madePolicy({ kind: 'exhaust' })

/**
 * Keeps nothing while the consumer is busy: what comes then is dropped (`busy`). As RxJS's `exhaustMap`.
 *
 * It does not converge: the last version is lost where it came at the wrong moment. Use it for idempotent
 * pings, never for state.
 */
export function exhaust(): ExhaustPolicy {
  return EXHAUST
}

export class ExhaustStrategy<T> implements Strategy<T> {
  readonly size = 0
  readonly ready = false
  readonly capacity = 0
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
