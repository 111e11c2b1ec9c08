/** Finds what a target names. */
import type { StateNode } from '../machine.ts'

interface Named {
  readonly states: ReadonlyMap<string, StateNode>
  readonly ids: ReadonlyMap<string, StateNode>
}

/** A sibling, `.child` or `#id`, each with names inside of it; from the machine itself, one of its states. */
export function targetOf(named: Named, source: StateNode, target: unknown): StateNode | undefined {
  if (typeof target !== 'string') return undefined
  const sibling = nodeIn(named, source.parent ?? source, target)
  if (sibling !== undefined) return sibling
  if (target.startsWith('.')) return nodeIn(named, source, target.slice(1))
  for (const [id, node] of named.ids) {
    const word = `#${id}`
    // The machine itself is no target.
    if (target === word) return node.parent && node
    const outer = `#${id.replaceAll('.', '\\.')}.`
    if (target.startsWith(outer)) return nodeIn(named, node, target.slice(outer.length))
  }
  return undefined
}

/** The state inside of another one to which a path leads. */
export const nodeIn = ({ states }: Named, { name }: StateNode, path: unknown): StateNode | undefined =>
  typeof path === 'string' ? states.get(name === '' ? path : `${name}.${path}`) : undefined
