/**
 * The records of a machine store as they come: `changes` tells each change of state once, as soon as it is published;
 * `outcomes` tells each record once, when it is known how it went. They differ only for states that invoke work: their
 * record is `PENDING` in the first, and `SUCCESS` or `FAILED` in the second, when the work has ended.
 *
 * Both are read from the history, so a batch of more than `historyLimit` transitions tells only the newest; with a
 * limit of 0 there is nothing to tell, and one of 1 has no place for work that is left by its end. Records are counted
 * by `attempts`, not recognised by identity: a replica that adopts decoded snapshots has new objects each time.
 */
import { mergeMap, type Observable, pairwise } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { StateValue } from './cells.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'

type State<Name extends StateValue> = Immutable<MachineState<Name, unknown>>
type Records<Name extends StateValue> = State<Name>['history']
type Records$<Name extends StateValue> = Observable<TransitionRecord<Name>>

/** Where records are read from. */
export interface RecordSource<Name extends StateValue> {
  readonly state$: Observable<State<Name>>
}

/** See {@link transitions}. */
export const changes = <Name extends StateValue>(source: RecordSource<Name>): Records$<Name> =>
  follow(source, changesOf)

/** See {@link settled}. */
export const outcomes = <Name extends StateValue>(source: RecordSource<Name>): Records$<Name> =>
  follow(source, outcomesOf)

const follow = <Name extends StateValue>(
  { state$ }: RecordSource<Name>,
  recordsOf: (before: State<Name>, after: State<Name>) => Records<Name>,
): Records$<Name> =>
  state$.pipe(
    pairwise(),
    mergeMap(([before, after]) => (before.history === after.history ? [] : recordsOf(before, after))),
  ) as Records$<Name>

/** How many changes of state `after` has that `before` has not. */
const countOf = (before: State<StateValue>, after: State<StateValue>): number =>
  Math.max(0, after.attempts - before.attempts)

function changesOf<Name extends StateValue>(before: State<Name>, after: State<Name>): Records<Name> {
  const count = countOf(before, after)
  return count === 0 ? [] : after.history.slice(-count)
}

/** Of the work that was running and has ended since, then of the changes of state. */
function outcomesOf<Name extends StateValue>(before: State<Name>, after: State<Name>): Records<Name> {
  const ahead = after.history.length - countOf(before, after) - before.history.length
  const ended = before.history.flatMap(({ status }, index) =>
    status === 'PENDING' ? (after.history[ahead + index] ?? []) : [],
  )
  return [...ended, ...changesOf(before, after)].filter(({ status }) => status !== 'PENDING')
}
