import type { Immutable } from '../kit/index.ts'
import { describeValue, HeadgateError } from '../kit/index.ts'
import { settleState } from '../store/index.ts'
import type { CellsOf, ParallelCell } from './cells.ts'
import { findDots, mergeTables, resolveTargets } from './compile/link.ts'
import { unreachableStates } from './compile/reachability.ts'
import { StateReader } from './compile/read-state.ts'
import type { EventObject, EventOn, StatesOf, TransitionConfig } from './definition.ts'
import type { EventHint, RootTarget, StatesHint } from './hints.ts'
import type { Machine, StateNode } from './machine.ts'

/**
 * A definition as {@link defineMachine} takes it. Five parameters, where three are the limit elsewhere: they
 * are inferred, and nobody writes them.
 */
export interface MachineDefinition<
  Context,
  Event extends EventObject,
  Outputs,
  States,
  RootType extends string,
> {
  /** Shown in errors and faults. */
  readonly id: string
  /** The first context; it is deeply frozen in place. */
  readonly context: Context
  /**
   * Carries the union of events, and what the work of states resolves to: `types: {} as { events: { type: 'GO' } | …;
   * outputs: { LOADING: string; 'ACTIVE.reading': number } }`, by the path of the state. Never read.
   */
  readonly types?: { events: Event; outputs?: Outputs }
  /** How many records the history keeps; an integer from 0, default 64. */
  readonly historyLimit?: number
  readonly states: States & StatesHint<Event, States>
  /** Transitions from any state but final ones. A state's own come first. */
  readonly on?: {
    readonly [Type in RootType]: TransitionConfig<Context, EventOn<Event, Type>, RootTarget<States>>
  } & EventHint<Event>
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
 * handles do not compile. The definition is also checked when it is made: unknown targets, unreachable
 * states, a missing initial state, unknown keys, numbers out of range.
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
 * @throws `MACHINE_INVALID`, with every problem found.
 */
export function defineMachine<
  Context,
  Event extends EventObject,
  Outputs,
  const States extends StatesOf<Context, Event, Outputs, States>,
  RootType extends Event['type'] | '*' = never,
  Kind extends 'parallel' | undefined = undefined,
>(
  definition: MachineDefinition<Context, Event, Outputs, States, RootType> & {
    readonly type?: Kind
  } & Beginning<NoInfer<Kind>, States>,
): Machine<Context, Defined<Kind, Event, States, RootType>> {
  const id = String(definition?.id)
  const reader = new StateReader()
  // The cast gives up names and types, which are all read again.
  const root = reader.root((definition ?? {}) as unknown as Readonly<Record<string, unknown>>)
  resolveTargets(reader)
  findDots(reader)
  const { states } = reader
  const problems = [...machineProblems(definition, root.children.length), ...reader.problems]
  if (problems.length === 0) {
    for (const name of unreachableStates(root, states)) {
      const from = definition.initial ?? 'the beginning'
      problems.push(`State ${name} is unreachable: no chain of transitions leads to it from ${from}.`)
    }
  }
  if (problems.length > 0) throw new HeadgateError('MACHINE_INVALID', { machine: id, problems })
  mergeTables(root, states.values())
  return Object.freeze({
    id,
    initial: root.initial?.name ?? '',
    context: settledContext(id, definition.context) as Immutable<Context>,
    historyLimit: definition.historyLimit ?? 64,
    states,
    root,
    composed: root.kind === 'parallel' || [...states.values()].some(isComposed),
    eventless: [...states.values()].some(({ always }) => always.length > 0),
  }) as Machine<Context, Defined<Kind, Event, States, RootType>>
}

const isComposed = ({ kind, always }: StateNode): boolean =>
  (kind !== 'atomic' && kind !== 'final') || always.length > 0

const settledContext = <Context>(id: string, context: Context): Context =>
  settleState(context, undefined, { subject: `machine "${id}"`, operation: 'defineMachine()', freeze: true })

const MACHINE_KEYS = [
  'id',
  'type',
  'initial',
  'context',
  'types',
  'historyLimit',
  'states',
  'on',
  'description',
]

interface LooseDefinition {
  readonly id?: unknown
  readonly context?: unknown
  readonly historyLimit?: unknown
}

function machineProblems(definition: LooseDefinition, stateCount: number): string[] {
  const { id, context, historyLimit = 64 } = definition ?? {}
  const problems: string[] = []
  const expect = (holds: boolean, key: string, expected: string, value: unknown): void => {
    if (!holds) problems.push(`Expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
  }
  expect(typeof id === 'string' && id !== '', 'id', 'a string that is not empty', id)
  expect(stateCount > 0, 'states', 'an object with at least one state', undefined)
  expect(context !== undefined, 'context', 'any value but undefined, such as {}', context)
  const isCount = Number.isInteger(historyLimit) && (historyLimit as number) >= 0
  expect(isCount, 'historyLimit', 'an integer from 0', historyLimit)
  for (const key of typeof definition === 'object' ? Object.keys(definition ?? {}) : []) {
    if (MACHINE_KEYS.includes(key)) continue
    problems.push(`The machine has an unknown key "${key}". Known: ${MACHINE_KEYS.join(', ')}.`)
  }
  return problems
}
