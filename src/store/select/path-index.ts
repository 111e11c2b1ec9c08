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
import type { Told } from './listener.ts'
import { NOTHING } from './nothing.ts'
import { nameOfPath, valueBelow } from './path.ts'
import { PathListener, type PathListenerOwner } from './path-listener.ts'
import { PathNode } from './path-node.ts'

export class PathIndex<S> implements CommitSink<S>, PathListenerOwner {
  /** How many listeners there are. */
  size = 0
  readonly origin: ReadableCore<S>
  readonly #subject: SnapshotSubject<S>
  /** The number of the publication that is told, or was told last. */
  #number = 0
  /** The place of the snapshot; below it is that of its `state`. */
  readonly #top = new PathNode()
  /** Ends following the commits; while there are listeners. */
  #leave: (() => void) | undefined

  constructor(origin: ReadableCore<S>) {
    this.origin = origin
    this.#subject = origin.subject
  }

  /** Adds a listener at a path, and tells it the current value. */
  listen(path: readonly unknown[], told: Told): PathListener {
    const { broadcast } = this.#subject
    if (this.#leave === undefined) {
      this.#leave = broadcast.follow(this, 'before')
      this.#number = broadcast.published
    }
    const snapshot = this.#subject.getValue()
    let parent = this.#top
    let above: unknown = snapshot
    let key: unknown = 'state'
    for (const next of path) {
      parent = parent.nodeAt(key, above)
      above = valueBelow(above, key)
      key = next
    }
    const listener = new PathListener(this, parent, key, told, broadcast.published)
    parent.addAt(above, listener)
    this.size += 1
    if (snapshot.version >= 0) broadcast.exclusively(() => listener.next(valueBelow(above, key)))
    return listener
  }

  next({ before, snapshot }: Commit<S>): void {
    this.#number += 1
    this.origin.telling = snapshot
    // Before its first state a store has told nobody anything that a value could be equal to.
    const was = before.version < 0 ? NOTHING : before.state
    if (!Object.is(was, snapshot.state)) this.#top.at('state')?.changed(was, snapshot.state, this.#number)
    this.origin.telling = undefined
  }

  complete(): void {
    this.#top.complete()
  }

  failed({ parent, key }: PathListener, phase: 'next' | 'complete', error: unknown): void {
    const [, ...path] = [...parent.path, key]
    this.origin.report({ subscriberId: nameOfPath(path), phase, error })
  }

  /** Takes a listener away; called by itself. */
  remove(listener: PathListener): void {
    listener.parent.removeAt(listener)
    this.size -= 1
    if (this.size > 0) return
    this.#leave?.()
    this.#leave = undefined
  }
}
