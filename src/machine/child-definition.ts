/**
 * Children follow the state: which machines run beside a machine is a function of its context.
 *
 *   context.downloads   ['a', 'b']  ──>  ['b', 'c']
 *   children             a    b            b    c       a is ended, c is started, b goes on
 *
 * A context holds ids, and never the child: so what is persisted, replayed or travelled to brings its children with
 * it, and a parent and a child that know each other make no circle of types. They run in a system; see
 * `createSystem` of `headgate/actors`. Here is what a definition says, and what it is compiled to.
 */
import type { BufferPolicy } from '../backpressure/index.ts'
import type { Collection } from '../collection/index.ts'
import type { Immutable } from '../kit/index.ts'
import type { DoneChildEvent, ErrorChildEvent, TransitionConfig } from './definition.ts'
import type { RootPath, RootTarget } from './hints.ts'
import type { AnyMachine, TransitionNode } from './machine.ts'
import type { InputOf, OutputOf } from './machine-types.ts'

/** What follows from a child's failure. */
export interface Supervision {
  /**
   * `'stop'` (the default) ends the child; `'restart'` starts it again from its initial state with the same input;
   * `'escalate'` ends it and is a failure of the parent.
   */
  readonly strategy: 'stop' | 'restart' | 'escalate'
  /** How often within `withinMs` it is started again; an integer from 0, default 3. Then it is ended. */
  readonly maxRestarts?: number
  /** Milliseconds, default 5 000. */
  readonly withinMs?: number
  /** Milliseconds to wait before the first start again, twice as long before each next one; default 0. */
  readonly backoffMs?: number
}

/** Keys in any form; of a collection its ids, which are compared with those from before by what changed. */
export type Keys = Iterable<string> | Collection<unknown>

/** Machines of one kind that run beside a machine, one for each key. */
export interface ChildDefinition<Context, Child, Path, Name extends string> {
  readonly machine: Child & Pick<AnyMachine, 'id' | 'states'>
  /** One child is wanted for each key. Called when the context, or whether the machine is `in`, has changed. */
  readonly keys: (context: Immutable<Context>) => Keys
  /** Where they are wanted: in one of these states; default in all. */
  readonly in?: readonly Path[]
  readonly onDone?: TransitionConfig<Context, DoneChildEvent<OutputOf<Child>>, Name>
  /** Where there is none, or all its guards refuse, the failure is reported. */
  readonly onFault?: TransitionConfig<Context, ErrorChildEvent, Name>
  readonly supervise?: Supervision
  /**
   * What waits for a child at most, and what becomes of more; default `buffer({ capacity: 64, overflow: 'error' })`.
   */
  readonly mailbox?: BufferPolicy
}

/** What a child is made with; asked once for each, and again by no restart. */
type InputFunction<Context, Input> = (context: Immutable<Context>, key: string) => Input

type InputDefinition<Context, Input> = undefined extends Input
  ? { readonly input?: InputFunction<Context, Input> }
  : { readonly input: InputFunction<Context, Input> }

/** What `children` of a definition must be; each is typed by its own machine. */
export type ChildrenOf<Context, Children, States> = {
  readonly [Name in keyof Children]: ChildDefinition<
    Context,
    Children[Name],
    RootPath<States>,
    RootTarget<States>
  > &
    InputDefinition<Context, InputOf<Children[Name]>>
}

/** One kind of children, ready to run. Types are erased. */
export interface ChildNode {
  readonly name: string
  readonly machine: AnyMachine
  readonly keys: (context: never) => unknown
  readonly in: readonly string[] | undefined
  readonly input: ((context: never, key: string) => unknown) | undefined
  readonly onDone: readonly TransitionNode[]
  readonly onFault: readonly TransitionNode[]
  readonly supervise: Supervision | undefined
  readonly mailbox: BufferPolicy | undefined
}
