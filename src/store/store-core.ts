/**
 * The store: puts its parts together and is what a caller sees.
 *
 *   writes ──> CommitPipeline ──> ReadableCore ──> everybody who follows
 *
 * Who builds on it uses its {@link Kernel}.
 */
import type { Draft } from 'immer'
import { asyncScheduler, type Observable } from 'rxjs'
import {
  type CommitTimer,
  LeakWatch,
  reportMetrics,
  type StoreCounters,
  type StoreMetrics,
} from '../counting/index.ts'
import type { Immutable } from '../kit/index.ts'
import { type Clock, defineDispose, defineRead, FairLock, randomUuid, systemClock } from '../kit/index.ts'
import type { AnyRecipe } from '../state/index.ts'
import { type Figures, kernelSymbol } from './kernel.ts'
import { check } from './options.ts'
import { Audience } from './publish/audience.ts'
import { FaultReporter, type SubscriberFault } from './publish/fault-reporter.ts'
import type { SnapshotSubject } from './publish/snapshot-subject.ts'
import type { WaitOptions } from './readable.ts'
import { ReadableCore } from './readable-core.ts'
import { ReadableFace } from './readable-face.ts'
import type { Snapshot } from './snapshot.ts'
import type { ModifyOptions, Store, StoreOptions, Synchronous } from './store.ts'
import { StoreKernel } from './store-kernel.ts'
import { adviser } from './write/adviser.ts'
import { type ModifyWork, modify } from './write/modify.ts'
import type { PipelineHost } from './write/pipeline-host.ts'
import { firstSnapshot } from './write/stamp.ts'
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

/** Written out, so that a bundler that sets NODE_ENV leaves it out. */
function leakWatch(wanted: boolean): LeakWatch | undefined {
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production')
    return wanted ? new LeakWatch() : undefined
  return undefined
}

/** What is read and followed of a store. */
function coreOf<S>(initial: S | undefined, options: StoreOptions): ReadableCore<S> {
  check?.storeOptions(options)
  const { name = 'store', source = name, clock = systemClock, drainMax = 100_000 } = options
  const { scheduler = asyncScheduler, detectLeaks = true, freeze = true } = options
  const audience: Audience = new Audience({
    storeName: name,
    faults: new FaultReporter(name, options.onFault),
    leaks: leakWatch(detectLeaks),
    clock,
    scheduler,
    isOver: (): boolean => core.subject.isStopped,
  })
  const core: ReadableCore<S> = new ReadableCore(
    name,
    firstSnapshot(initial, { name, source, clock, freeze }),
    audience,
    drainMax,
  )
  core.count()
  return core
}

// biome-ignore lint/correctness/noUnusedVariables: both declarations of a class have its type parameter
export interface StoreCore<S> extends Disposable {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block makes the member of the interface
export class StoreCore<S> extends ReadableFace<S> implements Store<S> {
  static {
    defineDispose(StoreCore.prototype, function () {
      this.destroy()
    })
    defineRead(StoreCore.prototype, kernelSymbol, function () {
      return this.#kernel
    })
  }

  readonly instanceId: string = randomUuid()
  readonly faults$: Observable<SubscriberFault>
  readonly #kernel: StoreKernel<S>
  readonly #clock: Clock
  readonly #core: ReadableCore<S>
  readonly #audience: Audience
  readonly #subject: SnapshotSubject<S>
  readonly #timer: CommitTimer | undefined
  readonly #modifying = new FairLock()
  readonly #createdAt: number
  readonly #createdMono: number
  #reads = 0

  constructor(initial: S | undefined, options: StoreOptions = {}) {
    const core = coreOf(initial, options)
    super(core)
    const { name, subject, audience } = core
    const { clock } = audience
    const { source = name, whenFull = 'throw', timing, freeze = true } = options
    this.#core = core
    this.#audience = audience
    this.#subject = subject
    this.#clock = clock
    this.#createdAt = clock.wall()
    this.#createdMono = clock.mono()
    this.#timer = timing ? timing(clock) : undefined
    subject.broadcast.told = this.#timer?.delivered
    const advise =
      typeof process === 'object' && process.env.NODE_ENV !== 'production' ? adviser(name) : undefined
    advise?.(subject.getValue().state, undefined)
    const host: PipelineHost = {
      name,
      source,
      clock,
      freeze,
      advise,
      timer: this.#timer,
      overrules: whenFull === 'overrule',
      admitWrite: () => audience.admit(),
    }
    this.#kernel = new StoreKernel(this, host, subject, audience)
    core.writer = this.#kernel
    this.faults$ = audience.faults.faults$
  }

  override get snapshot(): Snapshot<S> {
    this.#reads += 1
    return this.#kernel.head
  }

  override get state(): Immutable<S> {
    this.#reads += 1
    return this.#kernel.head.state
  }

  override get published(): Snapshot<S> {
    this.#reads += 1
    return this.#subject.getValue()
  }

  // Functions of its own, not methods: they work off their store.
  readonly update = (recipe: (draft: Draft<S>) => void | S | Draft<S>, write?: Write): Snapshot<S> =>
    this.#kernel.update(recipe as AnyRecipe, write)

  readonly set = (state: S | Immutable<S>, write?: Write): Snapshot<S> => this.#kernel.set(state, write)

  readonly put = (
    snapshot: Snapshot<S>,
    options: { enforceVersion?: boolean | undefined } = {},
  ): Snapshot<S> => {
    check?.putOptions(options)
    return this.#kernel.put(snapshot, options.enforceVersion === true)
  }

  readonly initialize = (state: S | Immutable<S>): Snapshot<S> => {
    const { head } = this.#kernel
    return head.version >= 0 ? head : this.set(state, 'INIT')
  }

  readonly batch = <R>(work: Synchronous<R>, write?: Write): R =>
    // What no compiler has seen, the pipeline refuses.
    this.#kernel.batched(work as () => R, write)

  readonly modify = async (work: ModifyWork<S>, options: ModifyOptions = {}): Promise<Snapshot<S>> => {
    check?.modifyOptions(options)
    this.#kernel.requireAlive('modify()')
    this.#kernel.requireState('modify()')
    const target = {
      kernel: this.#kernel,
      subject: this.#subject,
      line: this.#modifying,
      endings: this.#core.endings,
    }
    return await modify(target, work, options)
  }

  readonly ready = async (options: WaitOptions = {}): Promise<void> => {
    check?.waitOptions(options, 'ready()')
    await this.#audience.writers.whenReady(() => {}, options, 'ready()')
  }

  readonly whenReady = async <R>(write: () => R, options: WaitOptions = {}): Promise<Awaited<R>> => {
    check?.waitOptions(options, 'whenReady()')
    return await this.#audience.writers.whenReady(write, options, 'whenReady()')
  }

  readonly metrics = (): StoreMetrics => {
    let counters = this.#counters()
    for (const figures of this.#kernel.figures) counters = addFigures(counters, figures())
    return reportMetrics(counters, this.#audience.departed, this.#audience.stats())
  }

  readonly destroy = (): void => {
    if (this.#subject.isStopped) return
    this.#core.complete()
    this.#audience.faults.complete()
  }

  #counters(): StoreCounters {
    const { commits, versionConflicts, failedWrites, noopWrites, lastCommitAt, head } = this.#kernel
    const { selectionCount } = this.#core
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
      subscriberCount: this.#audience.size + this.#subject.observerCount + selectionCount,
      selectionCount,
      commitLatencyMs: this.#timer?.summary() ?? null,
    }
  }
}
