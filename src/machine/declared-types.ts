/**
 * What a definition declares in `types`, and what follows from it.
 *
 * The compiler cannot infer from a function what other functions of the same literal are given, so what passes between
 * them is declared: what states put out, and what the machine puts out itself.
 */
import type { EventObject } from './definition.ts'

/** What `types` may declare. */
export interface DeclaredTypes<Event extends EventObject = EventObject> {
  /** The union of the events that are sent. */
  readonly events?: Event
  /** What comes out of the machine at its end. */
  readonly output?: unknown
  /** The events that it emits. */
  readonly emitted?: EventObject
  /** What the work of states puts out on its way, by their paths. */
  readonly items?: unknown
  /** What states put out, by their paths: what their work resolves to, and what the states inside of them end with. */
  readonly outputs?: unknown
}

/** Refuses a word in `types` that declares nothing, and emitted events without a type. */
export type OnlyDeclared<Types> = { readonly [Key in Exclude<keyof Types, keyof DeclaredTypes>]: never } & {
  readonly [Key in Extract<keyof Types, 'emitted'>]: EventObject
}

/** What goes into a machine beside events, and what comes out of it beside its state. */
export interface Ports {
  readonly input: unknown
  readonly output: unknown
  /** The machines of its children, by their names. */
  readonly children: unknown
  readonly emitted: EventObject
}

/** As a definition says it; `unknown` where it says nothing. */
export interface PortsOf<Input, Types, Children = Record<never, never>> {
  readonly input: Input
  readonly output: Declared<Types, 'output'>
  readonly children: Children
  readonly emitted: EmittedOf<Types>
}

/** The input as a parameter: to be given where it is declared and may not be undefined. */
export type InputParameter<Input> = undefined extends Input ? [input?: Input] : [input: Input]

/** What is declared under a key; `unknown` where nothing is. */
export type Declared<Types, Key extends string> = Types extends { readonly [K in Key]: infer Type }
  ? Type
  : unknown

/** The events that `types` says are emitted; any where it says nothing. */
export type EmittedOf<Types> = Types extends { readonly emitted: infer Emitted extends EventObject }
  ? Emitted
  : EventObject

/**
 * What is declared for a path under a key; `unknown` where nothing is. For states inside of another the compiler
 * knows their names only as a pattern: they are given what is said of any that fit.
 */
type ByPath<Types, Key extends string, Path> = PickPath<Declared<Types, Key>, Path>

type PickPath<All, Path> = [Extract<keyof All, Path>] extends [never]
  ? unknown
  : All[Extract<keyof All, Path>]

/** What a machine is sent, and what it emits. */
export interface Traffic {
  readonly event: EventObject
  readonly emitted: EventObject
}

/** What the functions of a state are given and give, beside the context. */
export interface StateTypes extends Traffic {
  /** What a machine store was made with. */
  readonly input: unknown
  /** What the state's work puts out on its way, and in the end; of states inside of it what their end puts out. */
  readonly item: unknown
  readonly output: unknown
  /** What its own end puts out, for the state around it or for the machine. */
  readonly end: unknown
}

/** Those of an outermost state; its end is the machine's. */
export interface OuterTypes<Event extends EventObject, Types, Input, Name> {
  readonly event: Event
  readonly emitted: EmittedOf<Types>
  readonly input: Input
  readonly item: ByPath<Types, 'items', Name>
  readonly output: ByPath<Types, 'outputs', Name>
  readonly end: Declared<Types, 'output'>
}

/** Those of a state inside of another; its end is that of the one around it. */
export interface InnerTypes<
  Event extends EventObject,
  Types,
  Input,
  Path extends string,
  Name extends string,
> {
  readonly event: Event
  readonly emitted: EmittedOf<Types>
  readonly input: Input
  readonly item: ByPath<Types, 'items', `${Path}.${Name}`>
  readonly output: ByPath<Types, 'outputs', `${Path}.${Name}`>
  readonly end: ByPath<Types, 'outputs', Path>
}
