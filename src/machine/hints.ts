/**
 * What an editor completes inside a definition, and what is wrong with the names in it.
 *
 * The compiler infers the shape of `states` from what is written, and an editor asks for what may be written there: the
 * shape that was inferred from nothing. So the keys are named once more beside the shape. Their values are `unknown`:
 * an intersection with it changes no type, and the parameters of a guard stay those of the definition.
 *
 * What a shape names (events, targets, its initial states) is checked here too. A constraint that looked into the
 * states inside of states would leave the parameters of their guards untyped.
 */
import type { Compound } from './cells.ts'
import type { Declared } from './declared-types.ts'
import type {
  ActDefinition,
  EventObject,
  InvokeDefinition,
  StateDefinition,
  TransitionDefinition,
  Waiting,
} from './definition.ts'
import type {
  FieldsOfKind,
  OnlyKeys,
  OnlySent,
  OuterNames,
  OwnId,
  PlainNames,
  Refused,
  SomeStates,
} from './refusals.ts'

type Keys<T> = { readonly [Key in keyof T]?: unknown }

type AnyTransition = TransitionDefinition<unknown, EventObject, string>
type TransitionKeys = Keys<AnyTransition>

/** Reads as a sentence where a name is none: `NoSuchState<'BUSSY', 'IDLE' | 'BUSY'>`. */
export interface NoSuchState<Name, Names> {
  readonly 'there is no such state': Name
  readonly 'there are': Names
}

/** Both what may be written, for the editor, and what is wrong with what was. */
type Named<Name, Names> = Name extends Names ? unknown : Names | NoSuchState<Name, Names>

/** The names inside of a state, joined by dots. */
type PathsIn<States> = {
  [Name in keyof States & string]:
    | Name
    | (States[Name] extends Compound<infer Inner> ? `${Name}.${PathsIn<Inner>}` : never)
}[keyof States & string]

type Inside<State> = State extends Compound<infer Inner> ? PathsIn<Inner> : never

/** What an `id` anywhere in a shape makes a target. */
type IdTargets<States> = {
  [Name in keyof States]:
    | (States[Name] extends { readonly id: infer Id extends string }
        ? PathsUnder<`#${Id}`, States[Name]>
        : never)
    | (States[Name] extends Compound<infer Inner> ? IdTargets<Inner> : never)
}[keyof States]

type PathsUnder<Prefix extends string, State> = Prefix | `${Prefix}.${Inside<State>}`

/** A transition where one is written: for a target alone and for a list, whose items are its own, there are no keys. */
type TransitionHint<Config, Names, Known = keyof AnyTransition> = Config extends string
  ? Named<Config, Names>
  : Config extends readonly unknown[]
    ? NoneBeside<Exclude<TargetIn<Config[number]>, Names>, Names> & ItemHint<WrongIn<Config[number], Known>>
    : TransitionKeys & TargetHint<Config, Names> & TransitionFields<Config, Known>

// Beside a list stands no list: an item would be checked against one that has none of its other keys.
type ItemHint<Wrong> = [Wrong] extends [never] ? unknown : Refused<Wrong>

/** What an item of a list has that no transition has. */
type WrongIn<Item, Known> = Item extends unknown ? Exclude<keyof Item, Known> : never

/** The keys of a transition, and the state that `reenter` enters again. */
type TransitionFields<Config, Known> = OnlyKeys<Config, Known, 'a transition'> &
  (Config extends { readonly reenter: true } ? { readonly target: unknown } : unknown)

type TargetIn<Config> = Config extends { readonly target: infer Target } ? Target : never

type TargetHint<Config, Names> = Config extends { readonly target: infer Target }
  ? { readonly target: Named<Target, Names> }
  : { readonly target?: Names }

type TransitionHints<Configs, Names> = {
  readonly [Key in keyof Configs]: TransitionHint<Configs[Key], Names>
}

/** The types of the events. */
export type EventHint<Event extends EventObject> = { readonly [Type in Event['type'] | '*']?: unknown }

/** Makes a key of `on` that is no type of an event a compile error. */
export type OnlyKnownEvents<Event extends EventObject, On> = {
  readonly [Type in Exclude<keyof On, Event['type'] | '*'>]: never
} & OnlySent<keyof On>

type AfterHint<After, Names> = After extends readonly unknown[] | { readonly ms: unknown }
  ? TransitionHint<After, Names, keyof AnyTransition | 'ms'> & { readonly ms?: unknown }
  : TransitionHints<After, Names> &
      TransitionKeys & { readonly ms?: unknown } & OnlyKeys<After, Delay, 'a map of delays'>

/** How a time is written in a map: `5` or `'5'`. */
type Delay = number | `${number}`

type InvokeHint<Invoke, Names> = Keys<AnyInvoke> &
  OnlyKeys<Invoke, keyof AnyInvoke, 'invoked work'> & {
    readonly [Key in keyof Invoke]: Key extends 'onNext' | 'onDone' | 'onError'
      ? TransitionHint<Invoke[Key], Names>
      : unknown
  }

