/**
 * Time that passes only when a test says so: a clock and an RxJS scheduler in one object, so what a snapshot is
 * stamped with and when a timer is due can never disagree.
 *
 *   set(5) a   set(3) b   set(5) c      advance(5) runs b, a, c: by when they are due, then by when they were set
 *
 * Beside RxJS's `VirtualTimeScheduler` it stops where it is told to, knows its timers, and can let promises
 * settle between two of them, so a consumer may be asynchronous.
 */
import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs'
import { type Clock, checkKeys, describeValue, HeadgateError } from '../kit/index.ts'
import { turn } from './real-time.ts'
import { type PendingTimer, TimerAction, TimerBook, type TimerCounter } from './timers.ts'

/** Where a manual clock begins. */
export interface ManualClockOptions {
  /** Milliseconds since the epoch; default the start of 2024, UTC. */
  wallMs?: number | undefined
  /** Milliseconds of the monotonic clock; default 0. */
  monoMs?: number | undefined
}

/**
 * A clock, and a scheduler on it, that stand still until they are advanced. Give it to a store twice:
 * `createStore(state, { clock, scheduler: clock })`.
 */
export interface ManualClock extends Clock, SchedulerLike, TimerCounter {
  /**
   * Lets so many milliseconds pass and runs the timers that become due, those that they set included. It is
   * synchronous: no promise settles meanwhile.
   *
   * @throws `RUNAWAY_TIMERS` where more than 100 000 timers run, `OPTION_INVALID`, or what a timer throws.
   */
  advance(ms: number): void
  /** The same, with a turn of the event loop before the first timer and after each, so that promises settle. */
  advanceAsync(ms: number): Promise<void>
  /** Moves to the next timer and runs it; false where none is set. */
  advanceToNext(): boolean
}

interface DueTimer {
  readonly dueMs: number
  run(): void
}

const START_OF_2024 = Date.UTC(2024)
const TIMERS_MAX = 100_000

class SteppedClock implements ManualClock {
  #elapsedMs = 0
  readonly #wallStart: number
  readonly #monoStart: number
  readonly #book = new TimerBook()
  /** Those that are set: by when they are due, then by when they were set. */
  readonly #queue: DueTimer[] = []

  constructor({ wallMs = START_OF_2024, monoMs = 0 }: ManualClockOptions) {
    this.#wallStart = checkMs('wallMs', wallMs)
    this.#monoStart = checkMs('monoMs', monoMs)
  }

  // Fields, for RxJS and users take them off the object.
  readonly wall = (): number => this.#wallStart + this.#elapsedMs
  readonly mono = (): number => this.#monoStart + this.#elapsedMs
  readonly now: () => number = this.wall

  get pendingTimers(): number {
    return this.#book.size
  }

  timers(): PendingTimer[] {
    return this.#book.list()
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const action = new TimerAction(work, this.#book, (delayMs, run) => this.#set(delayMs, run))
    return action.schedule(state, delay)
  }

  advance(ms: number): void {
    const end = this.#elapsedMs + checkMs('ms', ms)
    for (let ran = 0; this.#isDue(end); ran += 1) {
      checkRunaway(ran)
      this.advanceToNext()
    }
    this.#moveTo(end)
  }

  async advanceAsync(ms: number): Promise<void> {
    const end = this.#elapsedMs + checkMs('ms', ms)
    await turn()
    for (let ran = 0; this.#isDue(end); ran += 1) {
      checkRunaway(ran)
      this.advanceToNext()
      await turn()
    }
    this.#moveTo(end)
  }

  advanceToNext(): boolean {
    const timer = this.#queue.shift()
    if (timer === undefined) return false
    this.#moveTo(timer.dueMs)
    timer.run()
    return true
  }

  #isDue(endMs: number): boolean {
    const first = this.#queue[0]
    return first !== undefined && first.dueMs <= endMs
  }

  /** Forward only: a timer may itself have advanced the clock. */
  #moveTo(elapsedMs: number): void {
    if (elapsedMs > this.#elapsedMs) this.#elapsedMs = elapsedMs
  }

  #set(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), run }
    const later = this.#queue.findIndex(({ dueMs }) => dueMs > timer.dueMs)
    this.#queue.splice(later < 0 ? this.#queue.length : later, 0, timer)
    return () => {
      const index = this.#queue.indexOf(timer)
      if (index >= 0) this.#queue.splice(index, 1)
    }
  }
}

function checkMs(option: string, ms: number): number {
  if (Number.isFinite(ms) && ms >= 0) return ms
  throw new HeadgateError('OPTION_INVALID', {
    option,
    expected: 'a number of milliseconds from 0',
    received: describeValue(ms),
  })
}

function checkRunaway(ran: number): void {
  if (ran >= TIMERS_MAX) throw new HeadgateError('RUNAWAY_TIMERS', { timersMax: TIMERS_MAX })
}

/**
 * Makes a clock that a test sets by hand, and that runs timers.
 *
 * @example
 * ```ts
 * import { createStore, throttle } from 'headgate'
 * import { manualClock } from 'headgate/testing'
 *
 * const clock = manualClock()
 * const store = createStore(0, { clock, scheduler: clock })
 * store.subscribe(({ state }) => console.log(state, clock.mono()), { policy: throttle({ ms: 100 }) })
 * // → 0 0
 * store.set(1)
 * store.set(2)
 * clock.advance(100)
 * // → 2 100
 * store.destroy()
 * console.log(clock.pendingTimers) // → 0
 * ```
 *
 * @throws `OPTION_INVALID`
 */
export function manualClock(options: ManualClockOptions = {}): ManualClock {
  checkKeys(options, { wallMs: true, monoMs: true }, 'manualClock()')
  return new SteppedClock(options)
}
