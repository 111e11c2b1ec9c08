import { concatMap, defer, EMPTY, type OperatorFunction, of, startWith } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { Cell } from './cells.ts'
import type { BareEvent } from './definition.ts'
import type { Machine } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import { initialState, transition } from './transition.ts'

/**
 * Runs a machine on the events of the source, without a store: emits its initial state, then the state
 * after each event that was handled. Every subscription runs a machine of its own.
 *
 * Only events drive it: `after` and `invoke` need a store.
 */
export function runMachine<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
): OperatorFunction<
  Cells['event'] | BareEvent<Cells['event']>,
  Immutable<MachineState<Cells['state'], Context>>
> {
  return (events$) =>
    defer(() => {
      let state = initialState(machine)
      return events$.pipe(
        concatMap((event) => {
          const result = transition(machine, state, event)
          if (!result.handled) return EMPTY
          state = result.state
          return of(state)
        }),
        startWith(state),
      )
    })
}
