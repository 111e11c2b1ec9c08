import { RingBuffer } from '../kit/index.ts'
import { checkNames, refuseOption, requireCount, requireMs } from './options.ts'
import { type BatchingPolicy, madePolicy } from './policy.ts'
import type { Port, Strategy, Versioned } from './strategy.ts'
import { Timer } from './timer.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

interface Windows {
  readonly ms: number | undefined
  readonly maxSize: number | undefined
  readonly window: 'first' | 'fixed'
  readonly capacity: number
}

/** See {@link batch}. */
export interface BatchPolicy extends BatchingPolicy<'batch'>, Windows {}

/**
 * Hands over everything, in arrays: one call a window.
 *
 * A window ends after `ms`, or when it has `maxSize` versions. Windows that end while the consumer is busy
 * wait their turn, one call each. Nothing is lost: where more than `capacity` versions wait, the
 * subscription is closed with `BUFFER_OVERFLOW` once they are delivered. On completion what is held is
 * delivered at once. Use it for sinks that like bulk.
 *
 * @param options.ms - milliseconds, an integer from 0, for fixed windows from 1, to 2 147 483 647.
 * @param options.maxSize - an integer from 1.
 * @param options.window - `'first'` (default): the window opens with its first version, so none runs while
 *   nothing is held; `'fixed'`: one window after the other from the subscription on, as RxJS's
 *   `bufferTime`. Empty windows are not delivered.
 * @param options.capacity - the most versions that may wait, an integer from 1; default 65 536.
 * @throws `POLICY_INVALID`, also where neither `ms` nor `maxSize` would ever end a window.
 */
export function batch(options: {
  ms?: number
  maxSize?: number
  window?: 'first' | 'fixed'
  capacity?: number
}): BatchPolicy {
  checkNames(options, { ms: true, maxSize: true, window: true, capacity: true }, 'batch()')
  const { ms, maxSize, window = 'first', capacity = 65_536 } = options
  const windows = { ms, maxSize, window, capacity }
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') requireWindows(windows)
  const label = ['batch', ms, maxSize, window, capacity].join(':')
  return madePolicy(
    { kind: 'batch', label, ...windows, converges: ms !== undefined, lossless: true, batches: true },
    (port) => new BatchStrategy(windows, port),
  )
}

/** @throws `POLICY_INVALID` */
export function requireWindows({ ms, maxSize, window, capacity }: Windows): void {
  // A fixed window of 0 ms would run a timer without end.
  if (ms !== undefined) requireMs('ms', ms, window === 'fixed' ? 1 : 0)
  if (maxSize !== undefined) requireCount('maxSize', maxSize)
  if (window !== 'first' && window !== 'fixed') refuseOption('window', '"first" or "fixed"', window)
  if (ms === undefined && maxSize === undefined) refuseOption('ms', 'given where maxSize is not', ms)
  if (ms === undefined && window === 'fixed') refuseOption('ms', 'given for a fixed window', ms)
  requireCount('capacity', capacity)
}

/**
 * The versions are in one ring; a second ring says how many of them each closed window has.
 *
 *   versions  a b c | d e | f     closed windows 3 2, and one that is open with 1
 */
class BatchStrategy<T extends Versioned> implements Strategy<T> {
  readonly #windows: Windows
  readonly #port: Port<T>
  readonly #versions: RingBuffer<T>
  readonly #closed: RingBuffer<number>
  /** How many of the versions are in the window that is open. */
  #open = 0
  readonly #timer: Timer

  constructor(windows: Windows, port: Port<T>) {
    this.#windows = windows
    this.#port = port
    this.#versions = new RingBuffer(windows.capacity)
    this.#closed = new RingBuffer(windows.capacity)
    this.#timer = new Timer(port, () => this.#closeWindow(), windows.window === 'fixed')
  }

  get size(): number {
    return this.#versions.size
  }

  get ready(): boolean {
    return this.#closed.size > 0
  }

  start(): void {
    if (this.#windows.window === 'fixed') this.#startTimer()
  }

  offer(entry: T): void {
    if (this.#versions.isFull) {
      this.#port.overflow(entry)
      return
    }
    this.#versions.push(entry)
    this.#open += 1
    if (this.#open === this.#windows.maxSize) this.#close()
    else if (!this.#timer.running) this.#startTimer()
  }

  release(): void {
    // The casts hold: release() is called only while `ready`, and the counts are of what is in the ring.
    const count = this.#closed.shift() as number
    this.#port.deliverAll(Array.from({ length: count }, () => this.#versions.shift() as T))
  }

  /** Nothing is lost, so an error delivers what is held as well. */
  end(): void {
    this.#timer.stop()
    this.#closeWindow()
  }

  clear(): T[] {
    this.#timer.stop()
    this.#closed.drain()
    this.#open = 0
    return this.#versions.drain()
  }

  /** Ends the window before its time; the next fixed one starts now. */
  #close(): void {
    if (this.#windows.window === 'fixed') this.#startTimer()
    else this.#timer.stop()
    this.#closeWindow()
  }

  #closeWindow(): void {
    if (this.#open === 0) return
    this.#closed.push(this.#open)
    this.#open = 0
    this.#port.pump()
  }

  #startTimer(): void {
    const { ms } = this.#windows
    if (ms !== undefined) this.#timer.start(ms)
  }
}
