/**
 * Two streams of the records of a machine store. `transitions` tells each change of state once, as soon as it is
 * published; `settled` tells each record once, when it is known how it went. They differ only for states that invoke
 * work: their record is `PENDING` in the first, and `SUCCESS` or `FAILED` in the second, when the work has ended.
 *
 * Both are read from the history, so a batch of more than `historyLimit` transitions tells only the newest; with a
 * limit of 0 there is nothing to tell, and one of 1 has no place for work that is left by its end. Records are counted
 * by `attempts`, not recognised by identity: a replica that adopts decoded snapshots has new objects each time.
 */

import { filter, map, mergeAll, type Observable, pairwise } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import { checkKeys, type KnownKeys } from '../kit/index.ts'
import type { PathOf, StateValue } from './cells.ts'
import { isIn } from './configuration.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'

/** Which transitions; what is left out matches any. */
export interface TransitionFilter<Path extends string> {
  /** A state, or one with states inside: then any of them. */
  readonly from?: Path | undefined
  readonly to?: Path | undefined
  readonly event?: string | undefined
}

type State<Name extends StateValue> = Immutable<MachineState<Name, unknown>>
type Source<Name extends StateValue> = { readonly state$: Observable<State<Name>> }
type Records<Name extends StateValue> = State<Name>['history']
const FILTER_KEYS: KnownKeys<TransitionFilter<string>> = { from: true, to: true, event: true }

/**
 * The changes of state of a machine store, each once, when it is published. What happened before the subscription is
 * not told.
 *
 * Several transitions of one batch come one after the other. That of a state which invokes work has the status
 * `PENDING`; how it went is told by {@link settled}.
 */
export function transitions<Name extends StateValue>(
  store: Source<Name>,
  filter: TransitionFilter<PathOf<NoInfer<Name>>> = {},
): Observable<TransitionRecord<Name>> {
  checkKeys(filter, FILTER_KEYS, 'transitions()')
  return follow(store, changes, filter)
}

/**
 * The changes of state of a machine store, each once, when it has its last status: at once, or, where the entered state
 * invokes work, when the work has ended or the state was left.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine, settled } from 'headgate'
 *
 * const robot = defineMachine({
 *   id: 'robot',
 *   initial: 'IDLE',
 *   context: {},
 *   states: {
 *     IDLE: { on: { CALIBRATE: 'CALIBRATING' } },
 *     CALIBRATING: { invoke: { src: async () => {}, onDone: 'READY' } },
 *     READY: {},
 *   },
 * })
 * const store = createMachineStore(robot)
 * settled(store, { to: 'CALIBRATING' }).subscribe(({ event, status }) => console.log(event, status))
 * store.send('CALIBRATE')
 * await store.waitFor((state) => state.current === 'READY')
 * // → CALIBRATE SUCCESS
 * ```
 */
export function settled<Name extends StateValue>(
  store: Source<Name>,
  filter: TransitionFilter<PathOf<NoInfer<Name>>> = {},
): Observable<TransitionRecord<Name>> {
  checkKeys(filter, FILTER_KEYS, 'settled()')
  return follow(store, settlements, filter)
}

function follow<Name extends StateValue>(
  { state$ }: Source<Name>,
  recordsOf: (before: State<Name>, after: State<Name>) => Records<Name>,
  { from, to, event }: TransitionFilter<string>,
): Observable<TransitionRecord<Name>> {
  return state$.pipe(
    pairwise(),
    map(([before, after]) => (before.history === after.history ? [] : recordsOf(before, after))),
    mergeAll(),
    filter((record) => from === undefined || isIn(record.from, from)),
    filter((record) => to === undefined || isIn(record.to, to)),
    filter((record) => event === undefined || record.event === event),
  ) as Observable<TransitionRecord<Name>>
}

/** How many changes of state `after` has that `before` has not. */
const countOf = (before: State<StateValue>, after: State<StateValue>): number =>
  Math.max(0, after.attempts - before.attempts)

function changes<Name extends StateValue>(before: State<Name>, after: State<Name>): Records<Name> {
  const count = countOf(before, after)
  return count === 0 ? [] : after.history.slice(-count)
}

/** Of the work that was running and has ended since, then of the changes of state. */
function settlements<Name extends StateValue>(before: State<Name>, after: State<Name>): Records<Name> {
  const ahead = after.history.length - countOf(before, after) - before.history.length
  const ended = before.history.flatMap(({ status }, index) =>
    status === 'PENDING' ? (after.history[ahead + index] ?? []) : [],
  )
  return [...ended, ...changes(before, after)].filter(({ status }) => status !== 'PENDING')
}
