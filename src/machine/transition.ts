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
import { currentOf } from './configuration.ts'
import type { InputParameter, Ports } from './declared-types.ts'
import type { BareEvent, EventObject } from './definition.ts'
import { firstContext } from './first-context.ts'
import { firstAgreed } from './guards.ts'
import { type AnyState, lookUp, nodeOf, type RefusalReason } from './look-up.ts'
import type { AnyMachine, Machine, StateNode, TransitionNode } from './machine.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'
import type { Acting } from './outbox.ts'
import { runThree } from './recipes.ts'
import { append, leaveRecord, recordAt } from './records.ts'
import { actsOf, NONE, staysOf, stepOf } from './step.ts'
import { begin } from './steps.ts'

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

/**
 * The state that a machine begins in, with the `entry` of its initial state run.
 *
 * @param input - what its first context is made of, where a function makes it.
 */
export function initialState<Context, Cells extends Cell, Io extends Ports>(
  machine: Machine<Context, Cells, Io>,
  ...[input]: InputParameter<Io['input']>
): Immutable<MachineState<Cells['state'], Context>> {
  // The casts erase the names and types, which are all in the definition, and put them back.
  const { state } = beginning(machine as AnyMachine, input)
  return state as unknown as Immutable<MachineState<Cells['state'], Context>>
}

/** What a machine begins with: its first state, and what is to be done outside of the context. */
export interface Beginning {
  readonly state: AnyState
  readonly acts: readonly Acting[]
}

/** @param input - what the first context is made of. */
export function beginning(machine: AnyMachine, input: unknown): Beginning {
  const first = firstContext(machine, input)
  const shared = { previous: null, history: Object.freeze([]), attempts: 0 }
  if (!machine.composed) {
    const { name, entry, entryAct } = nodeOf(machine, machine.initial)
    const context = runThree(machine.id, first, INIT_EVENT, entry)
    const acts = machine.acts ? actsOf(INIT_EVENT, [entryAct]) : NONE
    return { state: Object.freeze({ current: name, context, ...shared }), acts }
  }
  const steps = begin(machine, first, INIT_EVENT)
  const { context, remembered, acts } = steps
  const current = currentOf(machine.root, steps.active)
  const stays = staysOf(steps, undefined, 0)
  return { state: Object.freeze({ current, context, ...shared, stays, remembered }), acts }
}

/** @throws `EVENT_INVALID` for what is neither a type nor an object with one. */
export function toEvent(machine: string, event: unknown): EventObject {
  if (typeof event === 'string') return { type: event }
  if (typeof event === 'object' && event !== null && typeof (event as EventObject).type === 'string') {
    return event as EventObject
  }
  throw new HeadgateError('EVENT_INVALID', { machine, received: describeValue(event) })
}

/** Takes what the tables of the current state have for an event. */
export function decide(machine: AnyMachine, state: AnyState, event: EventObject, at: Instant): AnyResult {
  const found = lookUp(machine, state, event)
  return typeof found === 'string'
    ? { handled: false, reason: found, state }
    : take(machine, state, found, event, at)
}

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
  return take(machine, state, [taken], event, at)
}

/** Takes what needs no event, after the context has changed by itself. */
export function takeEventless(
  machine: AnyMachine,
  state: AnyState,
  event: EventObject,
  at: Instant,
): Pick<AnyResult, 'state' | 'acts'> {
  return machine.eventless ? take(machine, state, [], event, at) : { state }
}

/** Takes transitions, and all that follows. */
function take(
  machine: AnyMachine,
  from: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const { current, context, left, entered, changes, acts, more } = stepOf(machine, from, transitions, event)
  const record: TransitionRecord<StateValue> = Object.freeze({
    from: from.current,
    to: current,
    event: event.type,
    status: someInvokes(entered) ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall: at.tsWall,
    tsMono: at.tsMono,
  })
  if (!changes) {
    // What is to be done needs a commit to follow from.
    const state = context === from.context && acts.length === 0 ? from : Object.freeze({ ...from, context })
    return { handled: true, state, transition: record, acts: acts.length > 0 ? acts : undefined }
  }
  let past = from.history
  for (const node of left) {
    if (node.invoke !== undefined) past = leaveRecord(past, recordAt(from, node), event)
  }
  // Frozen one by one: the context and the older records are frozen already, and need no walk.
  const state = Object.freeze({
    current,
    previous: from.current,
    context,
    history: append(past, record, machine.historyLimit),
    attempts: from.attempts + 1,
    ...more,
  })
  return { handled: true, state, transition: record, acts: acts.length > 0 ? acts : undefined }
}

function someInvokes(nodes: Iterable<StateNode>): boolean {
  for (const { invoke } of nodes) if (invoke !== undefined) return true
  return false
}
