/**
 * Decides what follows from an event, without a store.
 *
 * A flat machine, whose states have none inside, is decided here from the table of its state. One that is composed is
 * decided by `steps.ts`; what both make of it, a state with a record, is made here.
 */
import {
  describeValue,
  HeadgateError,
  type Immutable,
  type Instant,
  instantOf,
  systemClock,
} from '../kit/index.ts'
import type { Cell, StateValue } from './cells.ts'
import { activeNodes, currentOf, isDone, isSameValue } from './configuration.ts'
import type { BareEvent, EventObject } from './definition.ts'
import { firstAgreed } from './guards.ts'
import type { Machine, StateNode, TransitionNode } from './machine.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'
import { runThree } from './recipes.ts'
import { leaveRecord, recordAt } from './records.ts'
import { selectTransitions } from './select-transitions.ts'
import { begin, type Steps, stepBy } from './steps.ts'

/** Why an event was not handled: no transition for it, its guard refused, or the state is final. */
export type RefusalReason = 'unhandled' | 'guard' | 'final'

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

export type AnyMachine = Machine<unknown, Cell>
export type AnyState = Immutable<MachineState<StateValue, unknown>>
export type AnyResult = TransitionResult<StateValue, unknown>

/** The event that a machine begins with: what `entry` and `invoke` of the initial state are given. */
export const INIT_EVENT: EventObject = Object.freeze({ type: 'init' })

/**
 * Decides what follows from an event, without a store: pure but for the time.
 *
 * @param at - the time of the record; default now.
 * @throws `EVENT_INVALID`, `RECIPE_ASYNC`, `GUARD_ASYNC`, and what a guard or a recipe throws.
 */
export function transition<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
  state: Immutable<MachineState<Cells['state'], Context>>,
  event: Cells['event'] | BareEvent<Cells['event']>,
  at: Instant = instantOf(systemClock),
): TransitionResult<Cells['state'], Context> {
  // The casts erase the names, which the caller's types have checked, and put them back.
  const result = decide(machine as AnyMachine, state as AnyState, toEvent(machine.id, event), at)
  return result as TransitionResult<Cells['state'], Context>
}

/** The state that a machine begins in, with the `entry` of its initial state run. */
export function initialState<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
): Immutable<MachineState<Cells['state'], Context>> {
  const history = Object.freeze([])
  const state = machine.composed
    ? initialOfComposed(machine as AnyMachine)
    : {
        current: machine.initial,
        previous: null,
        context: runThree(machine.id, machine.context, INIT_EVENT, nodeOf(machine, machine.initial).entry),
        history,
        attempts: 0,
      }
  // The cast gives the names their types; `unknown` because Immutable<> of a type parameter is opaque.
  return Object.freeze(state) as unknown as Immutable<MachineState<Cells['state'], Context>>
}

function initialOfComposed(machine: AnyMachine): AnyState {
  const steps = begin(machine, machine.context, INIT_EVENT)
  return {
    current: currentOf(machine.root, steps.active),
    previous: null,
    context: steps.context,
    history: Object.freeze([]),
    attempts: 0,
    stays: staysOf(steps, undefined, 0),
    remembered: steps.remembered,
  }
}

/** @throws `EVENT_INVALID` for what is neither a type nor an object with one. */
export function toEvent(machine: string, event: unknown): EventObject {
  if (typeof event === 'string') return { type: event }
  if (typeof event === 'object' && event !== null && typeof (event as EventObject).type === 'string') {
    return event as EventObject
  }
  throw new HeadgateError('EVENT_INVALID', { machine, received: describeValue(event) })
}

export function nodeOf(machine: { states: ReadonlyMap<string, StateNode> }, name: unknown): StateNode {
  // The casts hold: a flat machine makes no other states, and its store refuses those that are brought to it.
  return machine.states.get(name as string) as StateNode
}

/** What is found for an event: what is to be taken, or why nothing is. */
type Found = TransitionNode | readonly TransitionNode[] | RefusalReason

/** Takes what the tables of the current state have for an event. */
export function decide(machine: AnyMachine, state: AnyState, event: EventObject, at: Instant): AnyResult {
  const found = lookUp(machine, state, event)
  if (typeof found === 'string') return { handled: false, reason: found, state }
  return 'source' in found
    ? take(machine, state, found, event, at)
    : takeAll(machine, state, found, event, at)
}

/** Looks an event up in the tables of the current state, asking the guards and running nothing else. */
export function lookUp(machine: AnyMachine, state: AnyState, event: EventObject): Found {
  if (machine.composed) return lookUpComposed(machine, state, event)
  const node = nodeOf(machine, state.current)
  if (node.final) return 'final'
  const transitions = node.on.get(event.type) ?? node.any
  return transitions === undefined
    ? 'unhandled'
    : (firstAgreed(machine.id, transitions, state.context, event) ?? 'guard')
}

