/**
 * Where a write becomes a version.
 *
 *   update ─ recipe ─┐                        ┌─ inside a batch: kept until the batch returns
 *   set ─────────────┼─> admit ─> snapshot ───┤
 *   put ─────────────┘                        └─> SnapshotSubject ─> receivers, in order
 *
 * `head` is the newest write; the subject's value is the newest *published* version. They differ only
 * inside a batch, and a batch that throws goes back from one to the other.
 *
 * What must stay true:
 * - A write that is refused or throws changes nothing but the counters of failures.
 * - Versions rise by one with each commit, but where `put` brings a higher one; none is used twice.
 *   (A write inside a batch returns its provisional snapshot: it has the version that the batch will have.)
 * - Nobody is told of a write inside a batch before the batch has returned.
 */

import type { Immutable } from '../../kit/index.ts'
import { deferredOf, HeadgateError, type Instant, instantOf } from '../../kit/index.ts'
import { type AnyRecipe, type Originals, settle, unfitError } from '../../state/index.ts'
import { activity } from '../activity.ts'
import { NO_METADATA, type Snapshot, snapshotProblem } from '../snapshot.ts'
import { Batch, type BatchLine } from './batch.ts'
import type { PipelineHost, Publications } from './pipeline-host.ts'
import { produceState } from './recipes.ts'
import { stamp } from './stamp.ts'
import { Thaw } from './thaw.ts'
import { type ReadWrite, readWrite, type Write } from './write-options.ts'

type Guard<S> = (write: Write | undefined, state: Immutable<S>) => void

type Step<S> = (state: Immutable<S>, at: Instant) => Immutable<S>

export class CommitPipeline<S> implements BatchLine<S> {
  /** The newest write. */
  head: Snapshot<S>
  commits = 0
  versionConflicts = 0
  failedWrites = 0
  noopWrites = 0
  lastCommitAt: number | null = null
  /** The innermost batch in progress. */
  batch: Batch<S> | undefined = undefined
  /** Whether code runs that may read this store but not write to it. */
  inRecipe = false
  readonly #host: PipelineHost
  readonly #thaw = new Thaw<Immutable<S>>()
  readonly #subject: Publications<S>
  /** Asked before each commit; replaced, not changed, so that one may come or go while they are asked. */
  #guards: readonly Guard<S>[] = []

  constructor(host: PipelineHost, subject: Publications<S>) {
    this.#host = host
    this.#subject = subject
    this.head = subject.getValue()
  }

