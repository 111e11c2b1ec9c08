/**
 * What an editor completes inside a definition.
 *
 * The compiler infers the shape of `states` from what is written, and an editor asks for what may be written there: the
 * shape that was inferred from nothing. So the keys are named once more beside the shape. Their values are `unknown`:
 * an intersection with it changes no type, and the parameters of a guard stay those of the definition.
 */
import type {
  EventObject,
  InvokeDefinition,
  OnlyKnownEvents,
  StateDefinition,
  TransitionDefinition,
} from './definition.ts'

type Keys<T> = { readonly [Key in keyof T]?: unknown }

type TransitionKeys = Keys<TransitionDefinition<unknown, EventObject, string>>

/** The keys of a transition where one is written: not for a target alone, nor for a list, whose items are its own. */
type TransitionHint<Config> = Config extends string | readonly unknown[] ? unknown : TransitionKeys

/** The types of the events. */
export type EventHint<Event extends EventObject> = { readonly [Type in Event['type']]?: unknown }

type OnHint<Event extends EventObject, On> = OnlyKnownEvents<Event, On> &
  EventHint<Event> & { readonly [Type in keyof On]: TransitionHint<On[Type]> }

type InvokeHint<Invoke> = Keys<InvokeDefinition<unknown, EventObject, string>> & {
  readonly [Key in keyof Invoke]: Key extends 'onDone' | 'onError' ? TransitionHint<Invoke[Key]> : unknown
}

type In<State, Key extends string> = Key extends keyof State ? State[Key] : object

/** The keys of a state, the types of events, and the keys of transitions; also refuses events that are not known. */
export type StateHint<Event extends EventObject, State> = Keys<
  Omit<StateDefinition<unknown, Event, string>, 'on' | 'after' | 'invoke'>
> & {
  readonly on?: OnHint<Event, In<State, 'on'>>
  readonly after?: TransitionHint<In<State, 'after'>> & { readonly ms?: unknown }
  readonly invoke?: InvokeHint<In<State, 'invoke'>>
}
