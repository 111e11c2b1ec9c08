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

import type { CommitTimer } from '../../counting/index.ts'
import type { Immutable } from '../../kit/index.ts'
import { type Clock, deferredOf, HeadgateError, type Instant, instantOf } from '../../kit/index.ts'
import { settle } from '../../state/index.ts'
import { activity } from '../activity.ts'
import type { Commit } from '../kernel.ts'
import { NO_METADATA, type Snapshot, snapshotProblem } from '../snapshot.ts'
import { type AnyRecipe, runRecipe, settleState, unfitError } from './recipes.ts'
import { refuseDeferred } from './refuse-deferred.ts'
import { labelOf, readWrite, type Write, type WriteLabel } from './write-options.ts'

/** What a batch in progress goes back to. */
export interface Batch<S> {
  readonly write: Write | undefined
  readonly before: Snapshot<S>
  readonly outer: Batch<S> | undefined
  /** The origin of its last write. */
  origin: unknown
  /** Whether its writes commit over a subscriber that suspends. */
  readonly overrules: boolean
  /** Whether a snapshot came with a version of its own. */
  adopted: boolean
}

/** What the pipeline needs of its store. */
export interface PipelineHost {
  readonly name: string
  /** The `source` of writes that give none. */
  readonly source: string
  readonly clock: Clock
  /** Whether states are frozen. */
  readonly freeze: boolean
  /** Says, in development, what of a new state recipes cannot handle. Must not throw. */
  readonly advise: ((next: unknown, previous: unknown) => void) | undefined
  /** Present where commits are timed. */
  readonly timer: CommitTimer | undefined
  /** Whether writes that say nothing commit over a subscriber that suspends its writers. */
  readonly overrules: boolean
  /** Throws where a subscriber that suspends its writers is full. */
  admitWrite(): void
}

/** Who tells of what the pipeline commits. */
export interface Publications<S> {
  readonly isStopped: boolean
  readonly broadcast: { readonly exhausted: boolean; readonly queueMax: number }
  getValue(): Snapshot<S>
  publish(commit: Commit<S>): void
}

/** Makes the first snapshot of a store; without a state it is uninitialized. */
export function firstSnapshot<S>(
  initial: S | undefined,
  { name, source, clock, freeze }: Pick<PipelineHost, 'name' | 'source' | 'clock' | 'freeze'>,
): Snapshot<S> {
  const settled = settleState(initial, undefined, {
    subject: `store "${name}"`,
    operation: 'createStore()',
    freeze,
  })
  // The cast holds for an uninitialized store: its state is undefined, and nobody is told of it.
  const state = settled as Immutable<S>
  const version = initial === undefined ? -1 : 0
  return Object.freeze(
    stamp(state, version, { reason: 'INIT', source, metadata: NO_METADATA }, instantOf(clock)),
  )
}

const stamp = <S>(
  state: Immutable<S>,
  version: number,
  { reason, source, metadata }: WriteLabel,
  { tsWall, tsMono }: Instant,
): Snapshot<S> => ({
  version,
  state,
  reason,
  source,
  tsWall,
  tsMono,
  metadata,
})

type Guard<S> = (write: Write | undefined, state: Immutable<S>) => void

const originOf = (write: Write | undefined): unknown => (typeof write === 'object' ? write.origin : undefined)

export class CommitPipeline<S> {
  /** The newest write. */
  head: Snapshot<S>
  commits = 0
  versionConflicts = 0
  failedWrites = 0
  noopWrites = 0
  lastCommitAt: number | null = null
  readonly #host: PipelineHost
  readonly #subject: Publications<S>
  /** Asked before each commit; replaced, not changed, so that one may come or go while they are asked. */
  #guards: readonly Guard<S>[] = []
  #batch: Batch<S> | undefined
  #inRecipe = false

  constructor(host: PipelineHost, subject: Publications<S>) {
    this.#host = host
    this.#subject = subject
    this.head = subject.getValue()
  }

