import { activity } from '../activity.ts'
import type { OpenBatch } from '../kernel.ts'
import type { Snapshot } from '../snapshot.ts'
import { stamp } from './stamp.ts'
import type { ReadWrite } from './write-options.ts'

/** What a batch needs of the pipeline that it is open on. */
export interface BatchLine<S> {
  head: Snapshot<S>
  /** The innermost batch in progress. */
  batch: Batch<S> | undefined
  failedWrites: number
  readonly destroyed: boolean
  unchanged(): unknown
  publish(before: Snapshot<S>, origin: unknown): void
}

/**
 * Writes that become one version, or part of the batch around them.
 *
 *   begin ──> head moves, nobody is told ──┬─> commit:   one publication
 *                                          └─> rollBack: head is what it was
 *
 * It ends once, and those that are open inside it end with it. After the end of its store there is only one way back.
 */
export class Batch<S> implements OpenBatch {
  /** The origin of its last write. */
  origin: unknown = undefined
  /** Whether a snapshot came with a version of its own. */
  adopted = false
  /** Whether its writes commit over a subscriber that suspends. */
  readonly overrules: boolean
  readonly #line: BatchLine<S>
  readonly #write: ReadWrite | undefined
  readonly #before: Snapshot<S>
  readonly #outer: Batch<S> | undefined
  #isOpen = true

  constructor(line: BatchLine<S>, write: ReadWrite | undefined, overrules: boolean) {
    this.overrules = overrules
    this.#line = line
    this.#write = write
    this.#before = line.head
    this.#outer = line.batch
    activity.openBatches += 1
  }

  get isInnermost(): boolean {
    return this.#line.batch === this
  }

  commit(): void {
    const line = this.#line
    const before = this.#before
    if (line.destroyed) this.rollBack()
    if (!this.#leave() || line.head === before) return
    if (!Object.is(line.head.state, before.state) || this.adopted) this.#close()
    else {
      line.head = before
      line.unchanged()
    }
  }

  rollBack(): void {
    if (!this.#leave()) return
    this.#line.head = this.#before
    this.#line.failedWrites += 1
  }

  /** Whether it was open; those inside it become part of it first. */
  #leave(): boolean {
    if (!this.#isOpen) return false
    while (!this.isInnermost) this.#line.batch?.commit()
    this.#isOpen = false
    this.#line.batch = this.#outer
    activity.openBatches -= 1
    activity.writes += 1
    return true
  }

  #close(): void {
    const line = this.#line
    const write = this.#write
    const origin = write?.origin ?? this.origin
    const { head } = line
    if (write !== undefined) line.head = stamp(head.state, head.version, write, head, head)
    const outer = this.#outer
    if (outer === undefined) line.publish(this.#before, origin)
    else {
      outer.origin = origin
      outer.adopted ||= this.adopted
    }
  }
}
