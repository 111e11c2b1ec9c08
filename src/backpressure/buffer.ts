import { RingBuffer } from '../kit/index.ts'
import { BacklogStrategy } from './backlog-strategy.ts'
import { checkDispatch, checkNames, type Dispatch, refuseOption, requireCount } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'

/**
 * What happens when the buffer is full and another version is published.
 *
 * `drop-oldest` loses the longest held · `drop-incoming` loses the one being published · `error` closes
 * the subscription with `BUFFER_OVERFLOW` after what is held has been delivered · `suspend` loses
 * nothing: the write is refused with `SUBSCRIBER_FULL` before it commits, and a writer waits with
 * `await store.ready()`.
 */
export type Overflow = 'drop-oldest' | 'drop-incoming' | 'error' | 'suspend'

/** See {@link buffer}. */
export interface BufferPolicy extends SinglePolicy<'buffer'> {
  readonly overflow: Overflow
  readonly dispatch: Dispatch
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

const OVERFLOWS: readonly unknown[] = ['drop-oldest', 'drop-incoming', 'error', 'suspend']

/** @throws `POLICY_INVALID` */
export function requireOverflow(value: unknown): void {
  const names = '"drop-oldest", "drop-incoming", "error" or "suspend"'
  if (value === 'drop-latest' || value === 'drop-newest') {
    refuseOption(
      'overflow',
      `${names} ("${value}" can mean two things: "drop-incoming" drops the version being published, latest() keeps only the newest)`,
      value,
    )
  }
  if (!OVERFLOWS.includes(value)) refuseOption('overflow', names, value)
}

/**
 * Keeps up to `capacity` versions in order while the consumer is busy.
 *
 * The one that the consumer is working on is not counted against the capacity. What the overflow loses
 * is *dropped*: counted, handed to `onDrop`, and told as `missed` with the delivery that follows the gap.
 * Use it for consumers to whom every version is an event: logs, archives, RPC.
 *
 * @example
 * ```ts
 * import { buffer, createStore } from 'headgate'
 *
 * const store = createStore(0)
 * const archive = store.subscribe(() => new Promise(() => {}), {
 *   policy: buffer({ capacity: 2, overflow: 'drop-oldest' }),
 * })
 * for (let n = 1; n <= 5; n += 1) store.set(n)
 * const { published, delivered, dropped, pending } = archive.stats()
 * console.log(published, delivered, dropped, pending) // → 6 1 3 2
 * ```
 *
 * @param options.capacity - an integer from 1, or `Infinity` written out; default 64.
 * @param options.overflow - default `'drop-oldest'`.
 * @param options.dispatch - `'sync'` (default) or `'microtask'`; see {@link latest}.
 * @throws `POLICY_INVALID`
 */
export function buffer(
  options: { capacity?: number; overflow?: Overflow; dispatch?: Dispatch } = {},
): BufferPolicy {
  checkNames(options, { capacity: true, overflow: true, dispatch: true }, 'buffer()')
  // Defaults stand for what is absent; null is refused.
  const { capacity = 64, overflow = 'drop-oldest', dispatch = 'sync' } = options
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') {
    requireCount('capacity', capacity)
    requireOverflow(overflow)
  }
  checkDispatch(dispatch)
  const deferred = dispatch === 'microtask'
  const endless = capacity === Number.POSITIVE_INFINITY
  const suspends = overflow === 'suspend'
  const facts = {
    kind: 'buffer',
    label: `buffer:${capacity}:${overflow}${deferred ? ':microtask' : ''}`,
    capacity,
    converges: endless || overflow !== 'drop-incoming',
    lossless: endless || suspends || overflow === 'error',
    suspends,
    straight: !deferred && !suspends,
    overflow,
    dispatch,
  } as const
  return madePolicy(facts, (port) =>
    port.parking === undefined || deferred || overflow !== 'drop-oldest'
      ? new BufferStrategy(facts, port)
      : new BacklogStrategy(capacity, 'dropped', port.parking),
  )
}

/**
 * A ring with the policy's bound.
 *
 * `drop-oldest` loses in front of what is held, so the next delivery tells the loss. `drop-incoming` and
 * `error` lose behind it: what is held comes first, and missed nothing. So `drop-incoming` keeps beside
 * each held entry how many were lost just before it.
 *
 *   ring   2 3 | 6        4 and 5 came while 2 and 3 filled the ring; 6 came after 2 was taken
 *   losses 0 0 | 2        behind = 2 until 6 is handed over
 *
 * Invariant: `behind` = the sum of `losses` + `lost` = losses that come after the next held entry or later.
 */
class BufferStrategy<T extends Versioned> implements Strategy<T> {
  /** Not where a writer waits: it is told each time that there is room. */
  readonly deferred: boolean
  readonly #port: Port<T>
  readonly #overflow: Overflow
  readonly #ring: RingBuffer<T>
  readonly #losses: RingBuffer<number> | undefined
  /** Lost since the newest held entry came. */
  #lost = 0
  /** Lost, and to be told later than with the next held entry. */
  #behind = 0

  constructor(policy: Pick<BufferPolicy, 'capacity' | 'overflow' | 'dispatch'>, port: Port<T>) {
    this.#port = port
    this.#overflow = policy.overflow
    this.deferred = policy.dispatch === 'microtask'
    this.#ring = new RingBuffer(policy.capacity)
    if (policy.overflow === 'drop-incoming') this.#losses = new RingBuffer(policy.capacity)
  }

  get size(): number {
    return this.#ring.size
  }

  get ready(): boolean {
    return this.#ring.size > 0
  }

  offer(entry: T): void {
    const ring = this.#ring
    if (ring.size === 0 && this.#port.idle) {
      this.#lost = 0
      this.#behind = 0
      this.#port.deliver(entry)
    } else if (!ring.isFull) {
      ring.push(entry)
      this.#losses?.push(this.#lost)
      this.#lost = 0
    } else if (this.#overflow === 'drop-incoming') {
      this.#lost += 1
      this.#behind += 1
      this.#port.drop(entry, 'overflow')
    } else if (this.#overflow !== 'error') {
      // 'suspend' comes here where a writer overrules it.
      // The cast holds: a full ring has an oldest entry.
      const oldest = ring.shift() as T
      ring.push(entry)
      this.#port.drop(oldest, 'overflow')
    } else {
      this.#behind += 1
      this.#port.overflow(entry)
    }
  }

  release(): void {
    // The cast holds: release() is called only while `ready`.
    const entry = this.#ring.shift() as T
    this.#behind -= this.#losses?.shift() ?? 0
    this.#port.deliver(entry, this.#behind)
  }

  clear(): T[] {
    return this.#ring.drain()
  }
}
