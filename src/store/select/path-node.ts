/**
 * A place in the trie of paths: who looks at it, and who looks below.
 *
 * A place that one listener looks at, and nobody below, has no node: the listener itself stands among the children. It
 * moves into a node when somebody else comes. So of 100 000 entities that are followed, none costs more than its
 * listener and a slot.
 *
 * What must stay true: a node without listeners and children does not exist, but for the topmost.
 */
import {
  type ByPlace,
  type Collection,
  isCollection,
  type Places,
  placesOf,
  visitChanges,
} from '../../collection/index.ts'
import { NOTHING } from './nothing.ts'
import { valueBelow } from './path.ts'
import type { PathListener } from './path-listener.ts'

type Child = PathNode | PathListener

/** Below a collection, by the places of its ids. */
type Children = Map<unknown, Child> | ByPlace<Child>

export class PathNode {
  readonly parent: PathNode | undefined
  readonly key: unknown
  /** Its walk meets who joins meanwhile, and they know that they need nothing. */
  #listeners: Set<PathListener> | undefined = undefined
  #children: Children | undefined = undefined

  constructor(parent?: PathNode, key?: unknown) {
    this.parent = parent
    this.key = key
  }

  /** Wakes everybody at and below this place, whose value has changed with a publication. */
  changed(was: unknown, is: unknown, number: number): void {
    const listeners = this.#listeners
    if (listeners !== undefined) for (const listener of listeners) listener.changed(was, is, number)
    const children = this.#children
    if (children === undefined) return
    if (isCollection(is) && isCollection(was) && this.#entitiesChanged(was, is, number)) return
    for (const child of children.values()) {
      const wasBelow = was === NOTHING ? was : valueBelow(was, child.key)
      const isBelow = valueBelow(is, child.key)
      if (!Object.is(wasBelow, isBelow)) child.changed(wasBelow, isBelow, number)
    }
  }

  /** Wakes those who look at what differs between two versions of a collection; false where they share nothing. */
  #entitiesChanged(was: Collection<unknown>, is: Collection<unknown>, number: number): boolean {
    const places = placesOf(is)
    if (places !== placesOf(was)) return false
    const children = this.#childrenBy(places)
    // Where more has changed than is looked at, it costs less to ask for that. Whoever has been told is not told again.
    let left = children.size
    return visitChanges(was, is, (place, wasBelow, isBelow) => {
      children.at(place)?.changed(wasBelow, isBelow, number)
      left -= 1
      return left >= 0
    })
  }

  /** Those below, by the places of a collection, which may have taken the place of another. */
  #childrenBy(places: Places): ByPlace<Child> {
    const children = this.#children
    if (children !== undefined && 'places' in children && children.places === places) return children
    const moved = places.keyed<Child>()
    for (const child of children?.values() ?? []) moved.set(child.key, child)
    this.#children = moved
    return moved
  }

  /** Whoever is below a key. */
  at(key: unknown): Child | undefined {
    return this.#children?.get(key)
  }

  /** The node below a key, made where there is none; `value` is what is here. */
  nodeAt(key: unknown, value: unknown): PathNode {
    const child = this.at(key)
    if (child instanceof PathNode) return child
    const node = new PathNode(this, key)
    if (child !== undefined) node.add(child)
    this.#put(key, value, node)
    return node
  }

  add(listener: PathListener): void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  /** Adds who looks at a key below; `value` is what is here. */
  addAt(value: unknown, listener: PathListener): void {
    const { key } = listener
    if (this.at(key) === undefined) this.#put(key, value, listener)
    else this.nodeAt(key, value).add(listener)
  }

  remove(listener: PathListener): void {
    this.#listeners?.delete(listener)
    if (this.#listeners?.size === 0) this.#listeners = undefined
    this.#prune()
  }

  /** Takes away who looks at a key below. */
  removeAt(listener: PathListener): void {
    const child = this.at(listener.key)
    if (child instanceof PathNode) child.remove(listener)
    else this.#drop(listener.key)
  }

  /** The path that leads here. */
  get path(): unknown[] {
    return this.parent === undefined ? [] : [...this.parent.path, this.key]
  }

  /** Completes everybody at and below this place. */
  complete(): void {
    for (const each of [...(this.#listeners ?? []), ...(this.#children?.values() ?? [])]) each.complete()
  }

  #put(key: unknown, value: unknown, child: Child): void {
    this.#children ??= isCollection(value) ? placesOf(value).keyed<Child>() : new Map<unknown, Child>()
    this.#children.set(key, child)
  }

  #drop(key: unknown): void {
    const children = this.#children
    children?.delete(key)
    if (children?.size === 0) this.#children = undefined
    this.#prune()
  }

  #prune(): void {
    const { parent } = this
    if (parent !== undefined && this.#listeners === undefined && this.#children === undefined) {
      parent.#drop(this.key)
    }
  }
}
