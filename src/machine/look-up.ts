/** What the tables of the current state have for an event. */
import type { Immutable } from '../kit/index.ts'
import type { StateValue } from './cells.ts'
import { activeNodes, isDone } from './configuration.ts'
import type { EventObject } from './definition.ts'
import { firstAgreed, handlersOf } from './guards.ts'
import type { AnyMachine, StateNode, TransitionNode } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import { selectTransitions } from './select-transitions.ts'
import type { Situation } from './targets.ts'

export type AnyState = Immutable<MachineState<StateValue, unknown>>

/** Why an event was not handled: no transition for it, its guard refused, or the state is final. */
export type RefusalReason = 'unhandled' | 'guard' | 'final'

/** What is found for an event: what is to be taken, or why nothing is. */
export type Found = readonly TransitionNode[] | RefusalReason

export const nodeOf = (states: ReadonlyMap<string, StateNode>, name: unknown): StateNode =>
  // The casts hold: a flat machine makes no other states, and its store refuses those that are brought to it.
  states.get(name as string) as StateNode

/** Looks an event up in the tables of the current state, asking the guards and running nothing else. */
export function lookUp(machine: AnyMachine, state: AnyState, event: EventObject): Found {
  if (machine.composed) return lookUpComposed(machine, state, event)
  const node = nodeOf(machine.states, state.current)
  if (node.final) return 'final'
  const transitions = handlersOf(node, event)
  if (transitions === undefined) return 'unhandled'
  const taken = firstAgreed(machine.id, transitions, state.context, event)
  return taken === undefined ? 'guard' : [taken]
}

function lookUpComposed(machine: AnyMachine, state: AnyState, event: EventObject): Found {
  const active = activeIn(machine, state)
  if (isOver(machine, active)) return 'final'
  const { transitions, isKnown } = selectTransitions(situationOf(machine, state, active, event))
  if (transitions.length > 0) return transitions
  return isKnown ? 'guard' : 'unhandled'
}

/** Where a composed machine is in a state of its own. */
export const situationOf = (
  machine: AnyMachine,
  { context, remembered = {} }: AnyState,
  active: ReadonlySet<StateNode>,
  event: EventObject,
): Situation => ({ ...machine, active, context, remembered, event })

/** The states that a machine is in. */
export function activeIn(machine: AnyMachine, { current }: AnyState): ReadonlySet<StateNode> {
  return new Set(activeNodes(machine, current))
}

/** Whether a machine has come to its end. */
export const isOver = ({ root }: AnyMachine, active: ReadonlySet<StateNode>): boolean =>
  root.kind === 'parallel'
    ? isDone(root, active)
    : root.children.some((node) => node.final && active.has(node))
