/**
 * Time that passes only when a test says so: a clock, and an RxJS scheduler that runs on it.
 *
 * Unlike RxJS's own virtual scheduler it lets promises settle after each timer, so a consumer may return
 * a promise. Timers run in the order in which they are due, those of one millisecond in the order in which
 * they were set.
 *
 *   set(5)  set(3)  set(5)          runTo(5, 'before')      runs 3
 *     a       b       c             runTo(5, 'including')   runs b, a, c
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import type { Clock } from '../../../src/kit/index.ts'

interface Timer {
  readonly due: number
  /** False for the work of a consumer, which is the test's own. */
  readonly counted: boolean
  run(): void
}

/** More than any test needs; a timer that sets itself again for ever ends here. */
const STEPS_MAX = 10_000

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  await nextTurn()
}

export class VirtualClock implements Clock, SchedulerLike {
  #now = 0
  #steps = 0
  readonly #timers: Timer[] = []

  // Fields, for RxJS and the store may take them off the object.
  readonly now = (): number => this.#now
  readonly wall = (): number => this.#now
  readonly mono = (): number => this.#now

  /** Timers of the code under test that have not run and have not been cleared. */
  get liveTimers(): number {
    return this.#timers.filter((timer) => timer.counted).length
  }

  /** Runs something of the test's own after some milliseconds. */
  after(ms: number, run: () => void): void {
    this.#set({ due: this.#now + ms, counted: false, run })
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return new VirtualAction(work, this).schedule(state, delay)
  }

  /** Sets a timer of the code under test; returns what clears it. */
  setTimer(ms: number, run: () => void): () => void {
    const timer = { due: this.#now + ms, counted: true, run }
    this.#set(timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  /** Moves to a time, and runs the timers that are due before it, or those of that millisecond too. */
  async runTo(time: number, reach: 'before' | 'including'): Promise<void> {
    for (let next = this.#timers[0]; next !== undefined; next = this.#timers[0]) {
      if (next.due > time || (next.due === time && reach === 'before')) break
      await this.#runFirst()
    }
    this.#now = time
  }

  /** Lets some milliseconds pass, and no promise settle: for tests without promises. */
  advance(ms: number): void {
    const time = this.#now + ms
    for (let next = this.#timers[0]; next !== undefined && next.due <= time; next = this.#timers[0]) {
      this.#takeFirst().run()
    }
    this.#now = time
  }

  /** Runs until no timer is left. */
  async runOut(): Promise<void> {
    while (this.#timers.length > 0) await this.#runFirst()
  }

  async #runFirst(): Promise<void> {
    this.#takeFirst().run()
    await settle()
  }

  /** Takes the timer that is due first, at its time. */
  #takeFirst(): Timer {
    this.#steps += 1
    if (this.#steps > STEPS_MAX) throw new Error(`More than ${STEPS_MAX} timers ran; one never ends.`)
    const timer = this.#timers.shift() as Timer
    this.#now = timer.due
    return timer
  }

  #set(timer: Timer): void {
    const later = this.#timers.findIndex(({ due }) => due > timer.due)
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
  }
}

/** What RxJS calls an action: work that may schedule itself again, and is over when it did not. */
class VirtualAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #work: (this: SchedulerAction<T>, state?: T) => void
  readonly #clock: VirtualClock
  #clear: (() => void) | undefined

  constructor(work: (this: SchedulerAction<T>, state?: T) => void, clock: VirtualClock) {
    super(() => this.#clear?.())
    this.#work = work
    this.#clock = clock
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this
    this.#clear?.()
    this.#clear = this.#clock.setTimer(delay, () => {
      this.#clear = undefined
      this.#work(state)
      if (this.#clear === undefined) this.unsubscribe()
    })
    return this
  }
}
