/**
 * What a machine is defined with. The words are XState's (`initial`, `states`, `on`, `target`, `guard`,
 * `entry`, `exit`, `after`, `invoke`, `reenter`); `toXState` writes what its tools load.
 *
 * How the types work: `defineMachine` infers three things side by side, the context, the union of events
 * (from `types`) and the literal shape of `states`. The shape is constrained by a mapped type over its own
 * keys, so a target can be checked against the names of the states, and the parameters of `guard` and
 * `update` are typed from the key they stand under. From the shape a union of {@link Cell}s is computed,
 * one for each state with the events that it handles; everything else (`send`, `is`, `transition`) is
 * typed from that union.
 */
import type { Draft } from 'immer'
import type { Immutable } from '../kit/index.ts'
import type { Snapshot, Write } from '../store/index.ts'
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

/** What follows from an event. */
export interface TransitionDefinition<Context, Event, Name extends string> {
  /** The state to go to; without it the machine stays, and neither `exit` nor `entry` runs. */
  readonly target?: Name
  readonly guard?: Guard<Context, Event>
  readonly update?: ContextRecipe<Context, Event>
  /** Whether a transition whose `target` is the own state leaves and enters it; default false. */
  readonly reenter?: boolean
  readonly description?: string
}

/** A target, a transition, or several: the first whose guard agrees is taken. */
export type TransitionConfig<Context, Event, Name extends string> =
  | Name
  | TransitionDefinition<Context, Event, Name>
  | readonly TransitionDefinition<Context, Event, Name>[]

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

/** Transitions by the type of their event. */
export type TransitionMap<Context, Event extends EventObject, Name extends string> = {
  readonly [Type in Event['type']]?: TransitionConfig<Context, EventNamed<Event, Type>, Name>
}

/** The event of an `after`. */
export type AfterEvent = { readonly type: `after.${number}` }
/** The event of an `onDone`. */
export type DoneEvent<Output = unknown> = { readonly type: 'done.invoke'; readonly output: Output }
/** The event of an `onError`. */
export type ErrorEvent = { readonly type: 'error.invoke'; readonly error: unknown }
/** The events that a machine makes by itself; `init` leads into the initial state, and into one that was put. */
export type InternalEvent = { readonly type: 'init' } | AfterEvent | DoneEvent | ErrorEvent

interface Delayed<Context, Name extends string> extends TransitionDefinition<Context, AfterEvent, Name> {
  /** Milliseconds in the state, an integer from 0 to 2 147 483 647. */
  readonly ms: number
}

/** One delayed transition, several, or XState's map from milliseconds to transitions. */
export type AfterConfig<Context, Name extends string> =
  | Delayed<Context, Name>
  | readonly Delayed<Context, Name>[]
  | { readonly [ms: number]: TransitionConfig<Context, AfterEvent, Name>; readonly ms?: never }

/**
 * What invoked work is given. `update` and `send` are bound to this stay in the state: once it was left they write
 * nothing, return false, and are counted as `lateWrites`. What work writes through the store itself cannot be told
 * from anybody's writes, and is never refused.
 */
export interface InvokeTools<Context, Event extends EventObject> {
  /** Aborts when the state is left, or the store is destroyed. */
  readonly signal: AbortSignal
  /** Runs a recipe on the context, as `updateContext`; returns the commit. */
  update(
    recipe: (draft: Draft<Context>) => void,
    write?: Write,
  ): Snapshot<MachineState<string, Context>> | false
  /** Sends an event. */
  send(event: Event | BareEvent<Event>, write?: Write): SendResult<string, Context> | false
}

/** Work that runs while the machine is in a state. */
export interface InvokeDefinition<Context, Event extends EventObject, Name extends string, Output = unknown> {
  /** Starts the work. Leaving the state aborts the signal; a result that comes later is not used. */
  readonly src: (
    context: Immutable<Context>,
    event: Event | InternalEvent,
    tools: InvokeTools<Context, Event>,
  ) => Promise<Output>
  readonly onDone?: TransitionConfig<Context, DoneEvent<Output>, Name>
  /** Where there is none, or all its guards refuse, what the work rejects with is a fault of phase `'invoke'`. */
  readonly onError?: TransitionConfig<Context, ErrorEvent, Name>
}

/** What the work of a state resolves to, by the names of states; `unknown` where `types` does not say. */
export type OutputOf<Outputs, Name> = Name extends keyof Outputs ? Outputs[Name] : unknown

/** One state. */
export interface StateDefinition<Context, Event extends EventObject, Name extends string, Output = unknown> {
  readonly on?: TransitionMap<Context, Event, Name>
  /** Runs when the state is entered, also as the initial one; after `exit` and `update`. */
  readonly entry?: ContextRecipe<Context, Event | InternalEvent>
  /** Runs when the state is left; before `update` and `entry`. */
  readonly exit?: ContextRecipe<Context, Event | InternalEvent>
  readonly after?: AfterConfig<Context, Name>
  readonly invoke?: InvokeDefinition<Context, Event, Name, Output>
  /** A final state handles nothing and is never left. */
  readonly type?: 'final'
  readonly description?: string
  readonly meta?: unknown
}

/** One state of a machine with the events that it handles; a machine's type is a union of these. */
export interface Cell {
  readonly state: string
  readonly event: EventObject
}

type HandledTypes<State> = State extends { readonly on: infer On } ? keyof On & string : never

/** The cells of a shape: each state's own events and those of the machine's `on`; none for a final state. */
export type CellsOf<Event extends EventObject, States, RootType extends string> = {
  [Name in keyof States & string]: {
    readonly state: Name
    readonly event: States[Name] extends { readonly type: 'final' }
      ? never
      : EventNamed<Event, HandledTypes<States[Name]> | RootType>
  }
}[keyof States & string]

/** Makes a key of `on` that is no type of an event a compile error. */
export type OnlyKnownEvents<Event extends EventObject, On> = {
  readonly [Type in Exclude<keyof On, Event['type']>]: never
}

/** An event without a payload may be sent as its type alone. */
export type BareEvent<Event extends EventObject> = Event extends EventObject
  ? Record<never, never> extends Omit<Event, 'type'>
    ? Event['type']
    : never
  : never
