/**
 * What a machine is defined with. The words are XState's (`initial`, `states`, `on`, `target`, `guard`,
 * `entry`, `exit`, `after`, `always`, `invoke`, `reenter`, `type`, `history`); `toXState` writes what its tools load.
 *
 * How the types work: `defineMachine` infers side by side the context, what `types` declares and the literal shape of
 * `states`. The shape is constrained by a mapped type over its own keys (`shapes.ts`), so the parameters of `guard` and
 * `update` are typed from the key they stand under; what it names, its targets above all, is checked beside it
 * (`hints.ts`), and so is what may not stand in it (`refusals.ts`). From the shape a union of {@link Cell}s is computed
 * (`cells.ts`), one for each state with the events that it handles; everything else (`send`, `is`, `transition`) is
 * typed from that union.
 */

import type { Draft } from 'immer'
import type { Subscribable } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import type { Snapshot, Write } from '../store/index.ts'
import type { StateValue } from './cells.ts'
import type { StateTypes, Traffic } from './declared-types.ts'
import type { MachineState } from './machine-state.ts'
import type { SendResult } from './machine-store.ts'

/** An event: a type, and whatever else it carries. */
export interface EventObject {
  readonly type: string
}

/** Decides whether a transition is taken. Pure: it may be called by `can()` as well. */
export type Guard<Context, Event> = (context: Immutable<Context>, event: Event) => boolean

/** An immer recipe on the context, run in the commit of its transition. */
export type ContextRecipe<Context, Event> = (draft: Draft<Context>, event: Event) => void

/** What `run` may do. */
export interface RunTools<Context, Own extends Traffic = Traffic> {
  /** Sends an event. */
  send(event: Own['event'] | BareEvent<Own['event']>, write?: Write): SendResult<StateValue, Context>
  /** Runs a recipe on the context, as `updateContext`. */
  update(recipe: (draft: Draft<Context>) => void, write?: Write): Snapshot<MachineState<StateValue, Context>>
  /** Emits an event on `events$`. */
  emit(event: Own['emitted']): void
}

/**
 * Effects outside the context, once the commit has been published; never for one that was rolled back, nor
 * for a state that comes without an event. If it throws or rejects, that is a fault of phase `'run'`.
 */
export interface Act<Context, Event, Own extends Traffic> {
  /** Does everything that is not a write; receives the context after the commit. */
  readonly run?: (context: Immutable<Context>, event: Event, tools: RunTools<Context, Own>) => unknown
  /** An event for `events$`, or a function that makes one. */
  readonly emit?: Own['emitted'] | ((context: Immutable<Context>, event: Event) => Own['emitted'])
}

/** What `entry` and `exit` do besides their recipe. */
export interface ActDefinition<Context, Event, Own extends Traffic = Traffic>
  extends Act<Context, Event, Own> {
  readonly update?: ContextRecipe<Context, Event>
}

/** What follows from an event. */
export interface TransitionDefinition<Context, Event, Name extends string, Own extends Traffic = Traffic>
  extends Act<Context, Event, Own> {
  /**
   * The state to go to: a sibling, `'.child'`, or `'#id'` of any state with that `id`; each may go on with the names
   * inside, `'ACTIVE.moving'`. Without it the machine stays, and neither `exit` nor `entry` runs.
   */
  readonly target?: Name
  readonly guard?: Guard<Context, Event>
  readonly update?: ContextRecipe<Context, Event>
  /** Whether a transition to the state itself, or to one inside it, leaves and re-enters the state; default false. */
  readonly reenter?: boolean
  readonly description?: string
}

/** A target, a transition, or several: the first whose guard agrees is taken. */
export type TransitionConfig<Context, Event, Name extends string, Own extends Traffic = Traffic> =
  | Name
  | TransitionDefinition<Context, Event, Name, Own>
  | readonly TransitionDefinition<Context, Event, Name, Own>[]

/**
 * The event of that type in a union; every type is in the union of a machine without `types`. A type that is one of
 * several, or fits a template (`'tick.5'` in `` `tick.${number}` ``), has the event narrowed to it.
 */
export type EventNamed<Event extends EventObject, Type extends string> = string extends Event['type']
  ? Type extends string
    ? { type: Type }
    : never
  : Event extends EventObject
    ? Event['type'] extends Type
      ? Event
      : Type extends Event['type']
        ? Event & { readonly type: Type }
        : never
    : never

