import type { Immutable } from '../kit/index.ts'
import type { CellsOf, ParallelCell } from './cells.ts'
import type { ChildrenOf } from './child-definition.ts'
import { checkDefinition } from './compile/check-definition.ts'
import { makeMachine } from './compile/make-machine.ts'
import type { Declared, EmittedOf, OnlyDeclared, PortsOf } from './declared-types.ts'
import type { EventObject, EventOn, TransitionConfig } from './definition.ts'
import type { EventHint, OnlyPaths, RootTarget, StatesHint } from './hints.ts'
import type { Machine } from './machine.ts'
import type { AddressableNames, OnlyOwn, OnlySent, OnlyThere } from './refusals.ts'
import type { StatesOf } from './shapes.ts'

/**
 * The first context, or what makes it of the input. The compiler reads what a function makes only where the function
 * says what it is given: `({ input }: { input: { url: string } }) => ({ url: input.url })`.
 */
export type FirstContext<Context, Input> = Context | ((from: { readonly input: Input }) => Context)

/**
 * A definition as {@link defineMachine} takes it. Six parameters, where three are the limit elsewhere: they
 * are inferred, and nobody writes them.
 */
export interface MachineDefinition<
  Context,
  Event extends EventObject,
  Types,
  States,
  RootType extends string,
  Input,
> {
  /** Shown in errors and faults. */
  readonly id: string
  /** The first context, or what makes it of the input; it is deeply frozen in place. */
  readonly context: FirstContext<Context, Input>
  /**
   * Carries the union of events, and what comes out: `types: {} as { events: { type: 'GO' } | …; output:
   * number; outputs: { LOADING: string; 'ACTIVE.reading': number } }`; see {@link DeclaredTypes}. Never read.
   */
  readonly types?: { readonly events?: Event } & Types & OnlyDeclared<Types> & OnlyOwn<Event['type']>
  /** How many records the history keeps; an integer from 0, default 64. */
  readonly historyLimit?: number
  readonly states: States & StatesHint<Event, States>
  /** Transitions from any state but final ones. A state's own come first. */
  readonly on?: {
    readonly [Type in RootType]: TransitionConfig<
      Context,
      EventOn<Event, Type>,
      RootTarget<States>,
      { readonly event: Event; readonly emitted: EmittedOf<Types> }
    >
  } & EventHint<Event> &
    OnlySent<RootType>
  /** What comes out at the end of the machine, where its final state has no `output` of its own. */
  readonly output?: (context: Immutable<Context>) => Declared<Types, 'output'>
  readonly description?: string
}

/** Where a machine begins; one whose own states are all active has no such place. */
type Beginning<Kind, States> = 'parallel' extends Kind
  ? { readonly type: 'parallel'; readonly initial?: never }
  : { readonly type?: never; readonly initial: keyof NoInfer<States> & string }

/** The cells of what {@link defineMachine} was given. */
type Defined<Kind, Event extends EventObject, States, RootType extends string> = 'parallel' extends Kind
  ? ParallelCell<Event, States, RootType>
  : CellsOf<Event, States, RootType>

/**
 * Defines a typed state machine.
 *
 * A target that does not exist, an event that `types` does not name, and later an event that no state
 * handles do not compile. In development the definition is also checked when it is made: unknown targets,
 * unreachable states, a missing initial state, unknown keys, numbers out of range.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 *
 * const door = defineMachine({
 *   id: 'door',
 *   initial: 'CLOSED',
 *   context: { opened: 0 },
 *   types: {} as { events: { type: 'OPEN'; by: string } | { type: 'CLOSE' } },
 *   states: {
 *     CLOSED: { on: { OPEN: { target: 'OPEN', guard: (_context, event) => event.by !== '' } } },
 *     OPEN: { entry: (draft) => { draft.opened += 1 }, on: { CLOSE: 'CLOSED' } },
 *   },
 * })
 * const store = createMachineStore(door)
 * store.send({ type: 'OPEN', by: 'Ada' })
 * console.log(store.current, store.context.opened) // → OPEN 1
 * ```
 *
 * The compiler infers the states from what is written as text in them. Where all of `states` is functions,
 * it finds nothing and says that a string "is not assignable to never": add a `target` or a `description`.
 *
 * @throws `MACHINE_INVALID` in development, with every problem found; `STATE_INVALID` for its context.
 */
export function defineMachine<
  Context,
  Event extends EventObject,
  Types,
  const States extends StatesOf<Context, Event, Types, States, Input>,
  RootType extends Event['type'] | '*' = never,
  Kind extends 'parallel' | undefined = undefined,
  Input = unknown,
  Children = Record<never, never>,
>(
  definition: MachineDefinition<Context, Event, Types, States, RootType, Input> & {
    readonly type?: Kind
    /** Machines that run beside it, as a function of the context; see `createSystem` of `headgate/actors`. */
    readonly children?: ChildrenOf<Context, Children, States> & AddressableNames<Children>
  } & Beginning<NoInfer<Kind>, States> &
    OnlyPaths<NoInfer<Types>, NoInfer<States>> &
    OnlyThere<NoInfer<Context>>,
): Machine<Context, Defined<Kind, Event, States, RootType>, PortsOf<Input, Types, Children>> {
  // The cast gives back the names, which are erased in tables.
  return makeMachine(definition, check) as unknown as Machine<
    Context,
    Defined<Kind, Event, States, RootType>,
    PortsOf<Input, Types, Children>
  >
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? checkDefinition : undefined
