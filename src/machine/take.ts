/** What transitions make of a state: of a flat machine from its tables, of a composed one by a macrostep. */
import type { StateValue } from './cells.ts'
import { currentOf, isSameValue } from './configuration.ts'
import type { EventObject } from './definition.ts'
import { type AnyState, activeIn, nodeOf } from './look-up.ts'
import type { AnyAct, AnyMachine, StateNode, TransitionNode } from './machine.ts'
import type { Acting } from './outbox.ts'
import { runThree } from './recipes.ts'
import { type Steps, stepBy } from './steps.ts'

/** What transitions make of a state, before there is a record of them. */
export interface Step {
  readonly current: StateValue
  readonly context: unknown
  /** What is left and what is entered; nothing of either where the state does not change. */
  readonly left: Iterable<StateNode>
  readonly entered: Iterable<StateNode>
  readonly changes: boolean
  readonly acts: readonly Acting[]
  /** What only the state of a composed machine has. */
  readonly more?: Pick<AnyState, 'stays' | 'remembered'>
}

/** Takes transitions; of a flat machine the one that there is. */
export const stepOf = (
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
): Step =>
  machine.composed
    ? stepOfComposed(machine, from, transitions, event)
    : stepOfFlat(machine, from, transitions[0] as TransitionNode, event)

/** A flat machine goes from one state to another. */
function stepOfFlat(
  machine: AnyMachine,
  { current, context }: AnyState,
  { target, update, act, reenter }: TransitionNode,
  event: EventObject,
): Step {
  const left = nodeOf(machine, current)
  if (target === undefined || (target === current && !reenter)) {
    const updated = runThree(machine.id, context, event, update)
    return {
      current,
      context: updated,
      left: NONE,
      entered: NONE,
      changes: false,
      acts: machine.acts ? actsOf(event, [act]) : NONE,
    }
  }
  const entered = nodeOf(machine, target)
  return {
    current: target,
    context: runThree(machine.id, context, event, left.exit, update, entered.entry),
    left: left.line,
    entered: entered.line,
    changes: true,
    acts: machine.acts ? actsOf(event, [left.exitAct, act, entered.entryAct]) : NONE,
  }
}

export const NONE: readonly never[] = Object.freeze([])

/** What of acts there is, each with the event. */
export const actsOf = (event: EventObject, acts: readonly (AnyAct | undefined)[]): readonly Acting[] =>
  acts.flatMap((act) => (act === undefined ? [] : [{ act, event }]))

function stepOfComposed(
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
): Step {
  const active = activeIn(machine, from)
  const before = { active, context: from.context, remembered: from.remembered ?? {} }
  const steps = stepBy(machine, before, transitions, event)
  const value = currentOf(machine.root, steps.active)
  const { context, entered, exited, remembered, acts } = steps
  return {
    current: isSameValue(value, from.current) ? from.current : value,
    context,
    left: [...active].filter((node) => exited.has(node)),
    entered,
    changes: entered.size > 0 || exited.size > 0,
    acts,
    more: { stays: staysOf(steps, from.stays, from.attempts + 1), remembered },
  }
}

/** Which change of state entered each state that is active. */
export function staysOf(
  { active, entered }: Steps,
  before: AnyState['stays'],
  attempts: number,
): Readonly<Record<string, number>> {
  const stays: Record<string, number> = {}
  for (const node of active) {
    const stay = entered.has(node) ? undefined : before?.[node.name]
    stays[node.name] = stay ?? attempts
  }
  return Object.freeze(stays)
}
