/**
 * The store: puts its parts together and is what a caller sees.
 *
 *   writes ──> CommitPipeline ──> SnapshotSubject ──┬─> Subscribers (mailboxes)
 *                                                   ├─> observers of snapshot$
 *                                                   └─> PathIndex
 *
 * Who builds on it uses its {@link Kernel}.
 */
import type { Draft } from 'immer'
import {
  asyncScheduler,
  type InteropObservable,
  map,
  type Observable,
  observable as observableKey,
  type SchedulerLike,
} from 'rxjs'
import {
  CommitTimer,
  LeakWatch,
  reportMetrics,
  type StoreCounters,
  type StoreMetrics,
} from '../counting/index.ts'
import type { Immutable } from '../kit/index.ts'
import {
  type Clock,
  defineDispose,
  FairLock,
  isDevelopment,
  onAbort,
  randomUuid,
  systemClock,
} from '../kit/index.ts'
import { inspectSymbol, type StoreInspection } from './inspect.ts'
import { type Figures, type Kernel, kernelSymbol } from './kernel.ts'
import { check } from './options.ts'
import { type Consumer, toMailboxConsumer } from './publish/consumer.ts'
import { ContainedObservable, type ReportFault } from './publish/contained-observable.ts'
import { FaultReporter, type SubscriberFault } from './publish/fault-reporter.ts'
import { MailboxStream, type SnapshotStream, type StreamOptions } from './publish/snapshot-stream.ts'
import { SnapshotSubject } from './publish/snapshot-subject.ts'
import { createHandle, type SubscriberHandle } from './publish/subscriber-handle.ts'
import { type SubscribeOptions, Subscribers } from './publish/subscribers.ts'
import { waitFor } from './publish/wait-for.ts'
import type { WaitOptions } from './readable.ts'
import { PathIndex } from './select/path-index.ts'
import { type Equal, type Selector, SelectorIndex } from './select/selector-index.ts'
import type { Snapshot } from './snapshot.ts'
import type { ModifyOptions, Store, StoreOptions, Synchronous } from './store.ts'
import { StoreKernel } from './store-kernel.ts'
import { adviser } from './write/adviser.ts'
import { CommitPipeline, firstSnapshot, type PipelineHost } from './write/commit-pipeline.ts'
import { type ModifyWork, modify } from './write/modify.ts'
import type { AnyRecipe } from './write/recipes.ts'
import type { Write } from './write/write-options.ts'