type AnyInvoke = InvokeDefinition<unknown, EventObject, string>

/** What is done when a state is entered or left: a recipe, or one among other things. */
type DoorHint<Door> = Door extends (...given: never[]) => unknown
  ? unknown
  : Door extends readonly unknown[]
    ? Refused<'a recipe, or an object with "update", "run" or "emit"'>
    : Keys<AnyAct> & OnlyKeys<Door, keyof AnyAct, 'an entry or an exit'>

type AnyAct = ActDefinition<unknown, EventObject>

/**
 * What a state was given. Where the shape is refused, the compiler puts what it must be, and all of that is optional.
 */
type In<State, Key extends string> = Key extends keyof State
  ? undefined extends State[Key]
    ? object
    : State[Key]
  : object

type Checked =
  | 'entry'
  | 'exit'
  | 'waiting'
  | 'on'
  | 'after'
  | 'always'
  | 'invoke'
  | 'onDone'
  | 'states'
  | 'initial'
  | 'target'

/**
 * The keys of a state, the types of events, and the keys of transitions; refuses events and targets that are not known.
 */
type StateHint<Event extends EventObject, State, Siblings, Targets> = Keys<
  Omit<StateDefinition<unknown, Event, string>, Checked>
> & {
  readonly on?: OnlyKnownEvents<Event, In<State, 'on'>> &
    EventHint<Event> &
    TransitionHints<In<State, 'on'>, Targets>
  readonly entry?: DoorHint<In<State, 'entry'>>
  readonly exit?: DoorHint<In<State, 'exit'>>
  readonly waiting?: Keys<Waiting> & OnlyKeys<In<State, 'waiting'>, keyof Waiting, '"waiting"'>
  readonly after?: AfterHint<In<State, 'after'>, Targets>
  readonly always?: TransitionHint<In<State, 'always'>, Targets>
  readonly invoke?: InvokeHint<In<State, 'invoke'>, Targets>
  readonly onDone?: TransitionHint<In<State, 'onDone'>, Targets>
  readonly target?: Siblings
  readonly states?: unknown
  readonly initial?: unknown
} & FieldsOfKind<State>

/** Each id of a shape with the path of its state, as a pair. */
type OwnersIn<States, Prefix extends string> = {
  [Name in keyof States & string]:
    | (States[Name] extends { readonly id: infer Id extends string }
        ? readonly [Id, `${Prefix}${Name}`]
        : never)
    | (States[Name] extends Compound<infer Inner> ? OwnersIn<Inner, `${Prefix}${Name}.`> : never)
}[keyof States & string]

interface Place {
  /** The targets that ids make. */
  readonly ids: unknown
  readonly owners: unknown
  /** What stands before a name in its path. */
  readonly prefix: string
}

interface Under<At extends Place, Name extends string> extends Place {
  readonly ids: At['ids']
  readonly owners: At['owners']
  readonly prefix: `${At['prefix']}${Name}.`
}

type StatesHintAt<Event extends EventObject, States, At extends Place> = {
  readonly [Name in keyof States]: StateHint<
    Event,
    States[Name],
    PathsIn<States>,
    PathsIn<States> | `.${Inside<States[Name]>}` | At['ids']
  > &
    OwnId<States[Name], `${At['prefix']}${Name & string}`, At['owners']> &
    (States[Name] extends Compound<infer Inner>
      ? {
          readonly states: StatesHintAt<Event, Inner, Under<At, Name & string>> &
            PlainNames<Inner> &
            SomeStates<Inner>
        }
      : unknown)
}

/** Beside a shape: what may be written in it, and what may not. */
export type StatesHint<Event extends EventObject, States> = StatesHintAt<
  Event,
  States,
  { readonly ids: IdTargets<States>; readonly owners: OwnersIn<States, ''>; readonly prefix: '' }
> &
  OuterNames<States>

/** Refuses a path in `items` or `outputs` of `types` that leads to no state. */
export type OnlyPaths<Types, States> = [WrongPath<Types, States>] extends [never]
  ? unknown
  : { readonly types: NoSuchState<WrongPath<Types, States>, PathsIn<States>> }

type WrongPath<Types, States> = Exclude<
  keyof Declared<Types, 'items'> | keyof Declared<Types, 'outputs'>,
  PathsIn<States> | PathsToCome<States>
>

/**
 * Before the compiler has read what has functions, and where a shape is refused, it puts what a state must be: one that
 * may have states inside.
 */
type PathsToCome<States> = {
  [Name in keyof States & string]: States[Name] extends Compound<infer Inner>
    ? `${Name}.${PathsToCome<Inner>}`
    : 'states' extends keyof States[Name]
      ? `${Name}.${string}`
      : never
}[keyof States & string]

type NoneBeside<Wrong, Names> = [Wrong] extends [never] ? unknown : NoSuchState<Wrong, Names>

/** The paths of a machine's states. */
export type RootPath<States> = PathsIn<States>

/** The targets of the machine's own transitions. */
export type RootTarget<States> = PathsIn<States> | (IdTargets<States> & string)
