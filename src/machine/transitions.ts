import type { Immutable } from 'immer'
import { filter, map, mergeAll, type Observable, pairwise } from 'rxjs'
import type { MachineState, TransitionRecord } from './machine-state.ts'

/** Which transitions; what is left out matches any. */
export interface TransitionFilter<Name extends string> {
  readonly from?: Name | undefined
  readonly to?: Name | undefined
  readonly event?: string | undefined
}

/**
 * The changes of state of a machine store: each when it is published, and again when its status changes. What
 * happened before the subscription is not told.
 *
 * Several transitions of one batch come one after the other. They are read from the history, so a batch
 * of more than `historyLimit` transitions tells only the newest; with a limit of 0 there is nothing to tell.
 */
export function transitions<Name extends string>(
  store: { readonly state$: Observable<Immutable<MachineState<Name, unknown>>> },
  { from, to, event }: TransitionFilter<NoInfer<Name>> = {},
): Observable<TransitionRecord<Name>> {
  return store.state$.pipe(
    pairwise(),
    map(([before, after]) => newRecords(before.history, after.history)),
    mergeAll(),
    filter((record) => from === undefined || record.from === from),
    filter((record) => to === undefined || record.to === to),
    filter((record) => event === undefined || record.event === event),
  ) as Observable<TransitionRecord<Name>>
}

/** The records of `after` that are not in `before`; all but a few are the same objects in both. */
function newRecords<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  if (before === after) return []
  if (before.at(-1) === after.at(-2)) return after.slice(-1)
  const known = new Set(before)
  return after.filter((record) => !known.has(record))
}
