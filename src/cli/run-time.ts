import { setImmediate as nextTurn } from 'node:timers/promises'
import { onAbort } from '../kit/index.ts'

/** Everything that a run knows of time; a test brings a manual one. */
export interface RunTime {
  /** Milliseconds of a monotonic clock. */
  now(): number
  /** Resolves after some milliseconds, or when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Resolves after the timers and the input that are due have been served. */
  breathe(): Promise<void>
  /** Repeats work until the function it returns is called. */
  every(ms: number, work: () => void): () => void
}

/** What a timer can be set to; a longer sleep is several. */
const TIMER_MS_MAX = 2_147_483_647

/** The time of the platform. */
export const systemTime: RunTime = Object.freeze({
  now: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(finish, Math.min(ms, TIMER_MS_MAX))
      const stopListening = onAbort(signal, finish)
      function finish(): void {
        clearTimeout(timer)
        // Undefined while onAbort() is still running, for a signal that has aborted before.
        queueMicrotask(() => stopListening())
        resolve()
      }
    }),
  breathe: () => nextTurn(),
  every: (ms: number, work: () => void) => {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
})
