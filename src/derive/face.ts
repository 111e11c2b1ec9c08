/**
 * What the followers of a derived value see: a branch of the first readable that it stands on, fed by the node. So a
 * subscriber has its mailbox, its policy and its counts as on a store, and the figures and faults of that store know
 * of it. Made when somebody follows for the first time.
 */
import { isHeadgateError } from '../kit/index.ts'
import {
  type Commit,
  createStore,
  type Feed,
  findCore,
  type Readable,
  type ReadableCore,
  type Snapshot,
} from '../store/index.ts'
import { Failure } from './input.ts'
import type { DerivedNode } from './node.ts'
import type { Watcher } from './tell.ts'

/** How many have begun to be followed so far. */
let followed = 0

export class Face<R> implements Feed<R>, Watcher {
  readonly core: ReadableCore<R>
  readonly readable: Readable<R>
  number = 0
  readonly #node: DerivedNode
  /** What followers were told last, or are about to be; at first one of version -1. */
  #told: Snapshot<R>
  /** What they were told of last that threw. */
  #failure: Failure | undefined
  /** While somebody follows. */
  #uncount: (() => void) | undefined

  constructor(node: DerivedNode) {
    this.#node = node
    node.bring('published')
    this.core = (node.core ?? withoutSources(node.name)).branch<R>(node.name, this)
    this.readable = this.core.toReadable()
    this.#told = this.core.subject.getValue()
  }

  get name(): string {
    return this.core.name
  }

  newest(): Snapshot<R> {
    // The cast holds: the node was made for values of this type.
    return (this.#node.bring('published').snapshot as Snapshot<R> | undefined) ?? this.#told
  }

  open(): void {
    if (this.#uncount !== undefined || this.core.subject.isStopped) return
    if (this.#node.hasEnded()) {
      this.core.complete()
      return
    }
    this.#uncount = this.core.count()
    followed += 1
    this.number = followed
    this.#node.watch(this)
    const commit = this.news()
    if (commit !== undefined) this.show(commit)
  }

  emptied(): void {
    this.#node.unwatch()
    this.#uncount?.()
    this.#uncount = undefined
    this.#failure = undefined
  }

  underway(): number {
    return this.#node.underway()
  }

  news(): Commit<R> | undefined {
    const before = this.#told
    const { result, snapshot = before } = this.#node.bring('published')
    if (result instanceof Failure || this.#failure !== undefined) this.#note(result)
    if (snapshot === before) return undefined
    // The cast holds: the node was made for values of this type.
    this.#told = snapshot as Snapshot<R>
    return { snapshot: this.#told, before, origin: undefined }
  }

  show(commit: Commit<R>): void {
    this.core.subject.publish(commit)
  }

  complete(): void {
    this.core.complete()
    this.emptied()
  }

  /** Tells once of each run that threw. That a source has no state yet is nothing to tell of. */
  #note(result: unknown): void {
    const failure = result instanceof Failure ? result : undefined
    if (failure === this.#failure) return
    this.#failure = failure
    if (failure === undefined || isHeadgateError(failure.error, 'STORE_UNINITIALIZED')) return
    const { version } = this.#told
    this.core.audience.faults.report({
      subscriberId: this.name,
      phase: 'derive',
      error: failure.error,
      version,
      failures: 1,
    })
  }
}

/** What one that stands on nothing is a branch of. */
function withoutSources(name: string): ReadableCore<unknown> {
  // The cast holds: a store has a core.
  return findCore(createStore(null, { name })) as ReadableCore<unknown>
}
