import type { Broadcast } from '../backpressure/index.ts'
import type { Immutable } from '../kit/index.ts'
import { checkKeys, type Instant } from '../kit/index.ts'
import type { Brake, Commit, CommitSink, Figures, Kernel, OpenBatch, SubscriberVitals } from './kernel.ts'
import type { Audience } from './publish/audience.ts'
import type { SubscriberFault } from './publish/fault-reporter.ts'
import type { Snapshot } from './snapshot.ts'
import type { Store } from './store.ts'
import type { CommitPipeline } from './write/commit-pipeline.ts'
import type { Write } from './write/write-options.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production'
    ? {
        adoptOptions: (options: object) =>
          checkKeys(options, { enforceVersion: true, origin: true }, 'adopt()'),
        followOptions: (options: object) => checkKeys(options, { place: true }, 'follow()'),
      }
    : undefined

/** A store's own {@link Kernel}. */
export class StoreKernel<S> implements Kernel<S> {
  readonly store: Store<S>
  readonly #pipeline: CommitPipeline<S>
  readonly #broadcast: Broadcast<Snapshot<S>, Commit<S>>
  readonly #audience: Audience
  readonly #figures = new Set<() => Figures>()

  constructor(
    store: Store<S>,
    pipeline: CommitPipeline<S>,
    broadcast: Broadcast<Snapshot<S>, Commit<S>>,
    audience: Audience,
  ) {
    this.store = store
    this.#pipeline = pipeline
    this.#broadcast = broadcast
    this.#audience = audience
  }

  get head(): Snapshot<S> {
    return this.#pipeline.head
  }

  get inBatch(): boolean {
    return this.#pipeline.inBatch
  }

  get inRecipe(): boolean {
    return this.#pipeline.inRecipe
  }

  get destroyed(): boolean {
    return this.#broadcast.ended
  }

  /** What the rooms above add to the metrics. */
  get figures(): Figures[] {
    return Array.from(this.#figures, (figures) => figures())
  }

  commit(
    step: (state: Immutable<S>, at: Instant) => Immutable<S>,
    write?: Write,
    operation = 'commit()',
  ): Snapshot<S> {
    return this.#pipeline.commit(step, write, operation)
  }

  adopt(
    snapshot: Snapshot<S>,
    options: { enforceVersion?: boolean | undefined; origin?: unknown } = {},
  ): Snapshot<S> {
    check?.adoptOptions(options)
    const { enforceVersion, origin } = options
    return this.#pipeline.put(snapshot, enforceVersion === true, origin)
  }

  follow(sink: CommitSink<S>, options: { place?: 'before' | 'after' } = {}): () => void {
    check?.followOptions(options)
    const { place = 'after' } = options
    const failed = (error: unknown, version: number): void =>
      this.report({ subscriberId: 'kernel', phase: 'kernel', error, version, failures: 1 })
    const contained: CommitSink<S> = {
      next(commit) {
        try {
          sink.next(commit)
        } catch (error) {
          failed(error, commit.snapshot.version)
        }
      },
      complete() {
        try {
          sink.complete()
        } catch (error) {
          failed(error, -1)
        }
      },
    }
    return this.#broadcast.follow(contained, place)
  }

  guard(check: (write: Write | undefined, state: Immutable<S>) => void): () => void {
    return this.#pipeline.guard(check)
  }

  brake(brake: Brake): () => void {
    return this.#audience.brake(brake)
  }

  wake(): void {
    this.#audience.writers.wake()
  }

  measure(figures: () => Figures): () => void {
    // Of its own, so that the same function may be added twice and taken away once.
    const added = (): Figures => figures()
    this.#figures.add(added)
    return () => this.#figures.delete(added)
  }

  vitals(): readonly SubscriberVitals[] {
    return this.#audience.vitals()
  }

  report(fault: SubscriberFault): void {
    this.#audience.faults.report(fault)
  }

  hold(): () => void {
    return this.#broadcast.hold()
  }

  begin(write?: Write): OpenBatch {
    const pipeline = this.#pipeline
    const batch = pipeline.begin(write)
    return {
      get isInnermost() {
        return pipeline.isInnermost(batch)
      },
      commit: () => pipeline.end(batch),
      rollBack: () => pipeline.rollBack(batch),
    }
  }
}
