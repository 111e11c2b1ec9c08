import type { Immutable } from '../../kit/index.ts'
import { type FairLock, isHeadgateError, onAbort, turnToGoOn } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'
import { refuseDeferred } from './refuse-deferred.ts'
import type { WriteOptions } from './write-options.ts'

/** What the optimistic loop needs of its store. */
export interface ModifyTarget<S> {
  published(): Snapshot<S>
  set(state: S | Immutable<S>, write: WriteOptions): Snapshot<S>
  /** A recipe that changed nothing, for the count. */
  unchanged(): Snapshot<S>
  /** Held while one call works, so that calls of one store never race each other. */
  readonly line: FairLock
}

export type ModifyWork<S> = (state: Immutable<S>, signal: AbortSignal) => Promise<S | Immutable<S>>

/** Rejects with the signal's reason as soon as it aborts, else follows the work. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason))
    work.then(resolve, reject).finally(stopListening)
  })
}

/** See {@link Store.modify}. */
export async function modify<S>(
  target: ModifyTarget<S>,
  work: ModifyWork<S>,
  write: WriteOptions,
  limits: { retries: number; signal: AbortSignal },
): Promise<Snapshot<S>> {
  const { signal } = limits
  signal.throwIfAborted()
  const turn = target.line.enter(signal)
  if (turn !== undefined) await turn
  try {
    // A subscriber may answer each commit with one more call.
    const pause = turnToGoOn()
    if (pause !== undefined) await pause
    return await attempt(target, work, write, limits)
  } finally {
    target.line.leave()
  }
}

async function attempt<S>(
  target: ModifyTarget<S>,
  work: ModifyWork<S>,
  write: WriteOptions,
  { retries, signal }: { retries: number; signal: AbortSignal },
): Promise<Snapshot<S>> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    const base = target.published()
    const state = await orAbort((async () => work(base.state, signal))(), signal)
    // What was awaited is no promise any more; a generator function has not even begun.
    refuseDeferred?.('work of modify()', state)
    if (Object.is(state, base.state) && target.published() === base) return target.unchanged()
    try {
      return target.set(state, { ...write, expectedVersion: base.version })
    } catch (error) {
      if (attempt >= retries || !isHeadgateError(error, 'VERSION_CONFLICT')) throw error
    }
  }
}