/** Transitions by the type of their event; those of `'*'` are tried for every event, after the named ones. */
export type TransitionMap<
  Context,
  Event extends EventObject,
  Name extends string,
  Own extends Traffic = Traffic,
> = {
  readonly [Type in Event['type'] | '*']?: TransitionConfig<Context, EventOn<Event, Type>, Name, Own>
}

/** What a key of `on` handles. */
export type EventOn<Event extends EventObject, Type extends string> = Type extends '*'
  ? Event
  : EventNamed<Event, Type>

/** The event of an `after`. */
export type AfterEvent = { readonly type: `after.${number}` }
/** The event of an `onDone`. */
export type DoneEvent<Output = unknown> = { readonly type: 'done.invoke'; readonly output: Output }
/** The event of an `onDone` that belongs to a state with states inside; its output is that of the final one. */
export type DoneStateEvent<Output = unknown> = { readonly type: 'done.state'; readonly output: Output }
/** The event of an `onNext`: an item of the work. */
export type NextEvent<Item = unknown> = { readonly type: 'next.invoke'; readonly value: Item }
/** The event of an `onError`. */
export type ErrorEvent = { readonly type: 'error.invoke'; readonly error: unknown }

/** The event of a child that has come to its end. */
export interface DoneChildEvent<Output = unknown> {
  readonly type: 'done.child'
  /** Which of `children` it is one of. */
  readonly child: string
  readonly key: string
  readonly output: Output
}

/** The event of a child that failed, and is not started again. */
export interface ErrorChildEvent {
  readonly type: 'error.child'
  /** Which of `children` it is one of. */
  readonly child: string
  readonly key: string
  readonly error: unknown
  /** How often it was started again, within the time that counts. */
  readonly restarts: number
}

/** The events that a machine makes by itself; `init` leads into the initial state, and into one that was put. */
export type InternalEvent =
  | { readonly type: 'init' }
  | AfterEvent
  | NextEvent
  | DoneEvent
  | DoneStateEvent
  | ErrorEvent
  | DoneChildEvent
  | ErrorChildEvent

interface Delayed<Context, Name extends string, Own extends Traffic>
  extends TransitionDefinition<Context, AfterEvent, Name, Own> {
  /** Milliseconds in the state, an integer from 0 to 2 147 483 647. */
  readonly ms: number
}

/** One delayed transition, several, or XState's map from milliseconds to transitions. */
export type AfterConfig<Context, Name extends string, Own extends Traffic = Traffic> =
  | Delayed<Context, Name, Own>
  | readonly Delayed<Context, Name, Own>[]
  | { readonly [ms: number]: TransitionConfig<Context, AfterEvent, Name, Own>; readonly ms?: never }

/**
 * The tools of invoked work. They are bound to one visit to the state: once it was left, `update`, `send` and `emit` do
 * nothing, return false, and are counted as `lateWrites`. Writes that work makes through the store itself cannot be
 * recognized, and are never refused.
 */
export interface InvokeTools<Context, Own extends InvokeTypes = InvokeTypes> {
  /** Aborts when the state is left, or the store is destroyed. */
  readonly signal: AbortSignal
  /** The input that the machine store was created with. */
  readonly input: Own['input']
  /** Runs a recipe on the context, as `updateContext`; returns the commit. */
  update(
    recipe: (draft: Draft<Context>) => void,
    write?: Write,
  ): Snapshot<MachineState<StateValue, Context>> | false
  /** Sends an event. */
  send(event: Own['event'] | BareEvent<Own['event']>, write?: Write): SendResult<StateValue, Context> | false
  /** Emits an event on `events$`. */
  emit(event: Own['emitted']): boolean
  /** A signal that aborts when `signal` does, or after so many milliseconds with a `TimeoutError`. */
  deadline(ms: number): AbortSignal
}

type InvokeTypes = Pick<StateTypes, 'event' | 'emitted' | 'input'>

/** A machine store that work waits for; see {@link InvokeDefinition.src}. */
interface InvokedMachine<Output> {
  readonly machine: { readonly states: ReadonlyMap<string, unknown> }
  readonly output: Output | undefined
  destroy(): void
}

/** What work may be. */
export type Work<Item, Output> =
  | PromiseLike<Output>
  | InvokedMachine<Output>
  | Subscribable<Item>
  | AsyncIterable<Item, Output | undefined | void>

