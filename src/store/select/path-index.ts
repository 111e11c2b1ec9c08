/**
 * Who looks where: a trie of paths, so that a commit wakes only those below what it changed.
 *
 *   select('robots', 'r1', 'pose')        root
 *   select('robots', 'r2')                 └─ robots
 *   select('log')                              ├─ r1 ── pose: [listener]
 *                                              └─ r2: [listener]
 *                                          └─ log: [listener]
 *
 * A commit goes down from the root and compares what was with what is, by identity, only where somebody looks. A node
 * whose identity did not change is not entered. One that did was copied whole by the write, so comparing those of its
 * children that are watched costs no more than the write did; of a collection, which is not copied whole, its own
 * `diff` tells what changed.
 *
 * Rejected: following immer's patches. They are not complete: a draft that also stands elsewhere, an array cut by its
 * `length`, a key deleted and set again are missing from them, so whoever trusts them goes stale.
 *
 * The index follows the commits ahead of all subscribers; the outer path is told before the inner one.
 *
 * What must stay true: a listener is told a value only if it differs from the one it was told last, and
 * never one that is older (`since`); a node without listeners and children does not exist.
 */
import {
  type Collection,
  type CollectionDiff,
  differencesWithin,
  isCollection,
} from '../../collection/index.ts'
import { SlotList } from '../../kit/index.ts'
import type { Commit, CommitSink } from '../kernel.ts'
import type { SnapshotSubject } from '../publish/snapshot-subject.ts'
import type { ReadableCore } from '../readable-core.ts'
import { nameOfPath, valueAt, valueBelow } from './path.ts'
import type { ListenerOwner, PathListener } from './path-listener.ts'
import { PathNode } from './path-node.ts'

/** Tells a listener a value, unless it has a newer one. */
function tellOne(listener: PathListener, value: unknown, number: number): void {
  if (listener.since >= number) return
  listener.since = number
  listener.next(value)
}

export class PathIndex<S> implements CommitSink<S>, ListenerOwner {
  /** How many listeners there are. */
  size = 0
  readonly origin: ReadableCore<S>
  readonly #subject: SnapshotSubject<S>
  /** The number of the publication that is told, or was told last. */
  #number = 0
  readonly #root = new PathNode()
  /** The node whose listeners are being told: its holes must stay open until then. */
  #telling: PathNode | undefined
  /** Ends following the commits; while there are listeners. */
  #leave: (() => void) | undefined

  constructor(origin: ReadableCore<S>) {
    this.origin = origin
    this.#subject = origin.subject
  }

  get isStopped(): boolean {
    return this.#subject.isStopped
  }

  /** Adds a listener at a path, and tells it the current value. */
  listen<L extends PathListener>(path: readonly unknown[], create: (node: PathNode, since: number) => L): L {
    const { broadcast } = this.#subject
    const listener = create(this.#nodeOf(path), broadcast.published)
    if (this.#leave === undefined) {
      this.#leave = broadcast.follow(this, 'before')
      this.#number = broadcast.published
    }
    this.size += 1
    listener.node.add(listener)
    const { version, state } = this.#subject.getValue()
    if (version >= 0) broadcast.exclusively(() => listener.next(valueAt(state, path)))
    return listener
  }

  next({ before, snapshot }: Commit<S>): void {
    this.#number += 1
    this.origin.telling = snapshot
    // Before its first state a store has told nobody anything that a value could be equal to.
    if (before.version < 0) this.#tellBelow(this.#root, snapshot.state)
    else this.#compare(this.#root, before.state, snapshot.state)
    this.origin.telling = undefined
  }

  complete(): void {
    this.#completeBelow(this.#root)
  }

  failed({ node }: PathListener, phase: 'next' | 'complete', error: unknown): void {
    this.origin.report({ subscriberId: nameOfPath(node.path), phase, error })
  }

  /** Wakes everybody at and below a node. */
  #tellBelow(node: PathNode, value: unknown): void {
    this.#tell(node, value)
    for (const child of node.children?.values() ?? []) {
      this.#tellBelow(child, valueBelow(value, child.key))
    }
  }

  /** Wakes everybody at and below a node whose value changed. */
  #compare(node: PathNode, before: unknown, after: unknown): void {
    if (Object.is(before, after)) return
    this.#tell(node, after)
    if (node.children === undefined) return
    if (isCollection(before) && isCollection(after)) {
      const changes = differencesWithin(before, after, node.width)
      if (changes !== undefined) {
        this.#compareIds(node, changes, before, after)
        return
      }
    }
    for (const child of node.children.values()) {
      this.#compare(child, valueBelow(before, child.key), valueBelow(after, child.key))
    }
  }

  /** Wakes everybody below a collection who looks at what changed in it. */
  #compareIds(
    node: PathNode,
    { added, updated, removed }: CollectionDiff,
    before: Collection<unknown>,
    after: Collection<unknown>,
  ): void {
    for (const ids of [added, updated, removed]) {
      for (const id of ids) {
        const child = node.children?.get(id)
        if (child !== undefined) this.#compare(child, before.get(id), after.get(id))
      }
    }
  }

  /** Tells a value that has changed here to everybody who does not have it yet. */
  #tell(node: PathNode, value: unknown): void {
    const { listeners } = node
    if (listeners instanceof SlotList) {
      this.#telling = node
      for (let slot = 0, { end } = listeners; slot < end; slot += 1) {
        const listener = listeners.at(slot)
        if (listener !== undefined) tellOne(listener, value, this.#number)
      }
      this.#telling = undefined
      listeners.compact()
    } else if (listeners !== undefined) tellOne(listeners, value, this.#number)
  }

  #completeBelow(node: PathNode): void {
    for (const listener of node.toArray()) listener.complete()
    for (const child of [...(node.children?.values() ?? [])]) this.#completeBelow(child)
  }

  /** The node of a path, made where there is none. */
  #nodeOf(path: readonly unknown[]): PathNode {
    let node = this.#root
    for (const key of path) {
      node.children ??= new Map()
      let child = node.children.get(key)
      if (child === undefined) {
        child = new PathNode(node, key)
        node.children.set(key, child)
      }
      node = child
    }
    return node
  }

  /** Takes a listener away; called by itself. */
  remove(listener: PathListener): void {
    const { node } = listener
    node.remove(listener)
    if (node.listeners instanceof SlotList && node !== this.#telling) node.listeners.compact()
    this.size -= 1
    this.#prune(node)
    if (this.size > 0) return
    this.#leave?.()
    this.#leave = undefined
  }

  #prune(leaf: PathNode): void {
    let node = leaf
    while (node.parent !== undefined && node.isEmpty) {
      const { parent } = node
      parent.children?.delete(node.key)
      if (parent.width === 0) parent.children = undefined
      node = parent
    }
  }
}
