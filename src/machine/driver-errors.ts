import { describeValue, HeadgateError } from '../kit/index.ts'
import { valueText } from './configuration.ts'
import type { EventObject } from './definition.ts'
import { type AnyState, activeIn } from './look-up.ts'
import type { AnyMachine } from './machine.ts'

/** Of a state that is none of the machine's. */
export const unknownStateError = (machine: AnyMachine, current: unknown): HeadgateError =>
  new HeadgateError('STATE_UNKNOWN', {
    machine: machine.id,
    received: describeValue(current),
    states: [...machine.states.keys()],
  })

/** Of an event that a strict machine did not handle. */
export function unhandledError(
  machine: AnyMachine,
  state: AnyState,
  { type }: EventObject,
  reason: 'unhandled' | 'guard' | 'final',
): HeadgateError {
  const types = [...activeIn(machine, state)].flatMap(({ on }) => [...on.keys()])
  return new HeadgateError('EVENT_UNHANDLED', {
    machine: machine.id,
    state: valueText(state.current),
    event: type,
    reason,
    allowed: [...new Set(types.filter((each) => each !== '*'))],
  })
}
