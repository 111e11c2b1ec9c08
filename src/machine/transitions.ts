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
    map(([before, after]) => newRecords(before, after)),
    mergeAll(),
    filter((record) => from === undefined || record.from === from),
    filter((record) => to === undefined || record.to === to),
    filter((record) => event === undefined || record.event === event),
  ) as Observable<TransitionRecord<Name>>
}

/**
 * What the history of `after` has that `before` has not: the work that has ended since, then the changes of
 * state. They are counted by `attempts`, not recognised by identity: a replica that adopts decoded snapshots
 * has new objects each time.
 */
function newRecords<Name extends string>(
  before: Immutable<MachineState<Name, unknown>>,
  after: Immutable<MachineState<Name, unknown>>,
): readonly Immutable<TransitionRecord<Name>>[] {
  if (before.history === after.history) return []
  const changes = Math.max(0, after.attempts - before.attempts)
  const fresh = changes === 0 ? [] : after.history.slice(-changes)
  const pendingAt = before.history.findIndex((record) => record.status === 'PENDING')
  if (pendingAt < 0) return fresh
  const settled = after.history[after.history.length - changes - (before.history.length - pendingAt)]
  return settled === undefined || settled.status === 'PENDING' ? fresh : [settled, ...fresh]
}
