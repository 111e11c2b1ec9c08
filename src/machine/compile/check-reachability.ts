import type { StateNode, TransitionNode } from '../machine.ts'
import { ownTable } from '../own-table.ts'
import type { Compiled } from './compile.ts'

/** The states that no chain of transitions from the beginning reaches. */
export function unreachableStates({ root, states, children }: Compiled): string[] {
  const reached = new Set<StateNode>([root])
  for (const { to } of children.flatMap(({ onDone, onFault }) => [...onDone, ...onFault])) {
    if (to !== undefined) reached.add(to)
  }
  // A Set's walk also meets what is added during it.
  for (const node of reached) for (const next of after(node)) reached.add(next)
  return [...states.values()].filter((node) => !reached.has(node)).map(({ name }) => name)
}

/** What may be active after a state was: where it leads, what is around it, and what it begins with. */
function* after(node: StateNode): Iterable<StateNode> {
  for (const { to } of exitsOf(node)) if (to !== undefined) yield to
  if (node.parent !== undefined) yield node.parent
  if (node.initial !== undefined) yield node.initial
  if (node.fallback !== undefined) yield node.fallback
  if (node.kind === 'parallel') yield* node.children
}

/** Every transition that a state has itself. */
export function exitsOf(node: StateNode): readonly TransitionNode[] {
  return [
    ...[...ownTable(node).values()].flat(),
    ...node.after.flatMap(({ transitions }) => transitions),
    ...node.always,
    ...node.onDone,
    ...(node.invoke?.onNext ?? []),
    ...(node.invoke?.onDone ?? []),
    ...(node.invoke?.onError ?? []),
  ]
}
