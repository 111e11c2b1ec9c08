import type { Cell } from './definition.ts'
import type { Machine, TransitionNode } from './machine.ts'

/** A transition in XState's form; the guard is a name. */
interface XStateTransition {
  readonly target?: string
  readonly guard?: string
  readonly reenter?: true
}

/** A configuration that XState's `createMachine` and its visual tools load. */
export interface XStateConfig {
  readonly id: string
  readonly initial: string
  readonly context: unknown
  readonly states: Readonly<Record<string, object>>
}

/**
 * Writes a machine as a configuration for XState's tools: JSON, without functions.
 *
 * A definition of ours without functions loads there as it is, but for two things: `after: { ms, target }`,
 * and targets of the machine's own `on`, which XState reads relative to the root. Here both are written in
 * XState's form: delays as a map, the machine's transitions under each state that takes them. A guard is
 * written as a name, `EVENT guard`, for whoever wants to run it.
 */
export function toXState<Context, Cells extends Cell>(machine: Machine<Context, Cells>): XStateConfig {
  const states = [...machine.states.values()].map((node) => {
    const after = node.after.map(({ ms, transitions }) => [ms, write(`after ${ms}`, transitions)] as const)
    const on = [...node.on].map(([type, transitions]) => [type, write(type, transitions)] as const)
    const invoke = node.invoke && {
      src: node.name,
      onDone: write('done', node.invoke.onDone),
      onError: write('error', node.invoke.onError),
    }
    return [
      node.name,
      {
        ...(node.final && { type: 'final' }),
        ...(on.length > 0 && { on: Object.fromEntries(on) }),
        ...(after.length > 0 && { after: Object.fromEntries(after) }),
        ...(invoke !== undefined && { invoke }),
      },
    ] as const
  })
  const { id, initial, context } = machine
  return { id, initial, context, states: Object.fromEntries(states) }
}

function write(label: string, transitions: readonly TransitionNode[]): XStateTransition[] {
  return transitions.map(({ target, guard, reenter }) => ({
    ...(target !== undefined && { target }),
    ...(guard !== undefined && { guard: `${label} guard` }),
    ...(reenter && { reenter }),
  }))
}
