import { RingBuffer } from '../kit/index.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'

/** See {@link direct}. */
export type DirectPolicy = SinglePolicy<'direct'>

/**
 * How many versions wait, at most, for a macrotask; where one more comes, the oldest is handed over inside its write.
 */
export const LATE_MAX = 1_000

const DIRECT: DirectPolicy = madePolicy(
  {
    kind: 'direct',
    label: 'direct',
    capacity: LATE_MAX,
    converges: true,
    lossless: true,
    waits: false,
    straight: true,
  },
  (port) => new DirectStrategy(port),
)

/**
 * Hands over everything, inside the write.
 *
 * Keeps everything and loses nothing. It does not wait for a consumer that returned a promise or an
 * observable: its calls overlap. Use it for a fast synchronous consumer.
 *
 * Where calls that wait for promises have set each other off for 1 000 rounds of microtasks, what comes next is handed
 * over in the next macrotask, so that timers and I/O have their turn.
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

class DirectStrategy<T extends Versioned> implements Strategy<T> {
  readonly #port: Port<T>
  /** Made when somebody is late for the first time. */
  #waiting: RingBuffer<T> | undefined

  constructor(port: Port<T>) {
    this.#port = port
  }

  get size(): number {
    return this.#waiting?.size ?? 0
  }

  get ready(): boolean {
    return this.size > 0
  }

  offer(entry: T): void {
    if (!this.ready && !this.#port.late) {
      this.#port.deliver(entry)
      return
    }
    this.#waiting ??= new RingBuffer(LATE_MAX)
    const oldest = this.#waiting.isFull ? this.#waiting.shift() : undefined
    this.#waiting.push(entry)
    if (oldest !== undefined) this.#port.deliver(oldest)
  }

  release(): void {
    // The cast holds: it is called only while `ready`.
    this.#port.deliver(this.#waiting?.shift() as T)
  }

  clear(): T[] {
    return this.#waiting?.drain() ?? []
  }
}
