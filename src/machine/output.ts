import type { Immutable } from '../kit/index.ts'
import type { Cell } from './cells.ts'
import type { Ports } from './declared-types.ts'
import { type AnyState, activeIn, isOver } from './look-up.ts'
import type { AnyMachine, Machine } from './machine.ts'
import type { MachineState } from './machine-state.ts'

/**
 * What came out of a machine, made from the context that it ended with; undefined while it has not ended.
 *
 * It is a function of the state, and no part of it: a state that comes from a journal or a wire has its output too.
 *
 * @throws what the `output` of the final state throws.
 */
export function outputOf<Context, Cells extends Cell, Io extends Ports>(
  machine: Machine<Context, Cells, Io>,
  state: Immutable<MachineState<Cells['state'], Context>>,
): Io['output'] | undefined {
  // The cast erases names, which the caller's types have checked.
  return endOf(machine as AnyMachine, state as AnyState)
}

function endOf(machine: AnyMachine, state: AnyState): unknown {
  const active = activeIn(machine, state)
  if (!isOver(machine, active)) return undefined
  const end = machine.root.children.find((node) => node.final && active.has(node))
  const output = end?.output ?? machine.root.output
  return output?.(state.context as never)
}
