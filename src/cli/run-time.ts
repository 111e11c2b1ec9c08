import { TIMER_MS_MAX } from '../kit/index.ts'

/** Everything that a run knows of time; a test brings a manual one. */
export interface RunTime {
  /** Milliseconds of a monotonic clock. */
  now(): number
  /** Resolves after some milliseconds, or earlier when the alarm goes off; never rejects. */
  sleep(ms: number, alarm?: Alarm): Promise<void>
  /** Resolves after the timers and the input that are due have been served. */
  breathe(): Promise<void>
  /** Repeats work until the function it returns is called. */
  every(ms: number, work: () => void): () => void
}

/** What may end a sleep. */
export interface Alarm {
  /** Calls `listener` once, at once if it went off before; returns what takes the listener away. */
  onStop(listener: () => void): () => void
}

/** The time of the platform. */
export const systemTime: RunTime = Object.freeze({
  now: () => performance.now(),
  sleep: (ms: number, alarm?: Alarm) =>
    new Promise<void>((resolve) => {
      // A longer sleep is several.
      const timer = setTimeout(finish, Math.min(ms, TIMER_MS_MAX))
      const stopListening = alarm?.onStop(finish)
      function finish(): void {
        clearTimeout(timer)
        // Undefined while onStop() is still running, for an alarm that went off before: then it keeps nothing.
        queueMicrotask(() => stopListening?.())
        resolve()
      }
    }),
  breathe: () => new Promise<void>((resolve) => setImmediate(resolve)),
  every: (ms: number, work: () => void) => {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
})
