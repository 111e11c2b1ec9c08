/**
 * The store: where a write becomes a version.
 *
 *   update ─ recipe ─┐                        ┌─ inside a batch: kept until the batch returns
 *   set ─────────────┼─> admit ─> snapshot ───┤
 *   put ─────────────┘                        └─> SnapshotSubject ─> sinks, in order
 *
 * `#head` is the newest write; the subject's value is the newest *published* version. They differ only
 * inside a batch, and a batch that throws goes back from one to the other.
 *
 * What must stay true:
 * - A write that is refused or throws changes nothing but the counters of failures.
 * - Versions rise by one with each commit, but where `put` brings a higher one; none is used twice.
 *   (A write inside a batch returns its provisional snapshot: it has the version that the batch will have.)
 * - Nobody is told of a write inside a batch before the batch has returned.
 *
 * A machine store extends this class: the protected members are for it.
 */
import type { Draft, Immutable, Patch } from 'immer'
import {
  asyncScheduler,
  distinctUntilChanged,
  type InteropObservable,
  map,
  type Observable,
  observable as observableKey,
  type SchedulerLike,
} from 'rxjs'
import { type Clock, defineDispose, HeadgateError, randomUuid, systemClock } from '../kit/index.ts'
import { type Consumer, toMailboxConsumer } from './consumer.ts'
import { FaultReporter, type SubscriberFault } from './fault-reporter.ts'
import type { StoreMetrics } from './metrics.ts'
import { type ModifyWork, modify } from './modify.ts'
import { checkModifyOptions, checkStoreOptions, checkSubscribeOptions, checkWaitOptions } from './options.ts'
import { PathIndex } from './path-index.ts'
import { type AnyRecipe, freezeState, isRefusedPromise, type RecipeResult, runRecipe } from './recipes.ts'
import { NO_METADATA, type Snapshot, snapshotProblem } from './snapshot.ts'
import { MailboxStream, type SnapshotStream, type StreamOptions } from './snapshot-stream.ts'
import { type Sink, SnapshotSubject } from './snapshot-subject.ts'
import type { ModifyOptions, Store, StoreOptions, WaitOptions } from './store.ts'
import { createHandle, type SubscriberHandle } from './subscriber-handle.ts'
import { type SubscribeOptions, Subscribers } from './subscribers.ts'
import { waitFor } from './wait-for.ts'
import { checkWrite, labelOf, type Write, type WriteLabel } from './write-options.ts'

type Patches = readonly Patch[]

/** What a batch in progress goes back to, and what it has gathered. */
interface Batch<S> {
  readonly before: Snapshot<S>
  readonly outer: Batch<S> | undefined
  /** The patches of its writes; `undefined` once a write without patches is among them. */
  patches: Patches | undefined
}

const joinPatches = (a: Patches | undefined, b: Patches | undefined): Patches | undefined =>
  a && b && [...a, ...b]

export interface StoreCore<S> extends Disposable, InteropObservable<Snapshot<S>> {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block makes both members of the interface
export class StoreCore<S> implements Store<S> {
  static {
    defineDispose(StoreCore.prototype, function () {
      this.destroy()
    })
    // RxJS looks for the key that it found when it was loaded: a symbol, or a string.
    Object.defineProperty(StoreCore.prototype, observableKey, {
      value(this: StoreCore<unknown>): Observable<Snapshot<unknown>> {
        return this.snapshot$
      },
    })
  }

  readonly name: string
  readonly instanceId: string = randomUuid()
  readonly snapshot$: Observable<Snapshot<S>>
  readonly state$: Observable<Immutable<S>>
  readonly faults$: Observable<SubscriberFault>
  protected readonly clock: Clock
  protected readonly scheduler: SchedulerLike
  readonly #source: string
  readonly #faults: FaultReporter
  readonly #subject: SnapshotSubject<S>
  readonly #subscribers: Subscribers<S>
  readonly #paths: PathIndex<S>
  readonly #endings = new Set<() => void>()
  readonly #createdAt: number
  readonly #createdMono: number
  #head: Snapshot<S>
  #batch: Batch<S> | undefined
  #inRecipe = false
  #commits = 0
  #reads = 0
  #versionConflicts = 0
  #failedWrites = 0
  #noopWrites = 0
  #unhandledEvents = 0
  #lastCommitAt: number | null = null

