import { filter, firstValueFrom, Observable, type SchedulerLike, takeUntil, throwError, timeout } from 'rxjs'
import { deferredOf, HeadgateError, onAbort } from '../../kit/index.ts'
import type { WaitOptions } from '../readable.ts'
import type { Snapshot } from '../snapshot.ts'

/** Emits once when the signal aborts. */
const aborted = (signal: AbortSignal): Observable<void> =>
  new Observable((observer) => onAbort(signal, () => observer.next()))

/** See `waitFor`. */
export async function waitFor<S>(
  store: { name: string; snapshot$: Observable<Snapshot<S>>; scheduler: SchedulerLike },
  predicate: (snapshot: Snapshot<S>) => boolean,
  { signal, timeoutMs }: WaitOptions,
): Promise<Snapshot<S>> {
  const holds = (snapshot: Snapshot<S>): boolean => {
    const result: unknown = predicate(snapshot)
    const returned = deferredOf(result)
    if (returned !== undefined) throw new HeadgateError('PREDICATE_ASYNC', { store: store.name, returned })
    return Boolean(result)
  }
  let matches = store.snapshot$.pipe(filter(holds))
  if (signal !== undefined) matches = matches.pipe(takeUntil(aborted(signal)))
  if (timeoutMs !== undefined) {
    const late = (): HeadgateError => new HeadgateError('WAIT_TIMEOUT', { store: store.name, timeoutMs })
    const { scheduler } = store
    matches = matches.pipe(timeout({ first: timeoutMs, scheduler, with: () => throwError(late) }))
  }
  const snapshot = await firstValueFrom(matches, { defaultValue: undefined })
  if (snapshot !== undefined) return snapshot
  if (signal?.aborted) throw signal.reason
  throw new HeadgateError('STORE_DESTROYED', { store: store.name, operation: 'waitFor()' })
}
