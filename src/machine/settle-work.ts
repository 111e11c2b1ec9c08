import { messageOf } from '../kit/index.ts'
import type { AnyState } from './look-up.ts'
import type { StateNode } from './machine.ts'
import { settlePending } from './records.ts'
import type { Outcome } from './work.ts'

/** Marks the record of work that has ended. */
export function settleWork(state: AnyState, node: StateNode, outcome: Outcome, isLast: boolean): AnyState {
  if (!outcome.done) return settlePending(state, node, 'FAILED', messageOf(outcome.error))
  // One that began other work too has not succeeded before all of it has.
  return isLast ? settlePending(state, node, 'SUCCESS') : state
}
