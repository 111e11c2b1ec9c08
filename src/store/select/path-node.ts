/**
 * A place in the trie of paths, and who looks at it.
 *
 * There may be a place for each of 100 000 listeners, so it is small: no Map before the first child, no list
 * before the second listener.
 */
import { SlotList } from '../../kit/index.ts'
import type { PathListener } from './path-listener.ts'

export class PathNode {
  readonly parent: PathNode | undefined
  readonly key: unknown
  /** Nobody, one, or a list from the second on. */
  listeners: PathListener | SlotList<PathListener> | undefined = undefined
  children: Map<unknown, PathNode> | undefined = undefined

  constructor(parent?: PathNode, key?: unknown) {
    this.parent = parent
    this.key = key
  }

  get width(): number {
    return this.children?.size ?? 0
  }

  get isEmpty(): boolean {
    const { listeners } = this
    return (
      this.width === 0 && (listeners instanceof SlotList ? listeners.size === 0 : listeners === undefined)
    )
  }

  add(listener: PathListener): void {
    const { listeners } = this
    if (listeners instanceof SlotList) listeners.add(listener)
    else if (listeners === undefined) this.listeners = listener
    else {
      this.listeners = new SlotList()
      this.listeners.add(listeners)
      this.listeners.add(listener)
    }
  }

  remove(listener: PathListener): void {
    if (this.listeners instanceof SlotList) this.listeners.remove(listener)
    else if (this.listeners === listener) this.listeners = undefined
  }

  /** The path that leads here. */
  get path(): unknown[] {
    return this.parent === undefined ? [] : [...this.parent.path, this.key]
  }

  toArray(): PathListener[] {
    const { listeners } = this
    if (listeners === undefined) return []
    return listeners instanceof SlotList ? listeners.toArray() : [listeners]
  }
}
