/**
 * What transitions make of a state: the next one, with a record of how the machine came to it.
 *
 * A flat machine, whose states have none inside, goes from one state to another by its tables. A composed one takes a
 * macrostep; see `steps.ts`.
 */
import type { Immutable, Instant } from '../kit/index.ts'
import type { StateValue } from './cells.ts'
import { currentOf, isSameValue } from './configuration.ts'
import type { EventObject } from './definition.ts'
import { type AnyState, activeIn, nodeOf, type RefusalReason, situationOf } from './look-up.ts'
import type { AnyAct, AnyMachine, TransitionNode } from './machine.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'
import type { Acting } from './outbox.ts'
import { runThree } from './recipes.ts'
import { append, leaveRecord, recordAt } from './records.ts'
import { type Steps, stepBy } from './steps.ts'

/** What {@link transition} decided. */
export type TransitionResult<Name extends StateValue, Context> =
  | {
      readonly handled: true
      readonly state: Immutable<MachineState<Name, Context>>
      readonly transition: TransitionRecord<Name>
    }
  | {
      readonly handled: false
      readonly reason: RefusalReason
      readonly state: Immutable<MachineState<Name, Context>>
    }

export type AnyResult = TransitionResult<StateValue, unknown> & {
  /** What is to be done outside of the context; absent where that is nothing. */
  readonly acts?: readonly Acting[] | undefined
}

/** Takes transitions, and all that follows; of a flat machine the one that there is. */
export const take = (
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult =>
  machine.composed
    ? takeComposed(machine, from, transitions, event, at)
    : takeFlat(machine, from, transitions[0] as TransitionNode, event, at)

function takeFlat(
  { states, id, acts, historyLimit }: AnyMachine,
  from: AnyState,
  { to, update, act, reenter }: TransitionNode,
  event: EventObject,
  at: Instant,
): AnyResult {
  const { current } = from
  const left = nodeOf(states, current)
  if (to === undefined || (to === left && !reenter)) {
    const context = runThree(id, from.context, event, update)
    return stayed(from, context, event, at, acts ? actsOf(event, [act]) : undefined)
  }
  const context = runThree(id, from.context, event, left.exit, update, to.entry)
  const transition = recordOf(current, to.name, event, at, to.invoke !== undefined)
  const past =
    left.invoke === undefined ? from.history : leaveRecord(from.history, recordAt(from, left), event)
  // Frozen one by one: the context and the older records are frozen already, and need no walk.
  const state: AnyState = Object.freeze({
    current: to.name,
    previous: current,
    context,
    history: append(past, transition, historyLimit),
    attempts: from.attempts + 1,
  })
  return {
    handled: true,
    state,
    transition,
    acts: acts ? actsOf(event, [left.exitAct, act, to.entryAct]) : undefined,
  }
}

function takeComposed(
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const active = activeIn(machine, from)
  const steps = stepBy(situationOf(machine, from, active, event), transitions)
  const { context, entered, exited, remembered } = steps
  const acts = steps.acts.length > 0 ? steps.acts : undefined
  if (entered.size === 0 && exited.size === 0) return stayed(from, context, event, at, acts)
  const value = currentOf(machine.root, steps.active)
  const current = isSameValue(value, from.current) ? from.current : value
  const invokes = [...entered].some(({ invoke }) => invoke !== undefined)
  const transition = recordOf(from.current, current, event, at, invokes)
  let past = from.history
  for (const node of active) {
    if (exited.has(node) && node.invoke !== undefined) past = leaveRecord(past, recordAt(from, node), event)
  }
  const attempts = from.attempts + 1
  const state: AnyState = Object.freeze({
    current,
    previous: from.current,
    context,
    history: append(past, transition, machine.historyLimit),
    attempts,
    stays: staysOf(steps, from.stays, attempts),
    remembered,
  })
  return { handled: true, state, transition, acts }
}

/** What an event makes of a state that it does not change. */
function stayed(
  from: AnyState,
  context: unknown,
  event: EventObject,
  at: Instant,
  acts: AnyResult['acts'],
): AnyResult {
  // What is to be done needs a commit to follow from.
  const isSame = context === from.context && acts === undefined
  const state = isSame ? from : Object.freeze({ ...from, context })
  return { handled: true, state, transition: recordOf(from.current, from.current, event, at, false), acts }
}

const recordOf = (
  from: StateValue,
  to: StateValue,
  { type }: EventObject,
  { tsWall, tsMono }: Instant,
  isPending: boolean,
): TransitionRecord<StateValue> =>
  Object.freeze({
    from,
    to,
    event: type,
    status: isPending ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall,
    tsMono,
  })

/** What of acts there is, each with the event; undefined for nothing. */
export function actsOf(event: EventObject, acts: readonly (AnyAct | undefined)[]): AnyResult['acts'] {
  const some = acts.flatMap((act) => (act === undefined ? [] : [{ act, event }]))
  return some.length > 0 ? some : undefined
}

/** Which change of state entered each state that is active. */
export function staysOf(
  { active, entered }: Pick<Steps, 'active' | 'entered'>,
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
