import type { DerivedNode } from './node.ts'

/**
 * The nodes that are attached to one input. Marking goes through them at each commit, so they are kept as a list too.
 */
export class Attached {
  readonly #nodes = new Set<DerivedNode>()
  #list: readonly DerivedNode[] | undefined = []

  get size(): number {
    return this.#nodes.size
  }

  /** As they are now; what is attached or detached afterwards changes another list. */
  get list(): readonly DerivedNode[] {
    this.#list ??= [...this.#nodes]
    return this.#list
  }

  add(node: DerivedNode): void {
    this.#nodes.add(node)
    this.#list = undefined
  }

  delete(node: DerivedNode): boolean {
    this.#list = undefined
    return this.#nodes.delete(node)
  }

  clear(): void {
    this.#nodes.clear()
    this.#list = undefined
  }
}
