import { givenTo } from './compile/merge-tables.ts'
import type { StateNode, TransitionTable } from './machine.ts'

/** What a state handles itself; an outermost one also what the machine handles in each. */
export function ownTable(node: StateNode): TransitionTable {
  const { own, parent } = node
  if (parent === undefined || parent.parent !== undefined || parent.kind === 'parallel') return own
  const table = new Map(own)
  for (const [type, transitions] of givenTo(node, parent.own)) {
    table.set(type, [...(own.get(type) ?? []), ...transitions])
  }
  return table
}
