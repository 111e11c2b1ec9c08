/**
 * A readable as an input of derived values: one for each, which follows it while anybody is attached.
 *
 *   a snapshot is current   notice   every node that stands on it is stale, at once, also while telling waits
 *   it is told              next     whoever is followed among them tells, once
 *
 * Were nodes marked only when it is told, one that reads two stores could be made of a new state of the one and of a
 * node that does not know yet that the other has changed.
 */
import { HeadgateError } from '../kit/index.ts'
import type { CommitSink, ReadableCore, Snapshot } from '../store/index.ts'
import { Attached } from './attached.ts'
import { Failure, type Input, type View } from './input.ts'
import type { Labels } from './made.ts'
import { markStale } from './mark-stale.ts'
import type { DerivedNode } from './node.ts'
import { Line, tell } from './tell.ts'

export class ReadableInput implements Input, CommitSink<unknown> {
  readonly core: ReadableCore<unknown>
  readonly isFed: boolean
  readonly #nodes = new Attached()
  /** Nodes with followers that became stale since a snapshot was told last. */
  readonly #stale = new Line()
  #leave: (() => void) | undefined

  constructor(core: ReadableCore<unknown>) {
    this.core = core
    this.isFed = core.subject.feed !== undefined
  }

  hasEnded(): boolean {
    return this.core.subject.isStopped
  }

  underway(): number {
    return this.core.underway
  }

  read(view: View): unknown {
    const { state, version } = this.#snapshot(view)
    if (version >= 0) return state
    const { name } = this.core
    return new Failure(new HeadgateError('STORE_UNINITIALIZED', { store: name, operation: 'derive()' }))
  }

  labels(view: View): Labels {
    return this.#snapshot(view)
  }

  attach(node: DerivedNode): void {
    this.#nodes.add(node)
    if (this.#leave !== undefined) return
    const { subject } = this.core
    subject.feed?.open()
    const unnotice = subject.notice(() => markStale(this.#nodes.list, this.#stale))
    const unfollow = subject.broadcast.follow(this, 'after')
    this.#leave = () => {
      unnotice()
      unfollow()
    }
  }

  detach(node: DerivedNode): void {
    this.#nodes.delete(node)
    this.#leaveIfIdle()
  }

  next(): void {
    if (!this.#stale.isEmpty) {
      try {
        tell(this.#stale)
      } catch (error) {
        const { version } = this.core.subject.getValue()
        this.core.audience.faults.report({
          subscriberId: 'derive',
          phase: 'kernel',
          error,
          version,
          failures: 1,
        })
      }
    }
    this.#leaveIfIdle()
  }

  complete(): void {
    for (const node of this.#nodes.list) node.complete()
    this.next()
  }

  #snapshot(view: View): Snapshot<unknown> {
    return view === 'head' ? this.core.head : this.core.subject.newest
  }

  /** A node that turned away may still have to tell of it. */
  #leaveIfIdle(): void {
    if (this.#nodes.size > 0 || !this.#stale.isEmpty) return
    this.#leave?.()
    this.#leave = undefined
  }
}
