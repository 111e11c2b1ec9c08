import type { Port, Strategy } from './policy.ts'

/** See {@link switchLatest}. */
export interface SwitchLatestPolicy {
  readonly kind: 'switchLatest'
}

const SWITCH_LATEST: SwitchLatestPolicy = Object.freeze({ kind: 'switchLatest' })

/**
 * Hands over each version at once and aborts the handler that is still running, through the signal of its
 * delivery. As RxJS's `switchMap`. Loses nothing; what an aborted handler throws is not reported. Use it
 * for recomputation: only the result for the newest matters.
 */
export function switchLatest(): SwitchLatestPolicy {
  return SWITCH_LATEST
}

export class SwitchLatestStrategy<T> implements Strategy<T> {
  readonly size = 0
  readonly ready = false
  readonly capacity = 0
  readonly #port: Port<T>

  constructor(port: Port<T>) {
    this.#port = port
  }

  offer(entry: T): void {
    this.#port.abortHandlers()
    this.#port.deliver(entry)
  }

  release(): void {}

  clear(): T[] {
    return []
  }
}
