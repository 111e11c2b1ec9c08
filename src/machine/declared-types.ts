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
  /** What states put out, by their paths: what their work resolves to, and what the states inside of them end with. */
  readonly outputs?: unknown
}

/** Refuses a word in `types` that declares nothing. */
export type OnlyDeclared<Types> = { readonly [Key in Exclude<keyof Types, keyof DeclaredTypes>]: never }

/** What goes into a machine beside events, and what comes out of it beside its state. */
export interface Ports {
  readonly input: unknown
  readonly output: unknown
  /** The machines of its children, by their names. */
  readonly children: unknown
}

/** As a definition says it; `unknown` where it says nothing. */
export interface PortsOf<Input, Types, Children = Record<never, never>> {
  readonly input: Input
  readonly output: Declared<Types, 'output'>
  readonly children: Children
}

/** The input as a parameter: to be given where it is declared and may not be undefined. */
export type InputParameter<Input> = undefined extends Input ? [input?: Input] : [input: Input]

/** What is declared under a key; `unknown` where nothing is. */
export type Declared<Types, Key extends string> = Types extends { readonly [K in Key]: infer Type }
  ? Type
  : unknown

/**
 * What the state of a path puts out; `unknown` where `types` does not say. For states inside of another the compiler
 * knows their names only as a pattern: they are given what is said of any that fit.
 */
export type OutputOf<Types, Path> = ByPath<Declared<Types, 'outputs'>, Path>

type ByPath<Outputs, Path> = [Extract<keyof Outputs, Path>] extends [never]
  ? unknown
  : Outputs[Extract<keyof Outputs, Path>]

/** What an outermost state puts out; its end is the machine's. */
export interface OutputsAt<Types, Name> {
  readonly output: OutputOf<Types, Name>
  readonly end: Declared<Types, 'output'>
}

/** What a state inside of another puts out; its end is that of the one around it. */
export interface OutputsIn<Types, Path extends string, Name extends string> {
  readonly output: OutputOf<Types, `${Path}.${Name}`>
  readonly end: OutputOf<Types, Path>
}
