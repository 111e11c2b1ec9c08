import type { Immutable } from '../kit/index.ts'
import { describeValue, HeadgateError } from '../kit/index.ts'
import { settleState } from '../store/index.ts'
import { DefinitionReader, unreachableStates } from './compile.ts'
import type {
  CellsOf,
  EventNamed,
  EventObject,
  OutputOf,
  StateDefinition,
  TransitionConfig,
} from './definition.ts'
import type { EventHint, StateHint } from './hints.ts'
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
  readonly initial: keyof NoInfer<States> & string
  /** The first context; it is deeply frozen in place. */
  readonly context: Context
  /**
   * Carries the union of events, and what the work of states resolves to: `types: {} as { events: { type: 'GO' } | …;
   * outputs: { LOADING: string } }`. Never read.
   */
  readonly types?: { events: Event; outputs?: Outputs }
  /** How many records the history keeps; an integer from 0, default 64. */
  readonly historyLimit?: number
  readonly states: States & {
    readonly [Name in keyof States]: StateHint<Event, States[Name]>
  }
  /** Transitions from any state but final ones. A state's own come first. */
  readonly on?: {
    readonly [Type in RootType]: TransitionConfig<Context, EventNamed<Event, Type>, keyof States & string>
  } & EventHint<Event>
  readonly description?: string
}

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
  const States extends {
    readonly [Name in keyof States]: StateDefinition<
      Context,
      Event,
      keyof States & string,
      OutputOf<Outputs, Name>
    >
  },
  RootType extends Event['type'] = never,
>(
  definition: MachineDefinition<Context, Event, Outputs, States, RootType>,
): Machine<Context, CellsOf<Event, States, RootType>> {
  const id = String(definition?.id)
  const states = Object.entries(definition?.states ?? {})
  const names = states.map(([name]) => name)
  const reader = new DefinitionReader(names)
  const rootOn = reader.on('The machine', definition?.on)
  const nodes = new Map<string, StateNode>()
  for (const [name, state] of states) nodes.set(name, reader.state(name, state, rootOn))
  const problems = [...machineProblems(definition, names), ...reader.problems]
  if (problems.length === 0) {
    for (const name of unreachableStates(nodes, definition.initial)) {
      problems.push(
        `State ${name} is unreachable: no chain of transitions leads to it from ${definition.initial}.`,
      )
    }
  }
  if (problems.length > 0) throw new HeadgateError('MACHINE_INVALID', { machine: id, problems })
  return Object.freeze({
    id,
    initial: definition.initial,
    context: settledContext(id, definition.context) as Immutable<Context>,
    historyLimit: definition.historyLimit ?? 64,
    states: nodes,
  }) as Machine<Context, CellsOf<Event, States, RootType>>
}

const settledContext = <Context>(id: string, context: Context): Context =>
  settleState(context, undefined, { subject: `machine "${id}"`, operation: 'defineMachine()', freeze: true })

const MACHINE_KEYS = ['id', 'initial', 'context', 'types', 'historyLimit', 'states', 'on', 'description']

interface LooseDefinition {
  readonly id?: unknown
  readonly initial?: unknown
  readonly context?: unknown
  readonly historyLimit?: unknown
}

function machineProblems(definition: LooseDefinition, names: readonly string[]): string[] {
  const { id, initial, context, historyLimit = 64 } = definition ?? {}
  const problems: string[] = []
  const expect = (holds: boolean, key: string, expected: string, value: unknown): void => {
    if (!holds) problems.push(`Expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
  }
  expect(typeof id === 'string' && id !== '', 'id', 'a string that is not empty', id)
  expect(names.length > 0, 'states', 'an object with at least one state', undefined)
  const oneOf = `one of the states ${names.join(', ')}`
  if (names.length > 0) expect(names.includes(initial as string), 'initial', oneOf, initial)
  expect(context !== undefined, 'context', 'any value but undefined, such as {}', context)
  const isCount = Number.isInteger(historyLimit) && (historyLimit as number) >= 0
  expect(isCount, 'historyLimit', 'an integer from 0', historyLimit)
  for (const key of typeof definition === 'object' ? Object.keys(definition ?? {}) : []) {
    if (MACHINE_KEYS.includes(key)) continue
    problems.push(`The machine has an unknown key "${key}". Known: ${MACHINE_KEYS.join(', ')}.`)
  }
  return problems
}
