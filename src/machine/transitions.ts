/** Two streams of the records of a machine store, of those that are wanted; see `record-streams.ts`. */
import { filter, type Observable } from 'rxjs'
import { checkKeys, type KnownKeys } from '../kit/index.ts'
import type { PathOf, StateValue } from './cells.ts'
import { isIn } from './configuration.ts'
import type { TransitionRecord } from './machine-state.ts'
import { changes, outcomes, type RecordSource } from './record-streams.ts'

/** Which transitions; what is left out matches any. */
export interface TransitionFilter<Path extends string> {
  /** A state, or one with states inside: then any of them. */
  readonly from?: Path | undefined
  readonly to?: Path | undefined
  readonly event?: string | undefined
}

const FILTER_KEYS: KnownKeys<TransitionFilter<string>> = { from: true, to: true, event: true }

/**
 * The changes of state of a machine store, each once, when it is published. What happened before the subscription is
 * not told.
 *
 * Several transitions of one batch come one after the other. That of a state which invokes work has the status
 * `PENDING`; how it went is told by {@link settled}.
 */
export function transitions<Name extends StateValue>(
  store: RecordSource<Name>,
  filter: TransitionFilter<PathOf<NoInfer<Name>>> = {},
): Observable<TransitionRecord<Name>> {
  checkKeys(filter, FILTER_KEYS, 'transitions()')
  return matching(changes(store), filter)
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
  store: RecordSource<Name>,
  filter: TransitionFilter<PathOf<NoInfer<Name>>> = {},
): Observable<TransitionRecord<Name>> {
  checkKeys(filter, FILTER_KEYS, 'settled()')
  return matching(outcomes(store), filter)
}

const matching = <Name extends StateValue>(
  records$: Observable<TransitionRecord<Name>>,
  { from, to, event }: TransitionFilter<string>,
): Observable<TransitionRecord<Name>> =>
  records$.pipe(
    filter(
      (record) =>
        (from === undefined || isIn(record.from, from)) &&
        (to === undefined || isIn(record.to, to)) &&
        (event === undefined || record.event === event),
    ),
  )
