import type { StateNode } from '../machine.ts'
import type { NodeDraft } from './node-draft.ts'
import { exitsOf } from './read-state.ts'

/** The states that no chain of transitions from the beginning reaches. */
export function unreachableStates(root: NodeDraft, states: ReadonlyMap<string, NodeDraft>): string[] {
  const reached = new Set<StateNode>([root])
  // A Set's walk also meets what is added during it.
  for (const node of reached) for (const next of after(node as NodeDraft)) reached.add(next)
  return [...states.values()].filter((node) => !reached.has(node)).map(({ name }) => name)
}

/** What may be active after a state was: where it leads, what is around it, and what it begins with. */
function* after(node: NodeDraft): Iterable<StateNode> {
  for (const { to } of exitsOf(node)) if (to !== undefined) yield to
  if (node.parent !== undefined) yield node.parent
  if (node.initial !== undefined) yield node.initial
  if (node.fallback !== undefined) yield node.fallback
  if (node.kind === 'parallel') yield* node.children
}
