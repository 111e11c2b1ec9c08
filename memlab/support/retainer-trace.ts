/** The chain of references that keeps an object, from a root to it. */
import type { IHeapNode } from '@memlab/core'

/** More than this says nothing more. */
const STEPS_MAX = 40

const describeNode = ({ name, type, id }: IHeapNode): string => `[${name || '(no name)'}] (${type}) @${id}`

/**
 * Lines from the root to the object, each with the name of the reference that leads there.
 *
 * The path is memlab's: the shortest one that does not go through a weak reference.
 */
export function retainerTrace(node: IHeapNode): string[] {
  const lines: string[] = []
  let current: IHeapNode | undefined = node
  for (let step = 0; step < STEPS_MAX && current !== undefined; step += 1) {
    const edge: IHeapNode['pathEdge'] = current.pathEdge
    if (edge === null || edge === undefined) {
      lines.unshift(describeNode(current))
      break
    }
    lines.unshift(`  --${edge.name_or_index} (${edge.type})--> ${describeNode(current)}`)
    current = edge.fromNode
  }
  return lines
}
