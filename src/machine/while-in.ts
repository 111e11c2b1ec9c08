import {
  distinctUntilChanged,
  EMPTY,
  endWith,
  from,
  map,
  type Observable,
  type ObservableInput,
  switchMap,
} from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { PathOf, StateValue } from './cells.ts'
import { isIn } from './configuration.ts'
import type { MachineState } from './machine-state.ts'

/**
 * Follows an inner stream for as long as the machine is in one of the states: subscribed when it comes
 * into them, unsubscribed when it leaves them or the store is destroyed, not started anew when it goes from
 * one of them to another.
 *
 * @param names - a state, or several; one with states inside stands for them all.
 * @param project - given the state that the machine came in with.
 */
export function whileIn<Name extends StateValue, Context, R>(
  store: { readonly state$: Observable<Immutable<MachineState<Name, Context>>> },
  names: PathOf<NoInfer<Name>> | readonly PathOf<NoInfer<Name>>[],
  project: (state: Immutable<MachineState<Name, Context>>) => ObservableInput<R>,
): Observable<R> {
  const wanted: readonly string[] = [names].flat()
  return store.state$.pipe(
    map((state) => (wanted.some((name) => isIn(state.current, name)) ? state : undefined)),
    // A destroyed store is in no state: the inner stream ends with it.
    endWith(undefined),
    distinctUntilChanged((before, after) => (before === undefined) === (after === undefined)),
    switchMap((state) => (state === undefined ? EMPTY : from(project(state)))),
  )
}
