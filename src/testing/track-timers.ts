import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs'
import { type PendingTimer, TimerAction, TimerBook, type TimerCounter } from './timers.ts'

/** A scheduler that knows its timers; made by {@link trackTimers}. */
export interface TrackedScheduler extends SchedulerLike, TimerCounter {}

class TrackingScheduler implements TrackedScheduler {
  readonly #book = new TimerBook()
  readonly #scheduler: SchedulerLike

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler
  }

  get pendingTimers(): number {
    return this.#book.size
  }

  timers(): PendingTimer[] {
    return this.#book.list()
  }

  now(): number {
    return this.#scheduler.now()
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const action = new TimerAction(work, this.#book, (delayMs, run) => {
      const timer = this.#scheduler.schedule(run, delayMs)
      return () => timer.unsubscribe()
    })
    return action.schedule(state, delay)
  }
}

/**
 * Wraps a scheduler so that its timers can be counted and named, as {@link assertNoLeaks} does. They run when and
 * as they did before.
 *
 * @example
 * ```ts
 * import { createStore, throttle } from 'headgate'
 * import { trackTimers } from 'headgate/testing'
 *
 * const scheduler = trackTimers()
 * const store = createStore(0, { scheduler })
 * store.subscribe(() => {}, { policy: throttle({ ms: 1_000 }) })
 * console.log(scheduler.pendingTimers, scheduler.timers()[0]?.delayMs) // → 1 1000
 * store.destroy()
 * console.log(scheduler.pendingTimers) // → 0
 * ```
 *
 * @param scheduler - default RxJS's `asyncScheduler`, which is a store's own default.
 */
export function trackTimers(scheduler: SchedulerLike = asyncScheduler): TrackedScheduler {
  return new TrackingScheduler(scheduler)
}
