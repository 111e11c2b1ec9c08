import type { SchedulerLike } from 'rxjs'
import { onAbort } from '../kit/index.ts'
import type { WaitOptions } from './readable.ts'

/**
 * Runs work that ends early when its caller's signal aborts or its time is over: then its own signal aborts, with the
 * reason of that, or with what `late` makes.
 */
export async function limited<R>(
  { signal, timeoutMs }: WaitOptions,
  scheduler: SchedulerLike,
  late: ((timeoutMs: number) => Error) | undefined,
  work: (limit: AbortController) => Promise<R>,
): Promise<R> {
  const limit = new AbortController()
  const stopListening = onAbort(signal, () => limit.abort(signal?.reason))
  const timer =
    timeoutMs === undefined ? undefined : scheduler.schedule(() => limit.abort(late?.(timeoutMs)), timeoutMs)
  try {
    return await work(limit)
  } finally {
    timer?.unsubscribe()
    stopListening()
  }
}
