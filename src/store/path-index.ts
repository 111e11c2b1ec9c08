/**
 * Who looks where: a trie of paths, so that a commit wakes only those below what it changed.
 *
 *   select('robots', 'r1', 'pose')        root
 *   select('robots', 'r2')                 └─ robots
 *   select('log')                              ├─ r1 ── pose: [listener]
 *                                              └─ r2: [listener]
 *                                          └─ log: [listener]
 *
 * A commit goes down from the root and compares old and new by identity, only at nodes somebody looks
 * at. Where thousands look below one node (one listener per robot) even that is too much work, so from
 * `WIDE` children on the store asks immer for the patches of a recipe and only their paths are followed.
 * A write without patches (`set`, `put`) is compared.
 *
 * The index is one sink of the subject: its listeners are told at its place in the order of subscribers,
 * the outer path before the inner one.
 *
 * What must stay true: a listener is told a value only if it differs from the one it was told last, and
 * never one that is older (`since`); a node without listeners and children does not exist.
 */
import type { Patch } from 'immer'
import { Observable, type Subscriber } from 'rxjs'
import { SlotList, type Slotted } from '../kit/index.ts'
import { valueAt, valueBelow } from './path.ts'
import type { Snapshot } from './snapshot.ts'
import type { Sink, SnapshotSubject } from './snapshot-subject.ts'

/** From how many children of one node on patches are cheaper than comparing each. */
const WIDE = 16

interface Listener extends Slotted {
  readonly observer: Subscriber<unknown>
  /** The version whose value it was given last. */
  since: number
}

class Node {
  readonly parent: Node | undefined
  readonly key: unknown
  readonly listeners: SlotList<Listener> = new SlotList()
  readonly children: Map<unknown, Node> = new Map()
  /** The last version that was told here, so that two patches below one node wake it once. */
  toldVersion = -1

  constructor(parent?: Node, key?: unknown) {
    this.parent = parent
    this.key = key
  }
}

/** The other way to write a key: immer's patches name an object's keys as strings, a caller may use numbers. */
const twinOf = (key: unknown): unknown =>
  typeof key === 'string' ? Number(key) : typeof key === 'number' ? String(key) : undefined

export class PathIndex<S> implements Sink<S> {
  slot = -1
  /** How many listeners there are. */
  size = 0
  readonly #subject: SnapshotSubject<S>
  readonly #root = new Node()
  readonly #patches = new WeakMap<Snapshot<S>, readonly Patch[]>()
  #wideNodes = 0
  /** The node whose listeners are being told: its holes must stay open until then. */
  #telling: Node | undefined
  #state: unknown
  /** The last version seen; below 0 there is nothing yet that a value could be equal to. */
  #version = -1

  constructor(subject: SnapshotSubject<S>) {
    this.#subject = subject
  }

  /** Whether the patches of a recipe would be used. */
  get wantsPatches(): boolean {
    return this.#wideNodes > 0
  }

  /** Notes what a snapshot changed, before it is published. */
  note(snapshot: Snapshot<S>, patches: readonly Patch[]): void {
    this.#patches.set(snapshot, patches)
  }

  /** The value at a path: the current one first, then each that differs from the one before. */
  observe(path: readonly unknown[]): Observable<unknown> {
    return new Observable((observer) => {
      if (this.#subject.isStopped) {
        observer.complete()
        return undefined
      }
      const { version, state } = this.#subject.getValue()
      const listener: Listener = { slot: -1, observer, since: version }
      const node = this.#add(path, listener)
      if (version >= 0) this.#subject.exclusively(() => observer.next(valueAt(state, path)))
      return () => this.#remove(node, listener)
    })
  }

  next(snapshot: Snapshot<S>): void {
    const before = this.#state
    const { state, version } = snapshot
    this.#state = state // before anybody is told: if all leave now, or leave and come back, theirs stands
    const patches = this.#patches.get(snapshot)
    if (patches === undefined) this.#compare(this.#root, before, state, version)
    else for (const { path } of patches) this.#follow(this.#root, path, 0, before, state, version)
    this.#version = version
  }

  complete(): void {
    this.#completeBelow(this.#root)
  }

  /** Wakes everybody at and below a node whose value changed. */
  #compare(node: Node, before: unknown, after: unknown, version: number): void {
    if (Object.is(before, after) && this.#version >= 0) return
    this.#tell(node, after, version)
    for (const child of node.children.values()) {
      this.#compare(child, valueBelow(before, child.key), valueBelow(after, child.key), version)
    }
  }

  /** Wakes everybody on the way to a patched place, and below it. */
  #follow(
    node: Node,
    path: readonly unknown[],
    depth: number,
    before: unknown,
    after: unknown,
    version: number,
  ): void {
    if (depth === path.length) {
      this.#compare(node, before, after, version)
      return
    }
    if (Object.is(before, after)) return
    this.#tell(node, after, version)
    for (const name of [path[depth], twinOf(path[depth])]) {
      const child = node.children.get(name)
      if (child === undefined) continue
      this.#follow(child, path, depth + 1, valueBelow(before, name), valueBelow(after, name), version)
    }
  }

  /** Tells a value that has changed here to everybody who does not have it yet. */
  #tell(node: Node, value: unknown, version: number): void {
    if (node.toldVersion === version) return
    node.toldVersion = version
    const { listeners } = node
    this.#telling = node
    for (let slot = 0, { end } = listeners; slot < end; slot += 1) {
      const listener = listeners.at(slot)
      if (listener === undefined || listener.since >= version) continue
      listener.since = version
      listener.observer.next(value)
    }
    this.#telling = undefined
    listeners.compact()
  }

  #completeBelow(node: Node): void {
    for (const listener of node.listeners.toArray()) listener.observer.complete()
    for (const child of [...node.children.values()]) this.#completeBelow(child)
  }

  #add(path: readonly unknown[], listener: Listener): Node {
    if (this.size === 0) {
      const { state, version } = this.#subject.getValue()
      this.#state = state
      this.#version = version
      this.#subject.attach(this)
    }
    this.size += 1
    let node = this.#root
    for (const key of path) {
      let child = node.children.get(key)
      if (child === undefined) {
        child = new Node(node, key)
        node.children.set(key, child)
        if (node.children.size === WIDE) this.#wideNodes += 1
      }
      node = child
    }
    node.listeners.add(listener)
    return node
  }

  #remove(node: Node, listener: Listener): void {
    node.listeners.remove(listener)
    if (node !== this.#telling) node.listeners.compact()
    this.size -= 1
    this.#prune(node)
    if (this.size > 0) return
    this.#state = undefined
    if (!this.#subject.isStopped) this.#subject.detach(this)
  }

  #prune(leaf: Node): void {
    let node = leaf
    while (node.parent !== undefined && node.listeners.size === 0 && node.children.size === 0) {
      const { parent } = node
      if (parent.children.size === WIDE) this.#wideNodes -= 1
      parent.children.delete(node.key)
      node = parent
    }
  }
}
