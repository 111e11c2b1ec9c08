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
 * at. Where thousands look below one node (one listener per robot) even that is too much work, and one asks
 * what changed instead. A collection tells it of any two versions, however they were written. Of objects,
 * arrays and Maps only immer knows it: from `WIDE` children on its patches of a recipe are followed, and a
 * write without patches (`set`, `put`) is compared child by child.
 *
 * The index is one receiver of the broadcast: its listeners are told at its place in the order of subscribers,
 * the outer path before the inner one.
 *
 * What must stay true: a listener is told a value only if it differs from the one it was told last, and
 * never one that is older (`since`); a node without listeners and children does not exist.
 */
import type { Patch } from 'immer'
import {
  config,
  Observable,
  type Observer,
  type Subscriber,
  type Subscription,
  type TeardownLogic,
} from 'rxjs'
import type { Receiver } from '../backpressure/index.ts'
import { type Collection, type CollectionDiff, differencesWithin, isCollection } from '../collection/index.ts'
import { SlotList } from '../kit/index.ts'
import { valueAt, valueBelow } from './path.ts'
import { CallbackListener, type ListenerOwner, ObserverListener, type PathListener } from './path-listener.ts'
import { PathNode } from './path-node.ts'
import type { Snapshot } from './snapshot.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'

/** From how many children of one node on patches are cheaper than comparing each. */
const WIDE = 16

/** The other way to write a key: immer's patches name an object's keys as strings, a caller may use numbers. */
const twinOf = (key: unknown): unknown =>
  typeof key === 'string' ? Number(key) : typeof key === 'number' ? String(key) : undefined

/** Tells a listener a value, unless it has a newer one. */
function tellOne(listener: PathListener, value: unknown, version: number): void {
  if (listener.since >= version) return
  listener.since = version
  listener.next(value)
}

/** What `select(...path)` returns. */
class PathObservable<S> extends Observable<unknown> {
  readonly #index: PathIndex<S>
  readonly #path: readonly unknown[]

  constructor(index: PathIndex<S>, path: readonly unknown[]) {
    super()
    this.#index = index
    this.#path = path
  }

  override subscribe(
    observer?: Partial<Observer<unknown>> | ((value: unknown) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    const isCallback = typeof observer === 'function' && !error && !complete
    if (!isCallback || this.#index.isStopped || config.useDeprecatedSynchronousErrorHandling) {
      // The cast picks an overload: RxJS takes three callbacks still.
      return super.subscribe(observer as ((value: unknown) => void) | null, error, complete)
    }
    return this.#index.listen(
      this.#path,
      (node, since) => new CallbackListener(this.#index, node, since, observer),
    )
  }

  // Called by RxJS's Observable.subscribe().
  protected _subscribe(observer: Subscriber<unknown>): TeardownLogic {
    if (!this.#index.isStopped) {
      return this.#index.listen(
        this.#path,
        (node, since) => new ObserverListener(this.#index, node, since, observer),
      )
    }
    observer.complete()
    return undefined
  }
}

export class PathIndex<S> implements Receiver<Snapshot<S>>, ListenerOwner {
  slot = -1
  /** How many listeners there are. */
  size = 0
  readonly #subject: SnapshotSubject<S>
  readonly #root = new PathNode()
  readonly #patches = new WeakMap<Snapshot<S>, readonly Patch[]>()
  readonly #wideNodes = new Set<PathNode>()
  /** The node whose listeners are being told: its holes must stay open until then. */
  #telling: PathNode | undefined
  #state: unknown
  /** The last version seen; below 0 there is nothing yet that a value could be equal to. */
  #version = -1

  constructor(subject: SnapshotSubject<S>) {
    this.#subject = subject
  }

