import { madePolicy, type Port, type Strategy } from './policy.ts'

/** See {@link direct}. */
export interface DirectPolicy {
  readonly kind: 'direct'
}

const DIRECT: DirectPolicy = madePolicy({ kind: 'direct' })

/**
 * Hands over everything, inside the write.
 *
 * Keeps everything and loses nothing. It does not wait for a consumer that returned a promise or an
 * observable: its calls overlap. Use it for a fast synchronous consumer.
 *
 * @example
 * ```ts
 * import { createStore, direct } from 'headgate'
 *
 * const store = createStore(0)
 * store.subscribe((snapshot) => console.log(snapshot.state), { policy: direct() })
 * // → 0
 * store.set(1)
 * // → 1
 * ```
 */
export function direct(): DirectPolicy {
  return DIRECT
}

/** Holds nothing, so nothing is ever released. */
export class DirectStrategy<T> implements Strategy<T> {
  readonly size = 0
  readonly ready = false
  readonly capacity = 0
  readonly #port: Port<T>

  constructor(port: Port<T>) {
    this.#port = port
  }

  offer(entry: T): void {
    this.#port.deliver(entry)
  }

  release(): void {}

  clear(): T[] {
    return []
  }
}
