/**
 * Decides, purely, what follows from an event: the next state and its record, or why there is none. The
 * store commits what is decided here; timers and invoked work are started elsewhere (effects.ts).
 */
import type { Immutable } from '../kit/index.ts'
import {
  deferredOf,
  describeValue,
  HeadgateError,
  type Instant,
  instantOf,
  systemClock,
} from '../kit/index.ts'
import { runRecipe } from '../store/index.ts'
import type { BareEvent, Cell, EventObject } from './definition.ts'
import type { AnyContextRecipe, Machine, StateNode, TransitionNode } from './machine.ts'
import type { MachineState, TransitionRecord, TransitionStatus } from './machine-state.ts'

/** Why an event was not handled: no transition for it, its guard refused, or the state is final. */
export type RefusalReason = 'unhandled' | 'guard' | 'final'

/** What {@link transition} decided. */
export type TransitionResult<Name extends string, Context> =
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
export type AnyState = Immutable<MachineState<string, unknown>>
export type AnyResult = TransitionResult<string, unknown>

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
  const context = runRecipes(machine.id, machine.context, INIT_EVENT, nodeOf(machine, machine.initial).entry)
  const history = Object.freeze([])
  const state = Object.freeze({ current: machine.initial, previous: null, context, history, attempts: 0 })
  // The cast gives the names their types; `unknown` because Immutable<> of a type parameter is opaque.
  return state as unknown as Immutable<MachineState<Cells['state'], Context>>
}

/** @throws `EVENT_INVALID` for what is neither a type nor an object with one. */
export function toEvent(machine: string, event: unknown): EventObject {
  if (typeof event === 'string') return { type: event }
  if (typeof event === 'object' && event !== null && typeof (event as EventObject).type === 'string') {
    return event as EventObject
  }
  throw new HeadgateError('EVENT_INVALID', { machine, received: describeValue(event) })
}

export function nodeOf(machine: { states: ReadonlyMap<string, StateNode> }, name: string): StateNode {
  // The cast holds: a machine makes no other states, and its store refuses those that are brought to it.
  return machine.states.get(name) as StateNode
}

/** Takes what the table of the current state has for an event. */
export function decide(machine: AnyMachine, state: AnyState, event: EventObject, at: Instant): AnyResult {
  const found = lookUp(machine, state, event)
  if (typeof found === 'string') return { handled: false, reason: found, state }
  return take(machine, state, found, event, at)
}

/** Looks an event up in the table of the current state, asking the guards and running nothing else. */
export function lookUp(
  machine: AnyMachine,
  state: AnyState,
  event: EventObject,
): TransitionNode | RefusalReason {
  const node = nodeOf(machine, state.current)
  if (node.final) return 'final'
  const transitions = node.on.get(event.type)
  return transitions === undefined
    ? 'unhandled'
    : (firstAgreed(machine.id, transitions, state, event) ?? 'guard')
}

/** Takes the first transition whose guard agrees. */
export function takeFirst(
  machine: AnyMachine,
  state: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const taken = firstAgreed(machine.id, transitions, state, event)
  if (taken === undefined) return { handled: false, reason: 'guard', state }
  return take(machine, state, taken, event, at)
}

function firstAgreed(
  machine: string,
  transitions: readonly TransitionNode[],
  { context }: AnyState,
  event: EventObject,
): TransitionNode | undefined {
  for (const transition of transitions) {
    const { guard } = transition
    if (guard === undefined) return transition
    const agreed: unknown = guard(context as never, event as never)
    const returned = deferredOf(agreed)
    if (returned !== undefined)
      throw new HeadgateError('GUARD_ASYNC', { machine, event: event.type, returned })
    if (agreed) return transition
  }
  return undefined
}

/** Marks the record of the work that a state invoked, the newest; returns the state as it is where there is none. */
export function settlePending(state: AnyState, status: TransitionStatus, errorMessage = ''): AnyState {
  const history = settleNewest(state.history, status, errorMessage)
  return history === state.history ? state : Object.freeze({ ...state, history })
}

type History = readonly TransitionRecord[]

function settleNewest(history: History, status: TransitionStatus, errorMessage: string): History {
  const newest = history[history.length - 1]
  if (newest?.status !== 'PENDING') return history
  return Object.freeze([...history.slice(0, -1), Object.freeze({ ...newest, status, errorMessage })])
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
  const record: TransitionRecord = Object.freeze({
    from: from.current,
    to,
    event: event.type,
    status: changes && entered.invoke !== undefined ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall: at.tsWall,
    tsMono: at.tsMono,
  })
  const context = changes
    ? runRecipes(machine.id, from.context, event, exit, update, entered.entry)
    : runRecipes(machine.id, from.context, event, update)
  if (!changes) {
    const state = context === from.context ? from : Object.freeze({ ...from, context })
    return { handled: true, state, transition: record }
  }
  const past = settleNewest(from.history, 'FAILED', `Left by ${event.type} before it had ended.`)
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

/**
 * Runs recipes on one draft of the context: those of a transition, in order. What they return is not used, so
 * `(d) => d.n++` is fine.
 */
export function runRecipes<Context>(
  machine: string,
  context: Context,
  event: EventObject,
  first: AnyContextRecipe | undefined,
  second?: AnyContextRecipe | undefined,
  third?: AnyContextRecipe | undefined,
): Context {
  // Most transitions have none, and pay for none.
  if (first === undefined && second === undefined && third === undefined) return context
  const all = (draft: never): unknown => {
    for (const recipe of [first, second, third]) {
      // A type says void, but an async function passes it: what it returned is handed on, to be refused.
      const result: unknown = recipe?.(draft, event as never)
      if (deferredOf(result) !== undefined) return result
    }
    return undefined
  }
  const options = { store: machine, subject: `machine "${machine}"`, operation: 'a recipe', freeze: true }
  return runRecipe(context, all, options) as Context
}
