/** What a machine does by itself: when a time has come, and when invoked work puts out an item or has ended. */
import type { Instant } from '../kit/index.ts'
import type { EventObject } from './definition.ts'
import type { AnyState } from './look-up.ts'
import type { AnyMachine, StateNode, TransitionNode } from './machine.ts'
import { settleWork } from './settle-work.ts'
import type { AnyResult } from './take.ts'
import { takeFirst } from './transition.ts'
import type { Outcome } from './work.ts'

export interface OwnStep {
  readonly event: EventObject
  decide(state: AnyState, at: Instant): AnyResult
  /** Hears whether it was handled, once it is committed. */
  committed?(isHandled: boolean): void
}

export function elapsedStep(machine: AnyMachine, { after }: StateNode, ms: number): OwnStep {
  const event = { type: `after.${ms}` }
  const taken = after.find((delayed) => delayed.ms === ms)?.transitions ?? []
  return { event, decide: (state, at) => takeFirst(machine, state, taken, event, at) }
}

export function itemStep(machine: AnyMachine, taken: readonly TransitionNode[], value: unknown): OwnStep {
  const event = { type: 'next.invoke', value }
  return { event, decide: (state, at) => takeFirst(machine, state, taken, event, at) }
}

/** @param report - is told what failed that no transition takes up. */
export function endedStep(
  machine: AnyMachine,
  node: StateNode,
  outcome: Outcome,
  isLast: () => boolean,
  report: (error: unknown) => void,
): OwnStep {
  const { invoke } = node
  const event = outcome.done
    ? { type: 'done.invoke', output: outcome.output }
    : { type: 'error.invoke', error: outcome.error }
  const taken = (outcome.done ? invoke?.onDone : invoke?.onError) ?? []
  let failure: { readonly error: unknown } | undefined
  return {
    event,
    decide(state, at) {
      const settled = settleWork(state, node, outcome, isLast())
      failure = undefined
      try {
        return takeFirst(machine, settled, taken, event, at)
      } catch (error) {
        // The work has ended all the same, so its record must not stay PENDING.
        failure = { error }
        return { handled: false, reason: 'guard', state: settled }
      }
    },
    committed(isHandled) {
      // Reported here: what somebody's code threw must not pass for a refusal of this write.
      if (failure !== undefined) report(failure.error)
      // The work's own failure, that no transition takes up.
      else if (!outcome.done && !isHandled) report(outcome.error)
    },
  }
}
