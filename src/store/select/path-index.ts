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
 * children that are watched costs no more than the write did; a collection, which is not copied whole, tells itself
 * what changed.
 *
 * Rejected: following immer's patches. They are not complete: a draft that also stands elsewhere, an array cut by its
 * `length`, a key deleted and set again are missing from them, so whoever trusts them goes stale.
 *
 * The index follows the commits ahead of all subscribers; the outer path is told before the inner one.
 *
 * What must stay true: a listener is told a value only if it differs from the one it was told last, and
 * never one that is older (`since`).
 */
import type { Commit, CommitSink } from '../kernel.ts'
import type { SnapshotSubject } from '../publish/snapshot-subject.ts'
import type { ReadableCore } from '../readable-core.ts'
import { nameOfPath, valueAt, valueBelow } from './path.ts'
import type { ListenerOwner, PathListener, Standing } from './path-listener.ts'
import { NOTHING, PathNode } from './path-node.ts'

export class PathIndex<S> implements CommitSink<S>, ListenerOwner {
  /** How many listeners there are. */
  size = 0
  readonly origin: ReadableCore<S>
  readonly #subject: SnapshotSubject<S>
  /** The number of the publication that is told, or was told last. */
  #number = 0
  readonly #root = new PathNode()
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
  listen<L extends PathListener>(path: readonly unknown[], create: (standing: Standing) => L): L {
    const { broadcast } = this.#subject
    const { published: since } = broadcast
    if (this.#leave === undefined) {
      this.#leave = broadcast.follow(this, 'before')
      this.#number = since
    }
    this.size += 1
    const { version, state } = this.#subject.getValue()
    const listener = this.#place(path, state, since, create)
    if (version >= 0) broadcast.exclusively(() => listener.next(valueAt(state, path)))
    return listener
  }

  next({ before, snapshot }: Commit<S>): void {
    this.#number += 1
    this.origin.telling = snapshot
    // Before its first state a store has told nobody anything that a value could be equal to.
    const was = before.version < 0 ? NOTHING : before.state
    if (!Object.is(was, snapshot.state)) this.#root.changed(was, snapshot.state, this.#number)
    this.origin.telling = undefined
  }

  complete(): void {
    this.#root.complete()
  }

  failed({ parent, key }: PathListener, phase: 'next' | 'complete', error: unknown): void {
    const path = parent === undefined ? [] : [...parent.path, key]
    this.origin.report({ subscriberId: nameOfPath(path), phase, error })
  }

  /** Takes a listener away; called by itself. */
  remove(listener: PathListener): void {
    const { parent, key } = listener
    if (parent === undefined) this.#root.remove(listener)
    else parent.removeAt(key, listener)
    this.size -= 1
    if (this.size > 0) return
    this.#leave?.()
    this.#leave = undefined
  }

  /** Makes a listener, and puts it where a path leads. */
  #place<L extends PathListener>(
    path: readonly unknown[],
    state: unknown,
    since: number,
    create: (standing: Standing) => L,
  ): L {
    if (path.length === 0) {
      const listener = create({ parent: undefined, key: undefined, since })
      this.#root.add(listener)
      return listener
    }
    let parent = this.#root
    let value = state
    for (const key of path.slice(0, -1)) {
      parent = parent.nodeAt(key, value)
      value = valueBelow(value, key)
    }
    const key = path.at(-1)
    const listener = create({ parent, key, since })
    parent.addAt(key, value, listener)
    return listener
  }
}
