import { BacklogStrategy } from './backlog-strategy.ts'
import { checkDispatch, checkNames, type Dispatch } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'

/** See {@link latest}. */
export interface LatestPolicy extends SinglePolicy<'latest'> {
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
  checkNames(options, { dispatch: true }, 'latest()')
  const { dispatch = 'sync' } = options
  checkDispatch(dispatch)
  const deferred = dispatch === 'microtask'
  const label = deferred ? 'latest:microtask' : 'latest'
  return madePolicy({ kind: 'latest', label, capacity: 1, straight: !deferred, dispatch }, (port) =>
    port.parking === undefined || deferred
      ? new LatestStrategy(port, deferred)
      : new BacklogStrategy(1, 'conflated', port.parking),
  )
}

/** One slot. An entry is an object, so `undefined` says that the slot is empty. */
export class LatestStrategy<T extends Versioned> implements Strategy<T> {
  readonly deferred: boolean
  protected readonly port: Port<T>
  /** What was lost, and came after the entry in the slot, while there is one; for those who lose elsewhere. */
  protected lostLater = 0
  #slot: T | undefined

  constructor(port: Port<T>, deferred = false) {
    this.port = port
    this.deferred = deferred
  }

  get size(): number {
    return this.ready ? 1 : 0
  }

  get ready(): boolean {
    return this.#slot !== undefined
  }

  offer(entry: T): void {
    const replaced = this.#slot
    if (replaced === undefined && this.port.idle) {
      this.port.deliver(entry)
      return
    }
    this.#slot = entry
    this.lostLater = 0
    if (replaced !== undefined) this.port.conflate(replaced, entry)
  }

  release(): void {
    // The cast holds: release() is called only while `ready`.
    const entry = this.#slot as T
    const { lostLater } = this
    this.#slot = undefined
    this.lostLater = 0
    this.port.deliver(entry, lostLater)
  }

  clear(): T[] {
    const entry = this.#slot
    this.#slot = undefined
    return entry === undefined ? [] : [entry]
  }
}
