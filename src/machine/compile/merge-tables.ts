import type { StateNode, TransitionNode, TransitionTable } from '../machine.ts'

const NONE: readonly TransitionNode[] = []

/** Brings what the states around a state handle into its table, so that one look finds all that may be taken. */
export function mergeTables(root: StateNode, states: Iterable<StateNode>): void {
  for (const node of [root, ...states]) Object.assign(node, { on: joined(node.own, outerOf(node)) })
}

/** What is handled around a state, up to the next parallel one; that one is asked by itself. */
function outerOf(node: StateNode): TransitionTable {
  const { parent } = node
  if (parent === undefined || parent.kind === 'parallel') return new Map()
  return parent.parent === undefined ? givenTo(node, parent.on) : parent.on
}

/** What a machine handles in a state of its own, as if the state had it: a target that is this state stays in it. */
export const givenTo = (source: StateNode, table: TransitionTable): TransitionTable =>
  new Map(
    source.final || source.kind === 'history'
      ? []
      : [...table].map(([type, transitions]) => [type, transitions.map((one) => ({ ...one, source }))]),
  )

/** For each type the inner ones first, then the outer ones; those of `'*'` behind those of the type that is named. */
function joined(inner: TransitionTable, outer: TransitionTable): TransitionTable {
  const types = new Set([...inner.keys(), ...outer.keys()])
  const of = (table: TransitionTable, type: string): readonly TransitionNode[] => table.get(type) ?? NONE
  const join = (type: string): readonly TransitionNode[] => [
    ...of(inner, type),
    ...(type === '*' ? NONE : of(inner, '*')),
    ...(outer.get(type) ?? of(outer, '*')),
  ]
  return new Map([...types].map((type) => [type, join(type)]))
}
