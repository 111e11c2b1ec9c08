import { checkKeys } from '../kit/index.ts'
import { checkDispatch, type Dispatch } from './options.ts'
import { madePolicy, type Port, type Strategy } from './policy.ts'

/** See {@link latest}. */
export interface LatestPolicy {
  readonly kind: 'latest'
  readonly dispatch: Dispatch
}

/**
 * Keeps the newest while the consumer is busy (conflation); the default.
 *
 * What a newer version replaces is *conflated*: counted, and told with the next delivery as `missed`.
 * Once writes stop and the consumer is idle, the last thing it was given is the current state. Use it
 * for state: whoever renders, logs or sends "how it is now".
 *
 * The idea is conflation of Kotlin's `StateFlow` and tokio's `watch`.
 *
 * @param options.dispatch - `'sync'` (default) hands over inside the write while the consumer is idle;
 *   `'microtask'` coalesces a synchronous burst into its last version.
 * @throws `POLICY_INVALID` for another dispatch.
 */
export function latest(options: { dispatch?: Dispatch } = {}): LatestPolicy {
  checkKeys(options, { dispatch: true }, 'latest()')
  const { dispatch = 'sync' } = options
  return madePolicy({ kind: 'latest', dispatch: checkDispatch(dispatch) })
}

/** One slot. An entry is an object, so `undefined` says that the slot is empty. */
export class LatestStrategy<T> implements Strategy<T> {
  readonly capacity = 1
  readonly #port: Port<T>
  #held: T | undefined

  constructor(port: Port<T>) {
    this.#port = port
  }

  get size(): number {
    return this.#held === undefined ? 0 : 1
  }

  get ready(): boolean {
    return this.#held !== undefined
  }

  offer(entry: T): void {
    const replaced = this.#held
    if (replaced === undefined && this.#port.idle) {
      this.#port.deliver(entry)
      return
    }
    this.#held = entry
    if (replaced !== undefined) this.#port.conflate(replaced, entry)
  }

  release(): void {
    // The cast holds: release() is called only while `ready`.
    const entry = this.#held as T
    this.#held = undefined
    this.#port.deliver(entry)
  }

  clear(): T[] {
    const held = this.#held
    this.#held = undefined
    return held === undefined ? [] : [held]
  }
}
