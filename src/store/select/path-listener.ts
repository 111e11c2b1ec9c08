import { Listener, type Told } from './listener.ts'
import type { PathNode } from './path-node.ts'

/** Whose listeners they are. */
export interface PathListenerOwner {
  remove(listener: PathListener): void
  failed(listener: PathListener, phase: 'next' | 'complete', error: unknown): void
}

/** Who looks at a path; a leaf of the trie. */
export class PathListener extends Listener {
  /** The node above its place, from which `key` leads there. */
  readonly parent: PathNode
  readonly key: unknown
  readonly #owner: PathListenerOwner

  constructor(owner: PathListenerOwner, parent: PathNode, key: unknown, told: Told, since: number) {
    super(told, since)
    this.parent = parent
    this.key = key
    this.#owner = owner
  }

  /** Tells a value that came with a publication, unless it has a newer one. */
  changed(_was: unknown, is: unknown, number: number): void {
    if (this.expects(number)) this.next(is)
  }

  protected override leave(): void {
    this.#owner.remove(this)
  }

  protected override failed(phase: 'next' | 'complete', error: unknown): void {
    this.#owner.failed(this, phase, error)
  }
}
