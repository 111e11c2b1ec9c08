import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'

/** See {@link switchLatest}. */
export type SwitchLatestPolicy = SinglePolicy<'switchLatest'>

const SWITCH_LATEST: SwitchLatestPolicy = madePolicy(
  {
    kind: 'switchLatest',
    label: 'switchLatest',
    capacity: 1,
    waits: false,
  },
  (port) => new SwitchLatestStrategy(port),
)

/**
 * Hands over each version at once and aborts the handler that is still running, through the signal of its
 * delivery. As RxJS's `switchMap`. Loses nothing, but that a version written while the abort is heard
 * takes the place of the one about to be handed over; what an aborted handler throws is not reported. Use
 * it for recomputation: only the result for the newest matters.
 *
 * Where handlers have set each other off for 1 000 rounds of microtasks, the newest version is handed over in the next
 * macrotask, so that timers and I/O have their turn; those it replaces are conflated.
 *
 * A promise cannot be ended: one that goes on in spite of its signal is in flight until it settles. Where more than
 * 1 000 go on, the oldest are not waited for any more and are counted as `abandoned`.
 */
export function switchLatest(): SwitchLatestPolicy {
  return SWITCH_LATEST
}

/** An abort runs foreign code, which may write or leave: what comes next is held meanwhile. */
class SwitchLatestStrategy<T extends Versioned> implements Strategy<T> {
  readonly #port: Port<T>
  #next: T | undefined
  /** Whether what is held waits for a macrotask, and not for an abort. */
  ready = false

  constructor(port: Port<T>) {
    this.#port = port
  }

  get size(): number {
    return this.#next === undefined ? 0 : 1
  }

  offer(entry: T): void {
    const replaced = this.#next
    this.#next = entry
    if (replaced !== undefined) this.#port.conflate(replaced, entry)
    else if (this.#port.late) this.ready = true
    else this.release()
  }

  release(): void {
    this.ready = false
    this.#port.abortHandlers()
    for (const next of this.clear()) this.#port.deliver(next)
  }

  clear(): T[] {
    const next = this.#next
    this.#next = undefined
    this.ready = false
    return next === undefined ? [] : [next]
  }
}
