/**
 * The one timer of a policy: it runs, or it does not.
 *
 * Some schedulers run what is due inside `schedule()`: RxJS's `queueScheduler` a delay of 0, a virtual clock that is
 * flushed there any delay. Then the timer is over before `schedule()` has returned, and what it returned must not
 * pass for a timer that runs. A start from inside such a run is made when the run is over, so no stack grows; and a
 * clock that ticks again and again would never return, so it is not wound up again: the next version does that.
 */
import type { Subscription } from 'rxjs'
import type { Port } from './strategy.ts'

export class Timer {
  /** Whether its time is still to come. */
  running = false
  readonly #port: Pick<Port<never>, 'scheduler'>
  readonly #work: () => void
  readonly #repeats: boolean
  #action: Subscription | undefined
  #starting = false

  /** @param repeats - whether it starts again by itself each time. */
  constructor(port: Pick<Port<never>, 'scheduler'>, work: () => void, repeats = false) {
    this.#port = port
    this.#work = work
    this.#repeats = repeats
  }

  /** Starts it, anew where it runs. */
  start(ms: number): void {
    this.stop()
    this.running = true
    if (this.#starting) return
    this.#starting = true
    while (this.running && this.#runsAtOnce(ms));
    this.#starting = false
  }

  stop(): void {
    this.running = false
    this.#action?.unsubscribe()
    this.#action = undefined
  }

  #runsAtOnce(ms: number): boolean {
    const timer = this
    let ran = false
    const action = this.#port.scheduler.schedule(function () {
      ran = true
      timer.running = timer.#repeats && !timer.#starting
      if (timer.running) this.schedule(undefined, ms)
      timer.#work()
    }, ms)
    if (ran || !this.running) action.unsubscribe()
    else this.#action = action
    return ran
  }
}
