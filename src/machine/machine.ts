import type { Immutable } from '../kit/index.ts'
import type { Cell, ContextRecipe, EventObject, Guard, InvokeTools } from './definition.ts'

/**
 * A checked definition, ready to run. It is immutable and has no state of its own: any number of stores
 * can be made from it.
 */
export interface Machine<Context, Cells extends Cell> {
  readonly id: string
  readonly initial: Cells['state']
  readonly context: Immutable<Context>
  /** How many records the history keeps. */
  readonly historyLimit: number
  /** The states by name, in the order of the definition. */
  readonly states: ReadonlyMap<string, StateNode>
  /** Carries the types; never set. */
  readonly '~types'?: { readonly context: Context; readonly cell: Cells }
}

/**
 * A state as a table: what to look up when an event comes, with nothing left to decide about its form.
 * Types are erased here; `defineMachine` has checked them.
 */
export interface StateNode {
  readonly name: string
  readonly final: boolean
  readonly entry: AnyContextRecipe | undefined
  readonly exit: AnyContextRecipe | undefined
  /** By event type; the state's own first, then the machine's. */
  readonly on: ReadonlyMap<string, readonly TransitionNode[]>
  readonly after: readonly AfterNode[]
  readonly invoke: InvokeNode | undefined
}

export interface TransitionNode {
  readonly target: string | undefined
  readonly guard: Guard<unknown, never> | undefined
  readonly update: AnyContextRecipe | undefined
  readonly reenter: boolean
}

export interface AfterNode {
  readonly ms: number
  readonly transitions: readonly TransitionNode[]
}

export interface InvokeNode {
  readonly src: (context: never, event: EventObject, tools: AnyInvokeTools) => Promise<unknown>
  readonly onDone: readonly TransitionNode[]
  readonly onError: readonly TransitionNode[]
}

export type AnyContextRecipe = ContextRecipe<never, never>
/** The tools of work, with types erased. */
export type AnyInvokeTools = InvokeTools<unknown, EventObject>
