import type { DerivedNode } from './node.ts'
import type { Line } from './tell.ts'

/** The first of those whose nodes are still to be marked; each has the one after it. */
let marking: DerivedNode | undefined

/** Marks everything that stands on some nodes, and lines up those of them that have followers. */
export function markStale(nodes: readonly DerivedNode[], followed: Line): void {
  for (let at = 0; at < nodes.length; at += 1) mark(nodes[at] as DerivedNode, followed)
  for (let node = marking; node !== undefined; node = marking) {
    marking = node.after
    node.after = undefined
    const { list } = node.nodes
    for (let at = 0; at < list.length; at += 1) mark(list[at] as DerivedNode, followed)
  }
}

function mark(node: DerivedNode, followed: Line): void {
  if (node.stale) return
  node.stale = true
  if (node.watcher !== undefined && !node.queued) followed.push(node)
  if (node.nodes.size === 0) return
  node.after = marking
  marking = node
}