  /** Whether the patches of a recipe would be used: where many look below anything but a collection. */
  get wantsPatches(): boolean {
    for (const node of this.#wideNodes) if (!isCollection(this.#valueOf(node))) return true
    return false
  }

  /** Notes what a snapshot changed, before it is published. */
  note(snapshot: Snapshot<S>, patches: readonly Patch[]): void {
    this.#patches.set(snapshot, patches)
  }

  /** The value at a path: the current one first, then each that differs from the one before. */
  observe(path: readonly unknown[]): Observable<unknown> {
    return new PathObservable(this, path)
  }

  get isStopped(): boolean {
    return this.#subject.isStopped
  }

  /** Adds a listener at a path, and tells it the current value. */
  listen<L extends PathListener>(path: readonly unknown[], create: (node: PathNode, since: number) => L): L {
    const { version, state } = this.#subject.getValue()
    const listener = create(this.#nodeOf(path), version)
    this.#add(listener)
    if (version >= 0) this.#subject.broadcast.exclusively(() => listener.next(valueAt(state, path)))
    return listener
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
  #compare(node: PathNode, before: unknown, after: unknown, version: number): void {
    if (Object.is(before, after) && this.#version >= 0) return
    this.#tell(node, after, version)
    if (node.children === undefined) return
    if (isCollection(before) && isCollection(after)) {
      const changes = differencesWithin(before, after, node.width)
      if (changes !== undefined) {
        this.#compareIds(node, changes, before, after, version)
        return
      }
    }
    for (const child of node.children.values()) {
      this.#compare(child, valueBelow(before, child.key), valueBelow(after, child.key), version)
    }
  }

  /** Wakes everybody below a collection who looks at what changed in it. */
  #compareIds(
    node: PathNode,
    { added, updated, removed }: CollectionDiff,
    before: Collection<unknown>,
    after: Collection<unknown>,
    version: number,
  ): void {
    for (const ids of [added, updated, removed]) {
      for (const id of ids) {
        const child = node.children?.get(id)
        if (child !== undefined) this.#compare(child, before.get(id), after.get(id), version)
      }
    }
  }

  /** Wakes everybody on the way to a patched place, and below it. */
  #follow(
    node: PathNode,
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
      const child = node.children?.get(name)
      if (child === undefined) continue
      this.#follow(child, path, depth + 1, valueBelow(before, name), valueBelow(after, name), version)
    }
  }

  /** Tells a value that has changed here to everybody who does not have it yet. */
  #tell(node: PathNode, value: unknown, version: number): void {
    if (node.toldVersion === version) return
    node.toldVersion = version
    const { listeners } = node
    if (listeners instanceof SlotList) {
      this.#telling = node
      for (let slot = 0, { end } = listeners; slot < end; slot += 1) {
        const listener = listeners.at(slot)
        if (listener !== undefined) tellOne(listener, value, version)
      }
      this.#telling = undefined
      listeners.compact()
    } else if (listeners !== undefined) tellOne(listeners, value, version)
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
        if (node.width === WIDE) this.#wideNodes.add(node)
      }
      node = child
    }
    return node
  }

  /** The value that was published last at a node. */
  #valueOf(node: PathNode): unknown {
    return node.parent === undefined ? this.#state : valueBelow(this.#valueOf(node.parent), node.key)
  }

  #add(listener: PathListener): void {
    if (this.size === 0) {
      const { state, version } = this.#subject.getValue()
      this.#state = state
      this.#version = version
      this.#subject.broadcast.add(this)
    }
    this.size += 1
    listener.node.add(listener)
  }

  /** Takes a listener away; called by itself. */
  remove(listener: PathListener): void {
    const { node } = listener
    node.remove(listener)
    if (node.listeners instanceof SlotList && node !== this.#telling) node.listeners.compact()
    this.size -= 1
    this.#prune(node)
    if (this.size > 0) return
    this.#state = undefined
    if (!this.#subject.isStopped) this.#subject.broadcast.remove(this)
  }

  #prune(leaf: PathNode): void {
    let node = leaf
    while (node.parent !== undefined && node.isEmpty) {
      const { parent } = node
      if (parent.width === WIDE) this.#wideNodes.delete(parent)
      parent.children?.delete(node.key)
      if (parent.width === 0) parent.children = undefined
      node = parent
    }
  }
}
