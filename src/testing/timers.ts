/**
 * Timers that can be counted and named.
 *
 * RxJS gives no list of what a scheduler has still to run: `asyncScheduler` hands each action to the platform
 * and forgets it. Here every action is a {@link TimerAction}, which enters itself in a {@link TimerBook} when
 * it is scheduled and strikes itself out when it runs or is unsubscribed.
 */
import { type SchedulerAction, Subscription } from 'rxjs'
import { noteCallSite } from './call-site.ts'

/** A timer that has been set, has not run and has not been cleared. */
export interface PendingTimer {
  /** How many milliseconds it was set for. */
  readonly delayMs: number
  /** The place in the code that set it, as far as it is not of RxJS or of this package. */
  readonly setAt: string
}

/** A scheduler that knows its timers. */
export interface TimerCounter {
  /** How many timers are set. */
  readonly pendingTimers: number
  /** Each of them, in the order of setting. */
  timers(): PendingTimer[]
}

/** Whether a scheduler knows its timers. */
export function countsTimers(scheduler: unknown): scheduler is TimerCounter {
  const candidate = scheduler as Partial<TimerCounter> | undefined
  return typeof candidate?.pendingTimers === 'number' && typeof candidate.timers === 'function'
}

interface Entry {
  readonly delayMs: number
  readonly setAt: () => string
}

/** The timers that are set. */
export class TimerBook {
  readonly #entries = new Set<Entry>()

  get size(): number {
    return this.#entries.size
  }

  /** Enters a timer; returns what strikes it out. */
  enter(delayMs: number): () => void {
    let entry: Entry | undefined = { delayMs, setAt: noteCallSite() }
    this.#entries.add(entry)
    return () => {
      if (entry !== undefined) this.#entries.delete(entry)
      // Let go of: a place that is not formatted yet keeps every function on its stack, and a timer that was set
      // inside this one's run has this function there. Each timer would keep the one before it.
      entry = undefined
    }
  }

  list(): PendingTimer[] {
    return [...this.#entries].map(({ delayMs, setAt }) => ({ delayMs, setAt: setAt() }))
  }
}

/** Calls `run` once after so many milliseconds; returns what prevents it. */
export type SetTimer = (delayMs: number, run: () => void) => () => void

/** What a scheduler is asked to run; it may ask for itself again through `this`. */
export type ActionWork<T> = (this: SchedulerAction<T>, state?: T) => void

/** What RxJS calls an action: work that may schedule itself again, and is over when it did not. */
export class TimerAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #work: ActionWork<T>
  readonly #book: TimerBook
  readonly #setTimer: SetTimer
  #clear: (() => void) | undefined

  constructor(work: ActionWork<T>, book: TimerBook, setTimer: SetTimer) {
    super(() => this.#clear?.())
    this.#work = work
    this.#book = book
    this.#setTimer = setTimer
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this
    this.#clear?.()
    const strike = this.#book.enter(delay)
    let ran = false
    const clearTimer = this.#setTimer(delay, () => {
      ran = true
      strike()
      this.#run(state)
    })
    // A scheduler may run what is due at once: then the action has gone on, or is over, already.
    if (!ran) {
      this.#clear = () => {
        this.#clear = undefined
        strike()
        clearTimer()
      }
    }
    return this
  }

  #run(state: T | undefined): void {
    this.#clear = undefined
    try {
      this.#work(state)
    } finally {
      if (this.#clear === undefined) this.unsubscribe()
    }
  }
}