/** Work that runs while the machine is in a state. */
export interface InvokeDefinition<
  Context,
  Event extends EventObject,
  Name extends string,
  Own extends StateTypes = StateTypes,
> {
  /**
   * Starts the work: a promise, an Observable, an async iterable, or a machine store, which is destroyed when the state
   * is left and whose output is that of its machine. Leaving the state aborts the signal and ends what can be ended; a
   * later result is not used.
   */
  readonly src: (
    context: Immutable<Context>,
    event: Event | InternalEvent,
    tools: InvokeTools<Context, Own>,
  ) => Work<Own['item'], Own['output']>
  /**
   * Taken for each item of an Observable or an async iterable; an iterable is asked for the next item only afterwards.
   * Slow down a source that is too fast: `source$.pipe(backpressure(batch({ ms: 50 })))`.
   */
  readonly onNext?: TransitionConfig<Context, NextEvent<Own['item']>, Name, Own>
  readonly onDone?: TransitionConfig<Context, DoneEvent<Own['output']>, Name, Own>
  /** Without it, or if all its guards refuse, the rejection of the work is a fault of phase `'invoke'`. */
  readonly onError?: TransitionConfig<Context, ErrorEvent, Name, Own>
  /**
   * What happens to work that was running when its process ended, once a journal has restored the state: it
   * starts again, or fails with the message `interrupted`. Default `'fail'`.
   */
  readonly onRestore?: 'restart' | 'fail'
}

/** What a machine waits for; it does nothing by itself. */
export interface Waiting {
  /** What an answer must be: a JSON Schema, or a schema with `~standard`, as those of zod are. */
  readonly schema?: object
  /** How long an answer is accepted, in milliseconds since the state was entered, restarts included; from 0. */
  readonly expiresMs?: number
}

/** One state. */
export interface StateDefinition<
  Context,
  Event extends EventObject,
  Name extends string,
  Own extends StateTypes = StateTypes,
> {
  readonly on?: TransitionMap<Context, Event, Name, Own>
  /** Runs when the state is entered, even as the initial one; after `exit` and `update`. */
  readonly entry?:
    | ContextRecipe<Context, Event | InternalEvent>
    | ActDefinition<Context, Event | InternalEvent, Own>
  /** Runs when the state is left; before `update` and `entry`. */
  readonly exit?:
    | ContextRecipe<Context, Event | InternalEvent>
    | ActDefinition<Context, Event | InternalEvent, Own>
  readonly after?: AfterConfig<Context, Name, Own>
  /** Taken without an event, as soon as a guard passes; checked after each event until none does. */
  readonly always?: TransitionConfig<Context, Event | InternalEvent, Name, Own>
  readonly invoke?: InvokeDefinition<Context, Event, Name, Own>
  /** Marks a state in which the machine waits for an answer; see `interruptsOf` of `headgate/agents`. */
  readonly waiting?: Waiting
  /**
   * In a `parallel` state all nested states are active at once. A `final` state at the top level is never left; inside
   * another state it ends that one, whose `onDone` is taken. `history` is a target that leads back to where its
   * parent was left.
   */
  readonly type?: 'parallel' | 'final' | 'history'
  /** The states inside; `initial` is then needed, unless the state is parallel. */
  readonly initial?: string
  /** Taken when the nested states have ended. */
  readonly onDone?: TransitionConfig<Context, DoneStateEvent<Own['output']>, Name, Own>
  /** For a final state: its output, computed from the context. */
  readonly output?: (context: Immutable<Context>) => Own['end']
  /** For a history state: whether only the child is remembered (the default), or the states inside it too. */
  readonly history?: 'shallow' | 'deep'
  /** For a history state: where it leads while there is nothing to remember; default the parent's `initial`. */
  readonly target?: string
  /** A name for targets anywhere: `'#id'`. */
  readonly id?: string
  /** Labels that several states can share: `store.hasTag('busy')`. */
  readonly tags?: readonly string[]
  readonly description?: string
  readonly meta?: unknown
}

/** An event without a payload may be sent as its type alone. */
export type BareEvent<Event extends EventObject> = Event extends EventObject
  ? Record<never, never> extends Omit<Event, 'type'>
    ? Event['type']
    : never
  : never