  update(recipe: AnyRecipe, given: Write | undefined): Snapshot<S> {
    try {
      const write = this.#admit('update()', given)
      this.requireState('update()')
      const { name, source, freeze } = this.#host
      const state = this.#locked(() =>
        runRecipe(this.head.state, recipe, { store: name, operation: 'update()', freeze }),
      )
      this.requireAlive('update()') // the recipe may have called destroy()
      if (Object.is(state, this.head.state)) return this.unchanged()
      this.#requireValue('update()', state)
      this.#host.advise?.(state, this.head.state)
      return this.#commit(state as Immutable<S>, write, labelOf(write, 'UPDATE', source))
    } catch (error) {
      throw this.#failed(error)
    }
  }

  set(state: S | Immutable<S>, given: Write | undefined): Snapshot<S> {
    try {
      const write = this.#admit('set()', given)
      this.#requireValue('set()', state)
      refuseDeferred?.(state)
      return this.#commit(
        this.#settled('set()', state) as Immutable<S>,
        write,
        labelOf(write, 'SET', this.#host.source),
      )
    } catch (error) {
      throw this.#failed(error)
    }
  }

  put(snapshot: Snapshot<S>, enforceVersion: boolean, origin?: unknown): Snapshot<S> {
    try {
      this.#admit('put()', undefined)
      const problem = snapshotProblem(snapshot)
      if (problem !== undefined) {
        throw new HeadgateError('SNAPSHOT_INVALID', { store: this.#host.name, operation: 'put()', problem })
      }
      const { version, state, reason, source, tsWall, tsMono, metadata } = snapshot
      // Foreign code first: getters may write.
      const settled = this.#settled('put()', state) as Immutable<S>
      const label = { reason, source, metadata: Object.freeze({ ...metadata }) }
      const write = { ...label, origin }
      this.#ask(write, settled)
      const newer = version > this.head.version
      if (enforceVersion && !newer) this.#conflict(version)
      if (this.#batch !== undefined) this.#batch.adopted = true
      const stamped = newer ? version : this.#nextVersion()
      return this.#adopt(stamp(settled, stamped, label, { tsWall, tsMono }), write)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Commits what a pure step makes of the state; see `Kernel.commit`. */
  commit(
    step: (state: Immutable<S>, at: Instant) => Immutable<S>,
    given: Write | undefined,
    operation: string,
  ): Snapshot<S> {
    try {
      const write = this.#admit(operation, given)
      const at = instantOf(this.#host.clock)
      const state = this.#locked(() => step(this.head.state, at))
      this.requireAlive(operation) // the step may have called destroy()
      if (Object.is(state, this.head.state)) return this.head
      // A step that froze what it made has settled it.
      const next = Object.isFrozen(state) ? state : this.#settled(operation, state)
      return this.#commit(next, write, labelOf(write, 'COMMIT', this.#host.source), at)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  batch<R>(work: () => R, given: Write | undefined): R {
    const batch = this.begin(given)
    let result: R
    try {
      result = work()
      const returned = deferredOf(result)
      if (returned !== undefined) throw new HeadgateError('BATCH_ASYNC', { store: this.#host.name, returned })
      this.requireAlive('batch()')
    } catch (error) {
      this.rollBack(batch)
      throw error
    }
    this.end(batch)
    return result
  }

  /** Opens a batch, inside the one that is open; see `Kernel.begin`. */
  begin(given: Write | undefined): Batch<S> {
    try {
      const write = this.#admit('batch()', given)
      this.#batch = {
        write,
        before: this.head,
        outer: this.#batch,
        origin: undefined,
        overrules: this.#overrules(write),
        adopted: false,
      }
      activity.openBatches += 1
      return this.#batch
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Closes the innermost batch: its writes become one version, or part of the batch around it. */
  end(batch: Batch<S>): void {
    this.#leave(batch)
    if (this.head === batch.before) return
    if (!Object.is(this.head.state, batch.before.state) || batch.adopted) this.#closeBatch(batch)
    else {
      this.head = batch.before
      this.unchanged()
    }
  }

  /** Closes the innermost batch and takes its writes back. */
  rollBack(batch: Batch<S>): void {
    this.#leave(batch)
    this.head = batch.before
    this.failedWrites += 1
  }

  /** Whether a batch is the innermost one. */
  isInnermost(batch: Batch<S>): boolean {
    return this.#batch === batch
  }

  /** Whether a batch is in progress. */
  get inBatch(): boolean {
    return this.#batch !== undefined
  }

  /** Whether code runs that may read this store but not write to it. */
  get inRecipe(): boolean {
    return this.#inRecipe
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

  /** Counts a write that changed nothing. */
  unchanged(): Snapshot<S> {
    this.noopWrites += 1
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

  /** Refuses a write that may not happen now; nothing has been done yet. */
  #admit(operation: string, given: Write | undefined): Write | undefined {
    // A batch begins with itself, not with its writes; a write inside a recipe is refused.
    if (this.#batch === undefined && !this.#inRecipe) this.#host.timer?.begin()
    const write = readWrite(given)
    this.requireAlive(operation)
    const { name: store } = this.#host
    const { deriving: derived } = activity
    if (derived !== undefined) throw new HeadgateError('WRITE_IN_DERIVE', { store, operation, derived })
    if (this.#inRecipe) throw new HeadgateError('WRITE_IN_RECIPE', { store, operation })
    this.#requireVersion(write)
    const { exhausted, queueMax: drainMax } = this.#subject.broadcast
    if (exhausted) throw new HeadgateError('RUNAWAY_WRITES', { store, drainMax })
    if (!this.#overrules(write)) this.#host.admitWrite()
    return write
  }

  /** Whether a write commits over a subscriber that suspends; inside a batch, what the batch says unless it does. */
  #overrules(write: Write | undefined): boolean {
    const own = typeof write === 'object' ? write.whenFull : undefined
    return own === undefined ? (this.#batch?.overrules ?? this.#host.overrules) : own === 'overrule'
  }

  #requireVersion(write: Write | undefined): void {
    const expected = typeof write === 'object' ? write.expectedVersion : undefined
    if (expected !== undefined && expected !== this.head.version) this.#conflict(expected)
  }

  #failed(error: unknown): unknown {
    this.failedWrites += 1
    return error
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

  #settled<T>(operation: string, state: T): T {
    const { freeze } = this.#host
    try {
      const settled = settle(state, this.head.state, freeze)
      this.#host.advise?.(settled, this.head.state)
      return settled
    } catch (error) {
      throw unfitError(error, `store "${this.#host.name}"`, operation)
    }
  }

  /** Runs code that may read this store but not write to it. */
  #locked<R>(work: () => R): R {
    this.#inRecipe = true
    try {
      return work()
    } finally {
      this.#inRecipe = false
    }
  }

  #leave({ outer }: Batch<S>): void {
    this.#batch = outer
    activity.openBatches -= 1
    activity.writes += 1
  }

  /** The version of the next write: all writes of a batch have the one that the batch will have. */
  #nextVersion(): number {
    return Math.max(this.head.version, this.#subject.getValue().version + 1)
  }

  #commit(
    state: Immutable<S>,
    write: Write | undefined,
    label: WriteLabel,
    at: Instant = instantOf(this.#host.clock),
  ): Snapshot<S> {
    this.#ask(write, state)
    return this.#adopt(stamp(state, this.#nextVersion(), label, at), write)
  }

  /** Asks the guards, and once more for the version: getters of the state, the clock and guards may have written. */
  #ask(write: Write | undefined, state: Immutable<S>): void {
    for (const check of this.#guards) check(write, state)
    this.#requireVersion(write)
  }

  /** Makes a snapshot the newest write, and publishes it outside a batch. */
  #adopt(snapshot: Snapshot<S>, write: Write | undefined): Snapshot<S> {
    Object.freeze(snapshot)
    const before = this.head
    this.head = snapshot
    const batch = this.#batch
    if (batch === undefined) this.#publish(before, originOf(write))
    else {
      batch.origin = originOf(write)
      activity.writes += 1
    }
    return snapshot
  }

  #closeBatch({ write, before, outer, adopted, origin: last }: Batch<S>): void {
    const origin = originOf(write) ?? last
    if (outer !== undefined) {
      outer.origin = origin
      outer.adopted ||= adopted
    }
    if (write !== undefined) {
      const { reason, source, metadata } = this.head
      const label = labelOf(write, reason, source)
      const kept = label.metadata === NO_METADATA ? metadata : label.metadata
      this.head = Object.freeze({ ...this.head, ...label, metadata: kept })
    }
    if (outer === undefined) this.#publish(before, origin)
  }

  #publish(before: Snapshot<S>, origin: unknown): void {
    const snapshot = this.head
    this.commits += 1
    this.lastCommitAt = snapshot.tsWall
    this.#host.timer?.published()
    this.#subject.publish({ snapshot, before, origin })
  }
}
