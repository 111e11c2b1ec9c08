/** Those who wait until a version is on the disk: each is answered once, and leaves no timer and no listener. */
import type { SchedulerLike } from 'rxjs'
import { checkTimerMs, HeadgateError, onAbort } from '../kit/index.ts'
import type { WaitOptions } from '../store/index.ts'

interface Waiter {
  readonly version: number
  resolve: (version: number) => void
  reject: (error: unknown) => void
}

export class DurableWaiters {
  readonly #waiters = new Set<Waiter>()
  readonly #store: string
  readonly #scheduler: SchedulerLike

  constructor(store: string, scheduler: SchedulerLike) {
    this.#store = store
    this.#scheduler = scheduler
  }

  add(version: number, { signal, timeoutMs }: WaitOptions): Promise<number> {
    const store = this.#store
    return new Promise((resolve, reject) => {
      if (timeoutMs !== undefined) checkTimerMs('timeoutMs', timeoutMs)
      const waiter: Waiter = { version, resolve, reject }
      if (signal === undefined && timeoutMs === undefined) {
        this.#waiters.add(waiter) // nothing but the disk ends it
        return
      }
      const end = (error: unknown): void => {
        if (!this.#waiters.delete(waiter)) return
        clear()
        reject(error)
      }
      const late =
        timeoutMs === undefined
          ? undefined
          : this.#scheduler.schedule(
              () => end(new HeadgateError('WAIT_TIMEOUT', { store, timeoutMs })),
              timeoutMs,
            )
      let forget = (): void => {}
      const clear = (): void => {
        forget()
        late?.unsubscribe()
      }
      waiter.resolve = (reached) => {
        clear()
        resolve(reached)
      }
      waiter.reject = (error) => {
        clear()
        reject(error)
      }
      this.#waiters.add(waiter)
      forget = onAbort(signal, () => end(signal?.reason))
    })
  }

  /** Answers those who wait for a version, or an earlier one. */
  resolve(version: number): void {
    for (const waiter of this.#take(version)) waiter.resolve(version)
  }

  reject(version: number, error: unknown): void {
    for (const waiter of this.#take(version)) waiter.reject(error)
  }

  #take(to: number): Waiter[] {
    const taken: Waiter[] = []
    for (const waiter of this.#waiters) {
      if (waiter.version <= to && this.#waiters.delete(waiter)) taken.push(waiter)
    }
    return taken
  }
}