  update(recipe: AnyRecipe, given: Write | undefined): Snapshot<S> {
    const operation = 'update()'
    const step: Step<S> = (state) => {
      this.requireState(operation)
      const thawed = this.#thaw.thaw(state)
      const made = produceState(thawed?.base ?? state, recipe, this.#host.name) as Immutable<S>
      const settled = this.#settled(made, thawed?.originals)
      this.#thaw.note(state, settled)
      return settled
    }
    return this.#step(operation, given, 'UPDATE', step, 1)
  }

  set(state: S | Immutable<S>, given: Write | undefined): Snapshot<S> {
    const operation = 'set()'
    try {
      const write = this.#admit(operation, given)
      this.#requireValue(operation, state)
      const settled = this.#settled(state) as Immutable<S>
      return this.#commit(operation, settled, write, 'SET', instantOf(this.#host.clock))
    } catch (error) {
      throw this.#failed(error, operation)
    }
  }

  put(snapshot: Snapshot<S>, enforceVersion: boolean, origin?: unknown): Snapshot<S> {
    const operation = 'put()'
    try {
      this.#admit(operation, undefined)
      const problem = snapshotProblem(snapshot)
      if (problem !== undefined) {
        throw new HeadgateError('SNAPSHOT_INVALID', { store: this.#host.name, operation, problem })
      }
      const { version, state, reason, source, tsWall, tsMono, metadata: given } = snapshot
      // Foreign code first: getters may write.
      const settled = this.#settled(state)
      const metadata = Object.freeze({ ...given })
      const write = { reason, source, metadata, origin }
      this.#ask(operation, write, settled)
      const newer = version > this.head.version
      if (enforceVersion && !newer) this.#conflict(version)
      if (this.batch !== undefined) this.batch.adopted = true
      const stamped = newer ? version : this.#nextVersion()
      return this.#adopt(stamp(settled, stamped, write, write, { tsWall, tsMono }), write)
    } catch (error) {
      throw this.#failed(error, operation)
    }
  }

  /** Commits what a pure step makes of the state; see `Kernel.commit`. */
  commit(step: Step<S>, given?: Write, operation?: string): Snapshot<S> {
    return this.commitSettled((state, at) => this.#settled(step(state, at)), given, operation)
  }

  /** Commits what a pure step makes of the state, and has frozen; see `Kernel.commitSettled`. */
  commitSettled(step: Step<S>, given?: Write, operation = 'commit()'): Snapshot<S> {
    return this.#step(operation, given, 'COMMIT', step, 0)
  }

  batched<R>(work: () => R, given: Write | undefined): R {
    const batch = this.begin(given)
    let result: R
    try {
      result = work()
      const returned = deferredOf(result)
      if (returned !== undefined) throw new HeadgateError('BATCH_ASYNC', { store: this.#host.name, returned })
      this.requireAlive('batch()')
    } catch (error) {
      batch.rollBack()
      throw error
    }
    batch.commit()
    return result
  }

  /** Opens a batch, inside the one that is open; see `Kernel.begin`. */
  begin(given?: Write): Batch<S> {
    const operation = 'batch()'
    try {
      const write = this.#admit(operation, given)
      this.batch = new Batch(this, write, this.#overrules(write))
      return this.batch
    } catch (error) {
      throw this.#failed(error, operation)
    }
  }

  /** Whether a batch is in progress. */
  get inBatch(): boolean {
    return this.batch !== undefined
  }

  /** See `Kernel.destroyed`. */
  get destroyed(): boolean {
    return this.#subject.isStopped
  }

  /** See `Kernel.guard`. */
  guard(check: Guard<S>): () => void {
    // Of its own, so that the same function may be added twice and taken away once.
    const added: Guard<S> = (write, state) => check(write, state)
    this.#guards = [...this.#guards, added]
    return () => {
      this.#guards = this.#guards.filter((each) => each !== added)
    }
  }

  /** Publishes the newest write. */
  publish(before: Snapshot<S>, origin: unknown): void {
    const snapshot = this.head
    this.commits += 1
    this.lastCommitAt = snapshot.tsWall
    this.#host.timer?.published()
    this.#subject.publish({ snapshot, before, origin })
  }

  /** Counts a write that changed nothing. */
  unchanged(noops = 1): Snapshot<S> {
    this.noopWrites += noops
    return this.head
  }

  requireAlive(operation: string): void {
    if (this.#subject.isStopped) throw this.destroyedError(operation)
  }

  requireState(operation: string): void {
    if (this.head.version >= 0) return
    throw new HeadgateError('STORE_UNINITIALIZED', { store: this.#host.name, operation })
  }

  destroyedError(operation: string): HeadgateError {
    return new HeadgateError('STORE_DESTROYED', { store: this.#host.name, operation })
  }

  /**
   * Commits what code makes of the state that may read this store but not write to it.
   *
   * @param noops - as how many writes that changed nothing one counts that does.
   */
  #step(
    operation: string,
    given: Write | undefined,
    reason: string,
    step: Step<S>,
    noops: 0 | 1,
  ): Snapshot<S> {
    try {
      const write = this.#admit(operation, given)
      const at = instantOf(this.#host.clock)
      const before = this.head.state
      const state = this.#reading(() => step(before, at))
      this.requireAlive(operation) // the step may have called destroy()
      if (Object.is(state, before)) return this.unchanged(noops)
      this.#requireValue(operation, state)
      return this.#commit(operation, state, write, reason, at)
    } catch (error) {
      throw this.#failed(error, operation)
    }
  }

  /** Runs code that may read this store but not write to it. */
  #reading<R>(work: () => R): R {
    this.inRecipe = true
    try {
      return work()
    } finally {
      this.inRecipe = false
    }
  }

  /** Refuses a write that may not happen now; nothing has been done yet. */
  #admit(operation: string, given: Write | undefined): ReadWrite | undefined {
    // A batch begins with itself, not with its writes; a write inside a recipe is refused.
    if (this.batch === undefined && !this.inRecipe) this.#host.timer?.begin()
    const write = readWrite(given)
    this.requireAlive(operation)
    const { name: store } = this.#host
    const { deriving } = activity
    if (deriving !== undefined) {
      throw new HeadgateError('WRITE_IN_DERIVE', { store, operation, derived: deriving.name })
    }
    if (this.inRecipe) throw new HeadgateError('WRITE_IN_RECIPE', { store, operation })
    this.#requireVersion(write)
    const { broadcast } = this.#subject
    if (broadcast.exhausted)
      throw new HeadgateError('RUNAWAY_WRITES', { store, drainMax: broadcast.queueMax })
    if (!this.#overrules(write)) this.#host.admitWrite()
    return write
  }

  /** Whether a write commits over a subscriber that suspends; inside a batch, what the batch says unless it does. */
  #overrules(write: ReadWrite | undefined): boolean {
    const own = write?.whenFull
    return own === undefined ? (this.batch ?? this.#host).overrules : own === 'overrule'
  }

  #requireVersion(write: ReadWrite | undefined): void {
    const expected = write?.expectedVersion
    if (expected !== undefined && expected !== this.head.version) this.#conflict(expected)
  }

  #failed(error: unknown, operation: string): unknown {
    this.failedWrites += 1
    return unfitError(error, `store "${this.#host.name}"`, operation)
  }

  #conflict(expected: number): never {
    this.versionConflicts += 1
    const details = { store: this.#host.name, expected, actual: this.head.version }
    throw new HeadgateError('VERSION_CONFLICT', details)
  }

  #requireValue(operation: string, state: unknown): void {
    if (state === undefined) {
      throw new HeadgateError('STATE_UNDEFINED', { store: this.#host.name, operation })
    }
  }

  #settled<T>(state: T, originals?: Originals): T {
    const { state: before } = this.head
    const settled = settle(state, before, this.#host.freeze, originals)
    this.#host.advise?.(settled, before)
    return settled
  }

  /** The version of the next write: all writes of a batch have the one that the batch will have. */
  #nextVersion(): number {
    return Math.max(this.head.version, this.#subject.getValue().version + 1)
  }

  #commit(
    operation: string,
    state: Immutable<S>,
    write: ReadWrite | undefined,
    reason: string,
    at: Instant,
  ): Snapshot<S> {
    this.#ask(operation, write, state)
    const labels = { reason, source: this.#host.source, metadata: NO_METADATA }
    return this.#adopt(stamp(state, this.#nextVersion(), write, labels, at), write)
  }

  /**
   * Asks the guards, who write as little as a recipe does: the state that they are asked about was made of the one
   * that is current. What ran before them may have destroyed the store, or written, as getters of the state may.
   */
  #ask(operation: string, write: ReadWrite | undefined, state: Immutable<S>): void {
    if (this.#guards.length > 0) {
      this.#reading(() => {
        for (const check of this.#guards) check(write, state)
      })
    }
    this.requireAlive(operation)
    this.#requireVersion(write)
  }

  /** Makes a snapshot the newest write, and publishes it outside a batch. */
  #adopt(snapshot: Snapshot<S>, write: ReadWrite | undefined): Snapshot<S> {
    const before = this.head
    this.head = snapshot
    const { batch } = this
    if (batch === undefined) this.publish(before, write?.origin)
    else {
      batch.origin = write?.origin
      activity.writes += 1
    }
    return snapshot
  }
}
