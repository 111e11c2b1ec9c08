import type { Immutable } from '../../kit/index.ts'
import { type FairLock, isHeadgateError, onAbort, turnToGoOn } from '../../kit/index.ts'
import type { Snapshot } from '../snapshot.ts'
import type { ModifyOptions } from '../store.ts'
import type { CommitPipeline } from './commit-pipeline.ts'
import { refuseDeferred } from './refuse-deferred.ts'
import type { WriteOptions } from './write-options.ts'

/** What the optimistic loop needs of its store. */
export interface ModifyTarget<S> {
  readonly kernel: Pick<CommitPipeline<S>, 'set' | 'unchanged' | 'destroyedError'>
  /** Has what is published. */
  readonly subject: { getValue(): Snapshot<S> }
  /** Held while one call works, so that calls of one store never race each other. */
  readonly line: FairLock
  /** Called when the store is over. */
  readonly endings: Set<() => void>
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
  { retries = 3, signal: given, ...write }: ModifyOptions,
): Promise<Snapshot<S>> {
  const controller = new AbortController()
  const { signal } = controller
  const destroyed = (): void => controller.abort(target.kernel.destroyedError('modify()'))
  const stopListening = onAbort(given, () => controller.abort(given?.reason))
  target.endings.add(destroyed)
  try {
    signal.throwIfAborted()
    const entered = target.line.enter(signal)
    if (entered !== undefined) await entered
    try {
      // A subscriber may answer each commit with one more call.
      const pause = turnToGoOn()
      if (pause !== undefined) await pause
      return await attempt(target, work, { reason: 'MODIFY', ...write }, { retries, signal })
    } finally {
      target.line.leave()
    }
  } finally {
    target.endings.delete(destroyed)
    stopListening()
  }
}

async function attempt<S>(
  { kernel, subject }: ModifyTarget<S>,
  work: ModifyWork<S>,
  write: WriteOptions,
  { retries, signal }: { retries: number; signal: AbortSignal },
): Promise<Snapshot<S>> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted()
    const base = subject.getValue()
    const state = await orAbort((async () => work(base.state, signal))(), signal)
    // What was awaited is no promise any more; a generator function has not even begun.
    refuseDeferred?.('work of modify()', state)
    if (Object.is(state, base.state) && subject.getValue() === base) return kernel.unchanged()
    try {
      return kernel.set(state, { ...write, expectedVersion: base.version })
    } catch (error) {
      if (attempt >= retries || !isHeadgateError(error, 'VERSION_CONFLICT')) throw error
    }
  }
}