  constructor(initial: S | undefined, options: StoreOptions = {}) {
    checkStoreOptions(options)
    this.name = options.name ?? 'store'
    this.clock = options.clock ?? systemClock
    this.scheduler = options.scheduler ?? asyncScheduler
    this.#source = options.source ?? this.name
    this.#createdAt = this.clock.wall()
    this.#createdMono = this.clock.mono()
    // The cast holds for an uninitialized store: its state is undefined, and nobody is told of it.
    const state = freezeState(initial) as Immutable<S>
    const label = { reason: 'INIT', source: this.#source, metadata: NO_METADATA }
    this.#head = Object.freeze(this.#stamp(state, initial === undefined ? -1 : 0, label))
    this.#subject = new SnapshotSubject(this.#head, options.drainMax ?? 100_000)
    this.#faults = new FaultReporter(this.name, options.onFault)
    this.#subscribers = new Subscribers({
      storeName: this.name,
      subject: this.#subject,
      faults: this.#faults,
      clock: this.clock,
      scheduler: this.scheduler,
    })
    this.#paths = new PathIndex(this.#subject)
    this.snapshot$ = this.#subject.asObservable()
    this.state$ = this.snapshot$.pipe(map((snapshot) => snapshot.state))
    this.faults$ = this.#faults.faults$
  }

  get snapshot(): Snapshot<S> {
    this.#reads += 1
    return this.#head
  }

  get state(): Immutable<S> {
    this.#reads += 1
    return this.#head.state
  }

  update(recipe: (draft: Draft<S>) => void | S | Draft<S>, write?: Write): Snapshot<S> {
    try {
      this.#admit('update()', write)
      this.#requireState('update()')
      const { state, patches } = this.#runRecipe(recipe as AnyRecipe)
      this.#requireAlive('update()') // the recipe may have called destroy()
      if (state === this.#head.state) return this.#unchanged()
      this.#requireValue('update()', state)
      return this.#commit(state as Immutable<S>, labelOf(write, 'UPDATE', this.#source), patches)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  set(state: S | Immutable<S>, write?: Write): Snapshot<S> {
    try {
      this.#admit('set()', write)
      this.#requireValue('set()', state)
      return this.#commit(freezeState(state) as Immutable<S>, labelOf(write, 'SET', this.#source))
    } catch (error) {
      throw this.#failed(error)
    }
  }

  put(snapshot: Snapshot<S>, options: { enforceVersion?: boolean | undefined } = {}): Snapshot<S> {
    try {
      this.#admit('put()', undefined)
      const problem = snapshotProblem(snapshot)
      if (problem !== undefined) throw new HeadgateError('SNAPSHOT_INVALID', { store: this.name, problem })
      const { version, state, reason, source, tsWall, tsMono, metadata } = snapshot
      const newer = version > this.#head.version
      if (options.enforceVersion === true && !newer) this.#conflict(version)
      return this.#adopt({
        version: newer ? version : this.#nextVersion(),
        state: freezeState(state),
        reason,
        source,
        tsWall,
        tsMono,
        metadata: Object.freeze({ ...metadata }),
      })
    } catch (error) {
      throw this.#failed(error)
    }
  }

