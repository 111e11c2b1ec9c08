import { filter, firstValueFrom, Observable, takeUntil } from 'rxjs'
import { deferredOf, HeadgateError, type Immutable, onAbort } from '../../kit/index.ts'
import { limited } from '../limited.ts'
import type { WaitOptions } from '../readable.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'

/** Emits once when the signal aborts. */
const aborted = (signal: AbortSignal): Observable<void> =>
  new Observable((observer) => onAbort(signal, () => observer.next()))

/** See `waitFor`. */
export function waitFor<S>(
  { name: store, subject, audience }: ReadableCore<S>,
  predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
  options: WaitOptions,
): Promise<Snapshot<S>> {
  const holds = (snapshot: Snapshot<S>): boolean => {
    const result: unknown = predicate(snapshot.state, snapshot)
    const returned = deferredOf(result)
    if (returned !== undefined) throw new HeadgateError('PREDICATE_ASYNC', { store, returned })
    return Boolean(result)
  }
  const late = (timeoutMs: number): HeadgateError => new HeadgateError('WAIT_TIMEOUT', { store, timeoutMs })
  return limited(options, audience.scheduler, late, async ({ signal }) => {
    const matches = subject.pipe(filter(holds), takeUntil(aborted(signal)))
    const snapshot = await firstValueFrom(matches, { defaultValue: undefined })
    if (snapshot !== undefined) return snapshot
    signal.throwIfAborted()
    throw new HeadgateError('STORE_DESTROYED', { store, operation: 'waitFor()' })
  })
}
