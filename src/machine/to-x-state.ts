import type { Cell, StateValue } from './cells.ts'
import { checkDefinition } from './compile/check-definition.ts'
import { makeMachine } from './compile/make-machine.ts'
import type { EventObject } from './definition.ts'
import type { Machine, StateNode, TransitionNode } from './machine.ts'
import { ownTable } from './own-table.ts'

/** A transition in XState's form; the guard is a name. */
interface XStateTransition {
  readonly target?: string
  readonly guard?: string
  readonly reenter?: true
}

/** A configuration that XState's `createMachine` and its visual tools load. */
export interface XStateConfig {
  readonly id: string
  readonly initial?: string
  readonly type?: 'parallel'
  readonly context: unknown
  readonly states: Readonly<Record<string, object>>
}

/**
 * Writes a machine as a configuration for XState's tools: JSON, without functions.
 *
 * A definition of ours without functions loads there as it is, but for two things: `after: { ms, target }`,
 * and targets of the machine's own `on`, which XState reads relative to the root. Here both are written in
 * XState's form: delays as a map, the machine's transitions under each state that takes them. A guard is
 * written as a name, `EVENT guard`, for whoever wants to run it; a target inside of another state as `#id.path`.
 */
export function toXState<Context, Cells extends Cell>(machine: Machine<Context, Cells>): XStateConfig {
  const { id, context, root } = machine
  const write = writer(id)
  return {
    id,
    ...(root.kind === 'parallel' ? { type: 'parallel' } : { initial: root.initial?.key ?? '' }),
    context,
    states: write(root),
    ...(root.kind === 'parallel' && root.own.size > 0 && { on: ownOf(root, id) }),
  }
}

/**
 * Makes a machine from a configuration without functions: JSON of XState's tools, or what {@link toXState} wrote of a
 * machine that has none. Its states and events are any strings to the types.
 *
 * @throws `MACHINE_INVALID`, with every problem found; the name of a guard, an action or a source is one.
 *
 * @example
 * ```ts
 * import { createMachineStore, fromXState } from 'headgate'
 *
 * const lamp = fromXState({
 *   id: 'lamp',
 *   initial: 'OFF',
 *   states: { OFF: { on: { PRESS: { target: 'ON' } } }, ON: { on: { PRESS: [{ target: 'OFF' }] } } },
 * })
 * const store = createMachineStore(lamp)
 * store.send({ type: 'PRESS' })
 * console.log(store.current) // → ON
 * ```
 */
export function fromXState(
  config: Omit<XStateConfig, 'context'> & { readonly context?: unknown },
): Machine<unknown, { readonly state: StateValue; readonly event: EventObject }> {
  // Checked in production too: a configuration may come from anywhere. The cast gives it names that are any strings.
  return makeMachine({ context: {}, ...config }, checkDefinition) as ReturnType<typeof fromXState>
}

type Writer = (node: StateNode) => Readonly<Record<string, object>>

function writer(id: string): Writer {
  const write: Writer = (parent) =>
    Object.fromEntries([...parent.children, ...parent.histories].map((node) => [node.key, stateOf(node)]))
  const stateOf = (node: StateNode): object => {
    const inParent = (label: string, list: readonly TransitionNode[]) => transitionsOf(label, list, id)
    const { kind, after, always, onDone, invoke, tags, initial, deep, fallback } = node
    const on = ownOf(node, id)
    const delays = after.map(({ ms, transitions }) => [ms, inParent(`after ${ms}`, transitions)] as const)
    return {
      ...((kind === 'final' || kind === 'parallel' || kind === 'history') && { type: kind }),
      ...(kind === 'history' && { history: deep ? 'deep' : 'shallow' }),
      ...(fallback !== undefined && {
        target: fallback.name.slice((node.parent?.name ?? '').length).replace(/^\./, ''),
      }),
      ...(tags.length > 0 && { tags }),
      ...(initial !== undefined && { initial: initial.key }),
      ...(node.children.length > 0 && { states: write(node) }),
      ...(Object.keys(on).length > 0 && { on }),
      ...(delays.length > 0 && { after: Object.fromEntries(delays) }),
      ...(always.length > 0 && { always: inParent('always', always) }),
      ...(onDone.length > 0 && { onDone: inParent('done', onDone) }),
      ...(invoke !== undefined && {
        invoke: {
          src: node.name,
          onDone: inParent('done', invoke.onDone),
          onError: inParent('error', invoke.onError),
        },
      }),
    }
  }
  return write
}

const ownOf = (node: StateNode, id: string): Readonly<Record<string, XStateTransition[]>> =>
  Object.fromEntries([...ownTable(node)].map(([type, list]) => [type, transitionsOf(type, list, id)]))

function transitionsOf(
  label: string,
  transitions: readonly TransitionNode[],
  id: string,
): XStateTransition[] {
  return transitions.map(({ source, to, guard, reenter }) => ({
    ...(to !== undefined && { target: targetOf(source, to, id) }),
    ...(guard !== undefined && { guard: `${label} guard` }),
    ...(reenter && { reenter }),
  }))
}

/** XState finds any state from the id of the machine; a dot in that is no separator. */
const targetOf = (source: StateNode, to: StateNode, id: string): string =>
  to.parent === source.parent ? to.key : `#${id.replaceAll('.', '\\.')}.${to.name}`