function lookUpComposed(machine: AnyMachine, state: AnyState, event: EventObject): Found {
  const active = activeIn(machine, state)
  if (isOver(machine, active)) return 'final'
  const situation = { ...machine, active, remembered: state.remembered ?? {} }
  const asked = { machine: machine.id, context: state.context, event }
  const { transitions, isKnown } = selectTransitions(situation, asked)
  if (transitions.length > 0) return transitions
  return isKnown ? 'guard' : 'unhandled'
}

/** The states that a machine is in. */
export function activeIn(machine: AnyMachine, { current }: AnyState): ReadonlySet<StateNode> {
  return new Set(activeNodes(machine, current))
}

/** Whether a machine has come to its end. */
export const isOver = ({ root }: AnyMachine, active: ReadonlySet<StateNode>): boolean =>
  root.kind === 'parallel'
    ? isDone(root, active)
    : root.children.some((node) => node.final && active.has(node))

/** Takes the first transition whose guard agrees. */
export function takeFirst(
  machine: AnyMachine,
  state: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const taken = firstAgreed(machine.id, transitions, state.context, event)
  if (taken === undefined) return { handled: false, reason: 'guard', state }
  return machine.composed
    ? takeAll(machine, state, [taken], event, at)
    : take(machine, state, taken, event, at)
}

/** Takes what needs no event, after the context has changed by itself. */
export function takeEventless(
  machine: AnyMachine,
  state: AnyState,
  event: EventObject,
  at: Instant,
): AnyState {
  return machine.eventless ? takeAll(machine, state, [], event, at).state : state
}

function take(
  machine: AnyMachine,
  from: AnyState,
  { target, update, reenter }: TransitionNode,
  event: EventObject,
  at: Instant,
): AnyResult {
  const to = target ?? from.current
  const changes = to !== from.current || reenter
  const entered = nodeOf(machine, to)
  const { exit } = nodeOf(machine, from.current)
  const record: TransitionRecord<StateValue> = Object.freeze({
    from: from.current,
    to,
    event: event.type,
    status: changes && entered.invoke !== undefined ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall: at.tsWall,
    tsMono: at.tsMono,
  })
  const context = changes
    ? runThree(machine.id, from.context, event, exit, update, entered.entry)
    : runThree(machine.id, from.context, event, update)
  if (!changes) {
    const state = context === from.context ? from : Object.freeze({ ...from, context })
    return { handled: true, state, transition: record }
  }
  const past = leaveRecord(from.history, from.history.length - 1, event)
  // Frozen one by one: the context and the older records are frozen already, and need no walk.
  const state = Object.freeze({
    current: to,
    previous: from.current,
    context,
    history: append(past, record, machine.historyLimit),
    attempts: from.attempts + 1,
  })
  return { handled: true, state, transition: record }
}

/**
 * A spread and `shift`, not `slice`: V8 spreads a frozen array of 64 in 0.15 µs and takes 2 µs to slice it.
 */
function append<T>(history: readonly T[], record: T, limit: number): readonly T[] {
  // A list of its own all the same: each change of state is known by the history that it made.
  if (limit === 0) return Object.freeze([])
  const longer = [...history, record]
  if (longer.length === limit + 1) longer.shift()
  else if (longer.length > limit) longer.splice(0, longer.length - limit)
  return Object.freeze(longer)
}

/** Takes transitions of a composed machine, and all that follows. */
function takeAll(
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const active = activeIn(machine, from)
  const remembered = from.remembered ?? {}
  const steps = stepBy(machine, { active, context: from.context, remembered }, transitions, event)
  const value = currentOf(machine.root, steps.active)
  const current = isSameValue(value, from.current) ? from.current : value
  const changes = steps.entered.size > 0 || steps.exited.size > 0
  const record: TransitionRecord<StateValue> = Object.freeze({
    from: from.current as StateValue,
    to: current as StateValue,
    event: event.type,
    status: [...steps.entered].some(({ invoke }) => invoke !== undefined) ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall: at.tsWall,
    tsMono: at.tsMono,
  })
  if (!changes) {
    const state = steps.context === from.context ? from : Object.freeze({ ...from, context: steps.context })
    return { handled: true, state, transition: record }
  }
  const attempts = from.attempts + 1
  let past: AnyState['history'] = from.history
  for (const node of active) {
    if (steps.exited.has(node) && node.invoke !== undefined)
      past = leaveRecord(past, recordAt(from, node), event)
  }
  const state: AnyState = Object.freeze({
    current,
    previous: from.current,
    context: steps.context,
    history: append(past, record, machine.historyLimit),
    attempts,
    stays: staysOf(steps, from.stays, attempts),
    remembered: steps.remembered,
  })
  return { handled: true, state, transition: record }
}

/** Which change of state entered each state that is active. */
function staysOf(
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
