/**
 * Two streams of the records of a machine store. `transitions` tells each change of state once, as soon as it is
 * published; `settled` tells each record once, when it is known how it went. They differ only for states that invoke
 * work: their record is `PENDING` in the first, and `SUCCESS` or `FAILED` in the second, when the work has ended.
 *
 * Both are read from the history, so a batch of more than `historyLimit` transitions tells only the newest; with a
 * limit of 0 there is nothing to tell, and one of 1 has no place for work that is left by its end. Records are counted by `attempts`, not recognised by identity: a replica that
 * adopts decoded snapshots has new objects each time.
 */

import { filter, map, mergeAll, type Observable, pairwise } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import { checkKeys, type KnownKeys } from '../kit/index.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'

/** Which transitions; what is left out matches any. */
export interface TransitionFilter<Name extends string> {
  readonly from?: Name | undefined
  readonly to?: Name | undefined
  readonly event?: string | undefined
}

type State<Name extends string> = Immutable<MachineState<Name, unknown>>
type Source<Name extends string> = { readonly state$: Observable<State<Name>> }
type Records<Name extends string> = State<Name>['history']
const FILTER_KEYS: KnownKeys<TransitionFilter<string>> = { from: true, to: true, event: true }

/**
 * The changes of state of a machine store, each once, when it is published. What happened before the subscription is
 * not told.
 *
 * Several transitions of one batch come one after the other. That of a state which invokes work has the status
 * `PENDING`; how it went is told by {@link settled}.
 */
export function transitions<Name extends string>(
  store: Source<Name>,
  filter: TransitionFilter<NoInfer<Name>> = {},
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
export function settled<Name extends string>(
  store: Source<Name>,
  filter: TransitionFilter<NoInfer<Name>> = {},
): Observable<TransitionRecord<Name>> {
  checkKeys(filter, FILTER_KEYS, 'settled()')
  return follow(store, settlements, filter)
}

function follow<Name extends string>(
  { state$ }: Source<Name>,
  recordsOf: (before: State<Name>, after: State<Name>) => Records<Name>,
  { from, to, event }: TransitionFilter<NoInfer<Name>>,
): Observable<TransitionRecord<Name>> {
  return state$.pipe(
    pairwise(),
    map(([before, after]) => (before.history === after.history ? [] : recordsOf(before, after))),
    mergeAll(),
    filter((record) => from === undefined || record.from === from),
    filter((record) => to === undefined || record.to === to),
    filter((record) => event === undefined || record.event === event),
  ) as Observable<TransitionRecord<Name>>
}

/** How many changes of state `after` has that `before` has not. */
const countOf = (before: State<string>, after: State<string>): number =>
  Math.max(0, after.attempts - before.attempts)

function changes<Name extends string>(before: State<Name>, after: State<Name>): Records<Name> {
  const count = countOf(before, after)
  return count === 0 ? [] : after.history.slice(-count)
}

/** Of the work that was running and has ended since, then of the changes of state. */
function settlements<Name extends string>(before: State<Name>, after: State<Name>): Records<Name> {
  const pendingAt = before.history.findIndex((record) => record.status === 'PENDING')
  const fromEnd = countOf(before, after) + before.history.length - pendingAt
  const ended = pendingAt < 0 ? undefined : after.history[after.history.length - fromEnd]
  const told = changes(before, after)
  return (ended === undefined ? told : [ended, ...told]).filter((record) => record.status !== 'PENDING')
}
