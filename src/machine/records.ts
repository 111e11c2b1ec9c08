/** The records of work that a state invokes: they are `PENDING` until the work has ended, or the state was left. */
import type { EventObject } from './definition.ts'
import type { AnyState } from './look-up.ts'
import type { StateNode } from './machine.ts'
import type { TransitionStatus } from './machine-state.ts'

type History = AnyState['history']

/** Which change of state entered a state that is active. */
export const stayOf = ({ stays, attempts }: AnyState, { name }: StateNode): number =>
  // The only state of a flat machine was entered by the newest one; one that `set` brought, by none.
  stays === undefined ? attempts : (stays[name] ?? -1)

/** Where the history has the change of state that entered a state; no index where it is forgotten. */
export const recordAt = (state: AnyState, node: StateNode): number =>
  state.history.length - 1 - (state.attempts - stayOf(state, node))

/** Marks the record of the work that a state invoked; returns the state as it is where there is none. */
export function settlePending(
  state: AnyState,
  node: StateNode,
  status: TransitionStatus,
  errorMessage = '',
): AnyState {
  const history = settle(state.history, recordAt(state, node), status, errorMessage)
  return history === state.history ? state : Object.freeze({ ...state, history })
}

/** Marks the record of work whose state is left. */
export const leaveRecord = (history: History, index: number, { type }: EventObject): History =>
  settle(history, index, 'FAILED', `Left by ${type} before it had ended.`)

function settle(history: History, index: number, status: TransitionStatus, errorMessage: string): History {
  const record = history[index]
  if (record?.status !== 'PENDING') return history
  const settled = Object.freeze({ ...record, status, errorMessage })
  return Object.freeze([...history.slice(0, index), settled, ...history.slice(index + 1)])
}
