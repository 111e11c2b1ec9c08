import { filter, firstValueFrom, Observable, type SchedulerLike, takeUntil } from 'rxjs'
import { deferredOf, HeadgateError, onAbort } from '../../kit/index.ts'
import { limited } from '../limited.ts'
import type { WaitOptions } from '../readable.ts'
import type { Snapshot } from '../snapshot.ts'

/** Emits once when the signal aborts. */
const aborted = (signal: AbortSignal): Observable<void> =>
  new Observable((observer) => onAbort(signal, () => observer.next()))

/** See `waitFor`. */
export function waitFor<S>(
  store: { name: string; snapshot$: Observable<Snapshot<S>>; scheduler: SchedulerLike },
  predicate: (snapshot: Snapshot<S>) => boolean,
  options: WaitOptions,
): Promise<Snapshot<S>> {
  const holds = (snapshot: Snapshot<S>): boolean => {
    const result: unknown = predicate(snapshot)
    const returned = deferredOf(result)
    if (returned !== undefined) throw new HeadgateError('PREDICATE_ASYNC', { store: store.name, returned })
    return Boolean(result)
  }
  const late = (timeoutMs: number): HeadgateError =>
    new HeadgateError('WAIT_TIMEOUT', { store: store.name, timeoutMs })
  return limited(options, store.scheduler, late, async ({ signal }) => {
    const matches = store.snapshot$.pipe(filter(holds), takeUntil(aborted(signal)))
    const snapshot = await firstValueFrom(matches, { defaultValue: undefined })
    if (snapshot !== undefined) return snapshot
    signal.throwIfAborted()
    throw new HeadgateError('STORE_DESTROYED', { store: store.name, operation: 'waitFor()' })
  })
}
