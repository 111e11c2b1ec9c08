/**
 * Decides, purely, what follows from an event: the next state and its record, or why there is none. The
 * store commits what is decided here; timers and invoked work are started elsewhere (effects.ts).
 */
import type { Immutable } from 'immer'
import { describeValue, HeadgateError, systemClock } from '../kit/index.ts'
import { freezeState, isPromiseLike, runRecipe } from '../store/index.ts'
import type { BareEvent, Cell, EventObject } from './definition.ts'
import type { AnyContextRecipe, Machine, StateNode, TransitionNode } from './machine.ts'
import type { Instant, MachineState, TransitionRecord, TransitionStatus } from './machine-state.ts'

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

const now = (): Instant => ({ tsWall: systemClock.wall(), tsMono: systemClock.mono() })

/**
 * Decides what follows from an event, without a store: pure but for the time.
 *
 * @param at - the time of the record; default now.
 * @throws `EVENT_INVALID`, `RECIPE_ASYNC`, and what a guard or a recipe throws.
 */
export function transition<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
  state: Immutable<MachineState<Cells['state'], Context>>,
  event: Cells['event'] | BareEvent<Cells['event']>,
  at: Instant = now(),
): TransitionResult<Cells['state'], Context> {
  // The casts erase the names, which the caller's types have checked, and put them back.
  const result = decide(machine as AnyMachine, state as AnyState, toEvent(machine.id, event), at)
  return result as TransitionResult<Cells['state'], Context>
}

/** The state that a machine begins in, with the `entry` of its initial state run. */
export function initialState<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
): Immutable<MachineState<Cells['state'], Context>> {
  const context = runRecipes(
    machine.id,
    machine.context,
    [nodeOf(machine, machine.initial).entry],
    INIT_EVENT,
  )
  const state = { current: machine.initial, previous: null, context, history: [], attempts: 0 }
  // The cast gives the names their types; `unknown` because Immutable<> of a type parameter is opaque.
  return freezeState(state) as unknown as Immutable<MachineState<Cells['state'], Context>>
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
  return transitions === undefined ? 'unhandled' : (firstAgreed(transitions, state, event) ?? 'guard')
}

/** Takes the first transition whose guard agrees. */
export function takeFirst(
  machine: AnyMachine,
  state: AnyState,
  transitions: readonly TransitionNode[],
  event: EventObject,
  at: Instant,
): AnyResult {
  const taken = firstAgreed(transitions, state, event)
  if (taken === undefined) return { handled: false, reason: 'guard', state }
  return take(machine, state, taken, event, at)
}

function firstAgreed(
  transitions: readonly TransitionNode[],
  { context }: AnyState,
  event: EventObject,
): TransitionNode | undefined {
  return transitions.find(({ guard }) => guard === undefined || guard(context as never, event as never))
}

/** Marks the record of the work that a state invoked; returns the state as it is where there is none. */
export function settlePending(state: AnyState, status: TransitionStatus, errorMessage = ''): AnyState {
  const pending = state.history.find((record) => record.status === 'PENDING')
  if (pending === undefined) return state
  const settled = Object.freeze({ ...pending, status, errorMessage })
  const history = state.history.map((record) => (record === pending ? settled : record))
  return freezeState({ ...state, history })
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
  const recipes = changes ? [exit, update, entered.entry] : [update]
  const record: TransitionRecord = Object.freeze({
    from: from.current,
    to,
    event: event.type,
    status: changes && entered.invoke !== undefined ? 'PENDING' : 'SUCCESS',
    errorMessage: '',
    tsWall: at.tsWall,
    tsMono: at.tsMono,
  })
  const context = runRecipes(machine.id, from.context, recipes, event)
  if (!changes) {
    const state = context === from.context ? from : Object.freeze({ ...from, context })
    return { handled: true, state, transition: record }
  }
  const left = settlePending(from, 'FAILED', `Left by ${event.type} before it had ended.`)
  // Frozen one by one: the context and the older records are frozen already, and need no walk.
  const state = Object.freeze({
    current: to,
    previous: from.current,
    context,
    history: append(left.history, record, machine.historyLimit),
    attempts: from.attempts + 1,
  })
  return { handled: true, state, transition: record }
}

function append<T>(history: readonly T[], record: T, limit: number): readonly T[] {
  if (limit === 0) return history
  const kept = history.length < limit ? history : history.slice(history.length - limit + 1)
  return Object.freeze([...kept, record])
}

/**
 * Runs recipes on one draft of the context: those of a transition, in order. What they return is not used, so
 * `(d) => d.n++` is fine.
 */
export function runRecipes<Context>(
  machine: string,
  context: Context,
  recipes: readonly (AnyContextRecipe | undefined)[],
  event: EventObject,
): Context {
  if (recipes.every((recipe) => recipe === undefined)) return context
  const all = (draft: never): unknown => {
    for (const recipe of recipes) {
      // A type says void, but an async function passes it: its promise is handed on, to be refused.
      const result: unknown = recipe?.(draft, event as never)
      if (isPromiseLike(result)) return result
    }
    return undefined
  }
  return runRecipe(context, all, machine, false).state as Context
}