/** Numbers are added to the store's own; a name replaces its. */
const addFigures = (counters: StoreCounters, figures: Figures): StoreCounters => ({
  ...counters,
  noopWrites: counters.noopWrites + (figures.noopWrites ?? 0),
  unhandledEvents: counters.unhandledEvents + (figures.unhandledEvents ?? 0),
  lateWrites: counters.lateWrites + (figures.lateWrites ?? 0),
  currentState: figures.currentState ?? counters.currentState,
})

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

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
    Object.defineProperty(StoreCore.prototype, kernelSymbol, {
      get(this: StoreCore<unknown>): Kernel<unknown> {
        return this.#kernel
      },
    })
    Object.defineProperty(StoreCore.prototype, inspectSymbol, {
      value(this: StoreCore<unknown>): StoreInspection {
        return this.#inspect()
      },
    })
  }

  readonly name: string
  readonly instanceId: string = randomUuid()
  readonly snapshot$: Observable<Snapshot<S>>
  readonly state$: Observable<Immutable<S>>
  readonly faults$: Observable<SubscriberFault>
  readonly #kernel: StoreKernel<S>
  readonly #clock: Clock
  readonly #scheduler: SchedulerLike
  readonly #faults: FaultReporter
  readonly #subject: SnapshotSubject<S>
  readonly #subscribers: Subscribers<S>
  readonly #paths: PathIndex<S>
  readonly #selectors: SelectorIndex<S>
  readonly #pipeline: CommitPipeline<S>
  readonly #timer: CommitTimer | undefined
  readonly #leaks: LeakWatch | undefined
  readonly #modifying = new FairLock()
  readonly #endings = new Set<() => void>()
  readonly #createdAt: number
  readonly #createdMono: number
  #reads = 0

  constructor(initial: S | undefined, options: StoreOptions = {}) {
    check?.storeOptions(options)
    const { name = 'store', source = name, clock = systemClock, drainMax = 100_000 } = options
    const { whenFull = 'throw' } = options
    const { timing = false, detectLeaks = isDevelopment(), freeze = true } = options
    this.name = name
    this.#clock = clock
    this.#scheduler = options.scheduler ?? asyncScheduler
    this.#createdAt = clock.wall()
    this.#createdMono = clock.mono()
    const report: ReportFault = (fault) => {
      const version = fault.phase === 'complete' ? -1 : this.#subject.getValue().version
      this.#faults.report({ ...fault, version, failures: 1 })
    }
    const failed = (error: unknown): void => report({ subscriberId: 'snapshot$', phase: 'next', error })
    this.#subject = new SnapshotSubject(
      firstSnapshot(initial, { name, source, clock, freeze }),
      drainMax,
      failed,
    )
    this.#timer = timing === false ? undefined : new CommitTimer(clock, timing)
    this.#subject.broadcast.told = this.#timer?.delivered
    this.#leaks = detectLeaks ? new LeakWatch() : undefined
    this.#faults = new FaultReporter(name, options.onFault)
    this.#subscribers = new Subscribers({
      storeName: name,
      subject: this.#subject,
      faults: this.#faults,
      leaks: this.#leaks,
      clock,
      scheduler: this.#scheduler,
    })
    this.#paths = new PathIndex(this.#subject, report)
    this.#selectors = new SelectorIndex(this.#subject, report)
    // Written out, so that a bundler that sets NODE_ENV leaves it out.
    const advise =
      typeof process === 'object' && process.env.NODE_ENV !== 'production' ? adviser(name) : undefined
    advise?.(this.#subject.getValue().state, undefined)
    const host: PipelineHost = {
      name,
      source,
      clock,
      freeze,
      advise,
      timer: this.#timer,
      overrules: whenFull === 'overrule',
      admitWrite: () => this.#subscribers.admit(),
    }
    this.#pipeline = new CommitPipeline(host, this.#subject)
    this.#kernel = new StoreKernel(
      this,
      this.#pipeline,
      this.#subject.broadcast,
      this.#faults,
      this.#subscribers,
    )
    this.snapshot$ = new ContainedObservable('snapshot$', report, (observer) =>
      this.#subject.subscribe(observer),
    )
    this.state$ = new ContainedObservable('state$', report, (observer) =>
      this.#subject.pipe(map((snapshot) => snapshot.state)).subscribe(observer),
    )
    this.faults$ = this.#faults.faults$
    // For methods that work off their store.
    this.update = this.update.bind(this)
    this.set = this.set.bind(this)
    this.put = this.put.bind(this)
    this.initialize = this.initialize.bind(this)
    this.batch = this.batch.bind(this)
    this.modify = this.modify.bind(this)
    this.select = this.select.bind(this)
    this.subscribe = this.subscribe.bind(this)
    this.stream = this.stream.bind(this)
    this.waitFor = this.waitFor.bind(this)
    this.ready = this.ready.bind(this)
    this.whenReady = this.whenReady.bind(this)
    this.metrics = this.metrics.bind(this)
    this.destroy = this.destroy.bind(this)
  }

  get snapshot(): Snapshot<S> {
    this.#reads += 1
    return this.#pipeline.head
  }

  get state(): Immutable<S> {
    this.#reads += 1
    return this.#pipeline.head.state
  }

  get published(): Snapshot<S> {
    this.#reads += 1
    return this.#subject.getValue()
  }

  get closed(): boolean {
    return this.#subject.isStopped
  }

  update(recipe: (draft: Draft<S>) => void | S | Draft<S>, write?: Write): Snapshot<S> {
    return this.#pipeline.update(recipe as AnyRecipe, write)
  }

  set(state: S | Immutable<S>, write?: Write): Snapshot<S> {
    return this.#pipeline.set(state, write)
  }

  put(snapshot: Snapshot<S>, options: { enforceVersion?: boolean | undefined } = {}): Snapshot<S> {
    check?.putOptions(options)
    return this.#pipeline.put(snapshot, options.enforceVersion === true)
  }

  initialize(state: S | Immutable<S>): Snapshot<S> {
    const { head } = this.#pipeline
    return head.version >= 0 ? head : this.set(state, 'INIT')
  }

  batch<R>(work: Synchronous<R>, write?: Write): R {
    // What no compiler has seen, the pipeline refuses.
    return this.#pipeline.batch(work as () => R, write)
  }

  async modify(work: ModifyWork<S>, options: ModifyOptions = {}): Promise<Snapshot<S>> {
    check?.modifyOptions(options)
    this.#pipeline.requireAlive('modify()')
    this.#pipeline.requireState('modify()')
    const { retries = 3, signal, ...write } = options
    const controller = new AbortController()
    const destroyed = (): void => controller.abort(this.#pipeline.destroyedError('modify()'))
    const cancelled = (): void => controller.abort(signal?.reason)
    const target = {
      published: () => this.#subject.getValue(),
      set: this.set.bind(this),
      unchanged: () => this.#pipeline.unchanged(),
      line: this.#modifying,
    }
    this.#endings.add(destroyed)
    const stopListening = onAbort(signal, cancelled)
    try {
      return await modify(
        target,
        work,
        { reason: 'MODIFY', ...write },
        { retries, signal: controller.signal },
      )
    } finally {
      this.#endings.delete(destroyed)
      stopListening()
    }
  }

  // One implementation for a selector and for a path; the overloads of Store type them.
  select(...args: readonly unknown[]): Observable<never> {
    const [selector, equal] = args
    const values =
      typeof selector === 'function'
        ? this.#selectors.observe(selector as Selector, equal as Equal | undefined)
        : this.#paths.observe(args)
    return values as Observable<never>
  }

  // One implementation; the overloads of Store give arrays to the consumer of a batch.
  subscribe(consumer: Consumer<never>, options: SubscribeOptions<S> = {}): SubscriberHandle {
    check?.subscribeOptions(options)
    const subscriber = this.#subscribers.add(
      toMailboxConsumer<Snapshot<S>>(consumer as Consumer<Snapshot<S>>),
      options,
    )
    const handle = createHandle(subscriber)
    // A signal can end the subscription without the handle.
    if (!subscriber.closed && options.signal === undefined)
      this.#leaks?.watch(handle, subscriber, StoreCore.prototype.subscribe)
    return handle
  }

  stream(options: StreamOptions<S> = {}): SnapshotStream<S> {
    check?.streamOptions(options)
    return new MailboxStream(this.#subscribers, options)
  }

  [Symbol.asyncIterator](): SnapshotStream<S> {
    return this.stream()
  }

  async waitFor(
    predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
    options: WaitOptions = {},
  ): Promise<Snapshot<S>> {
    check?.waitOptions(options, 'waitFor()')
    const { name, snapshot$ } = this
    return waitFor(
      { name, snapshot$, scheduler: this.#scheduler },
      (snapshot) => predicate(snapshot.state, snapshot),
      options,
    )
  }

  async ready(options: WaitOptions = {}): Promise<void> {
    check?.waitOptions(options, 'ready()')
    await this.#subscribers.writers.whenReady(() => {}, options, 'ready()')
  }

  async whenReady<R>(write: () => R, options: WaitOptions = {}): Promise<Awaited<R>> {
    check?.waitOptions(options, 'whenReady()')
    return await this.#subscribers.writers.whenReady(write, options, 'whenReady()')
  }

  metrics(): StoreMetrics {
    const counters = this.#kernel.figures.reduce(addFigures, this.#counters())
    return reportMetrics(counters, this.#subscribers.departed, this.#subscribers.stats())
  }

  destroy(): void {
    if (this.#subject.isStopped) return
    this.#subject.complete()
    for (const end of [...this.#endings]) end()
    this.#endings.clear()
    this.#faults.complete()
  }

  /** For tests, which find it as `inspectStore`. */
  #inspect(): StoreInspection {
    return {
      scheduler: this.#scheduler,
      observers: this.#subject.observerCount + this.#selectors.size,
      paths: this.#paths.size,
      modifying: this.#endings.size,
      leakedFrom: this.#subscribers.vitals().map(({ leakedFrom }) => leakedFrom),
    }
  }

  #counters(): StoreCounters {
    const { commits, versionConflicts, failedWrites, noopWrites, lastCommitAt, head } = this.#pipeline
    const selectionCount = this.#selectors.size + this.#paths.size
    return {
      commits,
      reads: this.#reads,
      versionConflicts,
      failedWrites,
      noopWrites,
      unhandledEvents: 0,
      lateWrites: 0,
      createdAt: this.#createdAt,
      lastCommitAt,
      uptimeMs: this.#clock.mono() - this.#createdMono,
      currentVersion: head.version,
      currentState: head.version < 0 ? 'UNINITIALIZED' : 'INITIALIZED',
      subscriberCount: this.#subscribers.size + this.#subject.observerCount + selectionCount,
      selectionCount,
      commitLatencyMs: this.#timer?.summary() ?? null,
    }
  }
}