  initialize(state: S | Immutable<S>): Snapshot<S> {
    if (this.#head.version >= 0) return this.#head
    return this.set(state, 'INIT')
  }

  batch<R>(work: () => R, write?: Write): R {
    try {
      this.#admit('batch()', write)
      const batch: Batch<S> = { before: this.#head, outer: this.#batch, patches: [] }
      this.#batch = batch
      try {
        const result = work()
        if (isRefusedPromise(result)) throw new HeadgateError('BATCH_ASYNC', { store: this.name })
        this.#requireAlive('batch()')
        this.#batch = batch.outer
        if (this.#head !== batch.before) this.#closeBatch(batch, write)
        return result
      } catch (error) {
        this.#batch = batch.outer
        this.#head = batch.before
        throw error
      }
    } catch (error) {
      throw this.#failed(error)
    }
  }

  async modify(work: ModifyWork<S>, options: ModifyOptions = {}): Promise<Snapshot<S>> {
    checkModifyOptions(options)
    this.#requireAlive('modify()')
    this.#requireState('modify()')
    const { retries = 3, signal, ...write } = options
    const controller = new AbortController()
    const destroyed = (): void => controller.abort(this.#destroyedError('modify()'))
    const cancelled = (): void => controller.abort(signal?.reason)
    const target = {
      published: () => this.#subject.getValue(),
      set: this.set.bind(this),
      unchanged: () => this.#unchanged(),
    }
    this.#endings.add(destroyed)
    if (signal?.aborted) cancelled()
    signal?.addEventListener('abort', cancelled)
    try {
      return await modify(
        target,
        work,
        { reason: 'MODIFY', ...write },
        { retries, signal: controller.signal },
      )
    } finally {
      this.#endings.delete(destroyed)
      signal?.removeEventListener('abort', cancelled)
    }
  }

  // One implementation for a selector and for a path; the overloads of Store type them.
  select(...args: readonly unknown[]): Observable<never> {
    const [selector, equal] = args
    const values =
      typeof selector === 'function'
        ? this.state$.pipe(
            map((state) => selector(state) as unknown),
            distinctUntilChanged((equal as (a: unknown, b: unknown) => boolean) ?? Object.is),
          )
        : this.#paths.observe(args)
    return values as Observable<never>
  }

  // One implementation; the overloads of Store give arrays to the consumer of a batch.
  subscribe(consumer: Consumer<never>, options: SubscribeOptions<S> = {}): SubscriberHandle {
    checkSubscribeOptions(options)
    return createHandle(
      this.#subscribers.add(toMailboxConsumer<Snapshot<S>>(consumer as Consumer<Snapshot<S>>), options),
    )
  }

  stream(options: StreamOptions<S> = {}): SnapshotStream<S> {
    checkSubscribeOptions(options)
    return new MailboxStream(this.#subscribers, options)
  }

  [Symbol.asyncIterator](): SnapshotStream<S> {
    return this.stream()
  }

  async waitFor(
    predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
    options: WaitOptions = {},
  ): Promise<Snapshot<S>> {
    checkWaitOptions(options)
    const { name, snapshot$, scheduler } = this
    return waitFor({ name, snapshot$, scheduler }, (snapshot) => predicate(snapshot.state, snapshot), options)
  }

  ready(): Promise<void> {
    return this.#subscribers.ready()
  }

  metrics(): StoreMetrics {
    const { totals, subscribers } = this.#subscribers.report()
    return {
      commits: this.#commits,
      reads: this.#reads,
      versionConflicts: this.#versionConflicts,
      failedWrites: this.#failedWrites,
      noopWrites: this.#noopWrites,
      unhandledEvents: this.#unhandledEvents,
      createdAt: this.#createdAt,
      lastCommitAt: this.#lastCommitAt,
      uptimeMs: this.clock.mono() - this.#createdMono,
      currentVersion: this.#head.version,
      currentState: this.#head.version < 0 ? 'UNINITIALIZED' : this.stateName(this.#head.state),
      subscriberCount: subscribers.length + this.#subject.observerCount + this.#paths.size,
      ...totals,
      subscribers,
    }
  }

  destroy(): void {
    if (this.#subject.isStopped) return
    this.#subject.complete()
    for (const end of [...this.#endings]) end()
    this.#endings.clear()
    this.#faults.complete()
  }

  // ---- for stores built on this one ----

  /** What metrics call the current state. */
  protected stateName(_state: Immutable<S>): string {
    return 'INITIALIZED'
  }

  /** Refuses a state that this store cannot be in, by throwing. */
  protected checkState(_state: Immutable<S>): void {}

  protected get destroyed(): boolean {
    return this.#subject.isStopped
  }

  /** Counts a recipe that changed nothing. */
  protected countNoop(): void {
    this.#noopWrites += 1
  }

  /** Counts an event that a machine did not handle. */
  protected countUnhandled(): void {
    this.#unhandledEvents += 1
  }

  /** The newest write, without counting a read. */
  protected get head(): Snapshot<S> {
    return this.#head
  }

  /** Reports a failure that has no caller. */
  protected reportFault(fault: SubscriberFault): void {
    this.#faults.report(fault)
  }

  /**
   * Commits what a pure step makes of the state. A step that returns the state as it was commits nothing;
   * one that writes to this store is refused, as a recipe is.
   */
  protected transact(
    operation: string,
    reason: string,
    write: Write | undefined,
    step: (state: Immutable<S>) => Immutable<S>,
  ): Snapshot<S> {
    try {
      this.#admit(operation, write)
      const state = this.#locked(() => step(this.#head.state))
      this.#requireAlive(operation) // the step may have called destroy()
      if (state === this.#head.state) return this.#head
      return this.#commit(state, labelOf(write, reason, this.#source))
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Follows the published versions from inside: before the subscribers who come later, and uncounted. */
  protected follow(sink: Sink<S>): void {
    this.#subject.attach(sink)
  }

  // ---- the commit pipeline ----

  /** Refuses a write that may not happen now; nothing has been done yet. */
  #admit(operation: string, write: Write | undefined): void {
    checkWrite(write)
    this.#requireAlive(operation)
    if (this.#inRecipe) throw new HeadgateError('WRITE_IN_RECIPE', { store: this.name, operation })
    if (typeof write === 'object' && write.expectedVersion !== undefined) this.#expect(write.expectedVersion)
    if (this.#subject.exhausted) {
      throw new HeadgateError('RUNAWAY_WRITES', { store: this.name, drainMax: this.#subject.drainMax })
    }
    this.#subscribers.admit()
  }

  #failed(error: unknown): unknown {
    this.#failedWrites += 1
    return error
  }

  #expect(version: number): void {
    if (version !== this.#head.version) this.#conflict(version)
  }

  #conflict(expected: number): never {
    this.#versionConflicts += 1
    throw new HeadgateError('VERSION_CONFLICT', { store: this.name, expected, actual: this.#head.version })
  }

  #requireAlive(operation: string): void {
    if (this.#subject.isStopped) throw this.#destroyedError(operation)
  }

  #destroyedError(operation: string): HeadgateError {
    return new HeadgateError('STORE_DESTROYED', { store: this.name, operation })
  }

  #requireState(operation: string): void {
    if (this.#head.version >= 0) return
    throw new HeadgateError('STORE_UNINITIALIZED', { store: this.name, operation })
  }

  #requireValue(operation: string, state: unknown): void {
    if (state === undefined) throw new HeadgateError('STATE_UNDEFINED', { store: this.name, operation })
  }

  #runRecipe(recipe: AnyRecipe): RecipeResult {
    return this.#locked(() => runRecipe(this.#head.state, recipe, this.name, this.#paths.wantsPatches))
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

  #unchanged(): Snapshot<S> {
    this.#noopWrites += 1
    return this.#head
  }

  /** The version of the next write: all writes of a batch have the one that the batch will have. */
  #nextVersion(): number {
    return Math.max(this.#head.version, this.#subject.getValue().version + 1)
  }

  #commit(state: Immutable<S>, label: WriteLabel, patches?: Patches): Snapshot<S> {
    return this.#adopt(this.#stamp(state, this.#nextVersion(), label), patches)
  }

  #stamp(state: Immutable<S>, version: number, { reason, source, metadata }: WriteLabel): Snapshot<S> {
    const { clock } = this
    return { version, state, reason, source, tsWall: clock.wall(), tsMono: clock.mono(), metadata }
  }

  /** Makes a snapshot the newest write, and publishes it outside a batch. */
  #adopt(snapshot: Snapshot<S>, patches?: Patches): Snapshot<S> {
    this.checkState(snapshot.state)
    Object.freeze(snapshot)
    this.#head = snapshot
    const batch = this.#batch
    if (batch === undefined) this.#publish(snapshot, patches)
    else batch.patches = joinPatches(batch.patches, patches)
    return snapshot
  }

  #closeBatch({ outer, patches }: Batch<S>, write: Write | undefined): void {
    if (outer !== undefined) {
      outer.patches = joinPatches(outer.patches, patches)
    }
    if (write !== undefined) {
      const { reason, source, metadata } = this.#head
      const label = labelOf(write, reason, source)
      const kept = label.metadata === NO_METADATA ? metadata : label.metadata
      this.#head = Object.freeze({ ...this.#head, ...label, metadata: kept })
    }
    if (outer === undefined) this.#publish(this.#head, patches)
  }

  #publish(snapshot: Snapshot<S>, patches: Patches | undefined): void {
    this.#commits += 1
    this.#lastCommitAt = snapshot.tsWall
    if (patches !== undefined) this.#paths.note(snapshot, patches)
    this.#subject.next(snapshot)
  }
}
