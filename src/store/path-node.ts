/**
 * A place in the trie of paths, and who looks at it.
 *
 * There may be a place for each of 100 000 listeners, so both are small: no Map before the first child, no
 * list before the second listener, no closure for the end of a subscription.
 */
import type { Subscriber, Unsubscribable } from 'rxjs'
import { SlotList, type Slotted } from '../kit/index.ts'

/** Whoever made a listener, and takes it away again. */
export interface ListenerOwner {
  remove(listener: PathListener): void
}

/** One subscription; as an `Unsubscribable` it is its own teardown, which saves a closure for each. */
export class PathListener implements Slotted, Unsubscribable {
  slot = -1
  readonly observer: Subscriber<unknown>
  /** The version whose value it was given last. */
  since: number
  readonly node: PathNode
  readonly #owner: ListenerOwner

  constructor(owner: ListenerOwner, node: PathNode, observer: Subscriber<unknown>, since: number) {
    this.#owner = owner
    this.node = node
    this.observer = observer
    this.since = since
  }

  unsubscribe(): void {
    this.#owner.remove(this)
  }
}

export class PathNode {
  readonly parent: PathNode | undefined
  readonly key: unknown
  /** Nobody, one, or a list from the second on. */
  listeners: PathListener | SlotList<PathListener> | undefined = undefined
  children: Map<unknown, PathNode> | undefined = undefined
  /** The last version that was told here, so that two patches below one node wake it once. */
  toldVersion = -1

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

  toArray(): PathListener[] {
    const { listeners } = this
    if (listeners === undefined) return []
    return listeners instanceof SlotList ? listeners.toArray() : [listeners]
  }
}
