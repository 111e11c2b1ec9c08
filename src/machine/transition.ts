/**
 * Decides what follows from an event, without a store.
 *
 * What an event finds in the tables is taken, and makes a state with a record; see `take.ts`.
 */
import {
  describeValue,
  HeadgateError,
  type Immutable,
  type Instant,
  instantOf,
  systemClock,
} from '../kit/index.ts'
import type { Cell } from './cells.ts'
import { currentOf } from './configuration.ts'
import type { InputParameter, Ports } from './declared-types.ts'
import type { BareEvent, EventObject } from './definition.ts'
import { firstContext } from './first-context.ts'
import { firstAgreed } from './guards.ts'
import { type AnyState, lookUp, nodeOf } from './look-up.ts'
import type { AnyMachine, Machine, TransitionNode } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import { runThree } from './recipes.ts'
import { begin } from './steps.ts'
import { type AnyResult, actsOf, staysOf, type TransitionResult, take } from './take.ts'

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
export type Beginning = Pick<AnyResult, 'state' | 'acts'>

/** @param input - what the first context is made of. */
export function beginning(machine: AnyMachine, input: unknown): Beginning {
  const first = firstContext(machine, input)
  const [previous, history, attempts] = [null, Object.freeze([]), 0]
  if (!machine.composed) {
    const { name, entry, entryAct } = nodeOf(machine.states, machine.initial)
    const context = runThree(machine.id, first, INIT_EVENT, entry)
    const state = Object.freeze({ current: name, previous, context, history, attempts })
    return { state, acts: actsOf(INIT_EVENT, [entryAct]) }
  }
  const steps = begin({ ...machine, active: new Set(), context: first, remembered: {}, event: INIT_EVENT })
  const { context, remembered, acts } = steps
  const current = currentOf(machine.root, steps.active)
  const stays = staysOf(steps, undefined, attempts)
  const state = Object.freeze({ current, previous, context, history, attempts, stays, remembered })
  return { state, acts }
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
): Beginning {
  return machine.eventless ? take(machine, state, [], event, at) : { state }
}
