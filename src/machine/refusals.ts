/**
 * What may not stand where it stands in a definition, beside names that lead nowhere (`hints.ts`): keys that nothing
 * reads, fields that a kind of state cannot have, names that would be taken for paths. `compile/` says the same to
 * callers without types.
 */
import type { Compound } from './cells.ts'

/** Reads as a sentence where something is refused. */
export interface Refused<Why> {
  readonly 'this cannot be here': Why
}

/**
 * What is given has no keys but these. Nothing is added where it has none: beside an empty type the compiler would no
 * longer tell a text from an object of which all is optional.
 */
export type OnlyKeys<Given, Known, Where extends string> = [Exclude<keyof Given, Known>] extends [never]
  ? unknown
  : { readonly [Key in Exclude<keyof Given, Known>]: Refused<`there is no such key in ${Where}`> }

/** The types of the events that a machine makes by itself; XState's have the name of the work or state behind them. */
type MadeEvent =
  | 'next.invoke'
  | 'done.invoke'
  | 'error.invoke'
  | 'done.state'
  | 'done.child'
  | 'error.child'
  | `after.${number}`
type Made = MadeEvent | `${MadeEvent}.${string}` | `xstate.${string}`

/** Events are sent, and not made. */
export type OnlySent<Types> = {
  readonly [Type in Extract<Types, ''>]: Refused<'what needs no event is written in "always"'>
} & {
  readonly [Type in Extract<
    Types,
    Made
  >]: Refused<'a machine makes this event by itself: it is handled by "after", or by "onDone", "onError", "onNext" or "onFault" of what it comes from'>
}

/** Refuses events in `types` that could not be told from those that a machine makes. */
export type OnlyOwn<Type extends string> = [TakenBy<Type>] extends [never]
  ? unknown
  : Refused<`a machine makes this event by itself: ${TakenBy<Type>}`>

/** Also what a pattern would take, but for that of any event. */
type TakenBy<Type extends string> = string extends Type
  ? never
  : Extract<Type, Made> | Extract<MadeEvent, Type>

type Without<Keys extends string, Why> = { readonly [Key in Keys]?: Refused<Why> }

type Handling = 'on' | 'after' | 'always' | 'invoke' | 'waiting' | 'states' | 'initial' | 'onDone'

/** The fields that a state cannot have, by its type and by whether states are inside of it. */
export type FieldsOfKind<State> = State extends { readonly type: infer Type }
  ? Type extends keyof Refusals
    ? Refusals[Type]
    : FieldsOfOther
  : 'type' extends keyof State
    ? unknown
    : FieldsOfOther & FieldsInside<State>

interface Refusals {
  final: Without<Handling | 'history' | 'target', 'a final state is not left, and nothing goes on in it'>
  history: Without<
    Handling | 'entry' | 'exit' | 'tags' | 'output',
    'nobody is in a history: it leads elsewhere'
  >
  parallel: FieldsOfOther & { readonly states: unknown } & Without<
      'initial',
      'all states inside of a parallel one are active'
    >
}

type FieldsOfOther = Without<'history' | 'target', 'only a history has it'> &
  Without<'output', 'only a final state has it'>

type FieldsInside<State> =
  State extends Compound<infer Inner>
    ? { readonly initial: keyof Inner }
    : Without<'initial' | 'onDone', 'there are no states inside'>

/** The names of states inside of another: the dot stands between names. */
export type PlainNames<States> = {
  readonly [Name in Extract<
    keyof States,
    '' | `${string}.${string}`
  >]: Refused<'a name has a letter, and no dot'>
}

/** Those of the outermost states; a machine without nested ones may have dots in them. */
export type OuterNames<States> = true extends {
  [Name in keyof States]: States[Name] extends Compound<unknown> ? true : false
}[keyof States]
  ? PlainNames<States>
  : { readonly [Name in Extract<keyof States, ''>]: Refused<'a name has a letter'> }

/** The names of children, as they stand in addresses. */
export type AddressableNames<Children> = Children extends readonly unknown[]
  ? Refused<'children have names: an object of them'>
  : {
      readonly [Name in Extract<
        keyof Children,
        '' | `${string}/${string}` | `${string}:${string}`
      >]: Refused<'a name has a letter, and no "/" or ":", which stand in addresses'>
    }

/** A machine whose context is undefined has none. */
export type OnlyThere<Context> = [Context] extends [undefined]
  ? { readonly context: Refused<'a machine has a context, such as {}'> }
  : unknown

/** States that stand in a state: one at least. */
export type SomeStates<States> = [keyof States] extends [never]
  ? Refused<'a state with "states" has one at least'>
  : unknown

/** An id that other states have too. @typeParam Owners - each id with the path of its state, as a pair. */
export type OwnId<State, Path, Owners> = State extends { readonly id: infer Id extends string }
  ? [Exclude<Extract<Owners, readonly [Id, string]>[1], Path>] extends [never]
    ? unknown
    : {
        readonly id: Refused<`this is the id of ${Exclude<Extract<Owners, readonly [Id, string]>[1], Path>}`>
      }
  : unknown
