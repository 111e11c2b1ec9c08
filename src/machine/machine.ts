import type { Immutable } from '../kit/index.ts'
import type { Cell } from './cells.ts'
import type { ChildNode } from './child-definition.ts'
import type { Ports, Traffic } from './declared-types.ts'
import type { Act, ContextRecipe, EventObject, Guard, InvokeTools, Waiting } from './definition.ts'

/**
 * A checked definition, ready to run. It is immutable and has no state of its own: any number of stores
 * can be made from it.
 */
export interface Machine<Context, Cells extends Cell, Io extends Ports = Ports> {
  readonly id: string
  /** The state that it begins in; `''` where its own states are active side by side. */
  readonly initial: string
  /** The first context; undefined where it is made of the input. */
  readonly context: Immutable<Context> | undefined
  readonly contextFrom: ((from: { readonly input: unknown }) => unknown) | undefined
  /** How many records the history keeps. */
  readonly historyLimit: number
  /** The states by their paths, in the order of the definition; each before those inside it. */
  readonly states: ReadonlyMap<string, StateNode>
  /** The machine as the parent of its outermost states. */
  readonly root: StateNode
  /** The machines that run beside it, in a system. */
  readonly children: readonly ChildNode[]
  /** Whether it has states inside of states, regions, or transitions without an event. */
  readonly composed: boolean
  /** Whether any of its transitions needs no event. */
  readonly eventless: boolean
  /** Whether anything of it is done outside of the context, as commits are published. */
  readonly acts: boolean
  /** Carries the types; never set. */
  readonly '~types'?: { readonly context: Context; readonly cell: Cells; readonly ports: Io }
}

/** A machine with its types erased. */
export type AnyMachine = Machine<unknown, Cell>

export type StateKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history'

/**
 * A state as a table: what to look up when an event comes, with nothing left to decide about its form.
 * Types are erased here; `defineMachine` has checked them.
 */
export interface StateNode {
  /** The path: the names from the outermost state on, joined by dots. */
  readonly name: string
  /** Its own name. */
  readonly key: string
  readonly kind: StateKind
  /** Whether the machine is at its end here. */
  readonly final: boolean
  readonly parent: StateNode | undefined
  /** The states inside, without history. */
  readonly children: readonly StateNode[]
  readonly initial: StateNode | undefined
  /** What leads back into it. */
  readonly histories: readonly StateNode[]
  /** Of a history: whether it remembers all that was active inside, and where it leads while there is nothing. */
  readonly deep: boolean
  readonly fallback: StateNode | undefined
  /** Its place in the definition: it is entered in this order, and left in the reverse one. */
  readonly order: number
  /** From the outermost state down to itself. */
  readonly line: readonly StateNode[]
  /** Whether its path alone can be where the machine is: nothing inside, and no regions around. */
  readonly place: boolean
  readonly entry: AnyContextRecipe | undefined
  readonly exit: AnyContextRecipe | undefined
  /** What is done outside of the context when it is entered, and when it is left. */
  readonly entryAct: AnyAct | undefined
  readonly exitAct: AnyAct | undefined
  /** What it handles itself, by event type and `'*'`. */
  readonly own: TransitionTable
  /**
   * What is looked up, by event type, and `'*'` for a type that is not in the table: the state's own first, then those
   * of the states around it, up to the next parallel one.
   */
  readonly on: TransitionTable
  readonly always: readonly TransitionNode[]
  readonly onDone: readonly TransitionNode[]
  readonly output: OutputFunction | undefined
  readonly after: readonly AfterNode[]
  readonly invoke: InvokeNode | undefined
  readonly waiting: Waiting | undefined
  readonly tags: readonly string[]
  readonly meta: unknown
}

export type TransitionTable = ReadonlyMap<string, readonly TransitionNode[]>

export interface TransitionNode {
  readonly source: StateNode
  /** The state to go to. */
  readonly to: StateNode | undefined
  readonly guard: Guard<unknown, never> | undefined
  readonly update: AnyContextRecipe | undefined
  readonly act: AnyAct | undefined
  readonly reenter: boolean
}

export interface AfterNode {
  readonly ms: number
  readonly transitions: readonly TransitionNode[]
}

export interface InvokeNode {
  readonly src: (context: never, event: EventObject, tools: AnyInvokeTools) => unknown
  readonly onNext: readonly TransitionNode[]
  readonly onDone: readonly TransitionNode[]
  readonly onError: readonly TransitionNode[]
  readonly onRestore: 'restart' | 'fail' | undefined
}

/** What came out, made of the context that was ended with. */
export type OutputFunction = (context: never) => unknown
/** What is done outside of the context, with types erased. */
export type AnyAct = Act<never, never, Traffic>
export type AnyContextRecipe = ContextRecipe<never, never>
/** The tools of work, with types erased. */
export type AnyInvokeTools = InvokeTools<unknown>
