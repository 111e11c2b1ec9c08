import { checkKeys } from '../kit/index.ts'
import type { Brake, CommitSink, Figures, Kernel, SubscriberVitals } from './kernel.ts'
import { isObjectWith, refuseUnless } from './options.ts'
import type { Audience } from './publish/audience.ts'
import type { SubscriberFault } from './publish/fault-reporter.ts'
import type { SnapshotSubject } from './publish/snapshot-subject.ts'
import type { Snapshot } from './snapshot.ts'
import type { Store } from './store.ts'
import { CommitPipeline } from './write/commit-pipeline.ts'
import type { PipelineHost } from './write/pipeline-host.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production'
    ? {
        adoptOptions: (options: object) =>
          checkKeys(options, { enforceVersion: true, origin: true }, 'adopt()'),
        follow: (sink: unknown, options: { place?: unknown }) => {
          checkKeys(options, { place: true }, 'follow()')
          refuseUnless(
            'sink',
            sink ?? null,
            'an object with next() and complete()',
            isObjectWith('next', 'complete'),
          )
          refuseUnless(
            'place',
            options.place,
            `'before' or 'after'`,
            (place) => place === 'before' || place === 'after',
          )
        },
      }
    : undefined

/** A store's own {@link Kernel}: its pipeline, and what else the rooms above ask of it. */
export class StoreKernel<S> extends CommitPipeline<S> implements Kernel<S> {
  readonly store: Store<S>
  readonly #subject: SnapshotSubject<S>
  readonly #audience: Audience
  /** What the rooms above add to the metrics. */
  readonly figures: Set<() => Figures> = new Set()

  constructor(store: Store<S>, host: PipelineHost, subject: SnapshotSubject<S>, audience: Audience) {
    super(host, subject)
    this.store = store
    this.#subject = subject
    this.#audience = audience
  }

  adopt(
    snapshot: Snapshot<S>,
    options: { enforceVersion?: boolean | undefined; origin?: unknown } = {},
  ): Snapshot<S> {
    check?.adoptOptions(options)
    const { enforceVersion, origin } = options
    return this.put(snapshot, enforceVersion === true, origin)
  }

  follow(sink: CommitSink<S>, options: { place?: 'before' | 'after' } = {}): () => void {
    check?.follow(sink, options)
    return this.#subject.broadcast.follow(sink, options.place ?? 'after')
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
    this.figures.add(added)
    return () => this.figures.delete(added)
  }

  vitals(): readonly SubscriberVitals[] {
    return this.#audience.vitals()
  }

  report(fault: SubscriberFault): void {
    this.#audience.faults.report(fault)
  }

  hold(): () => void {
    return this.#subject.broadcast.hold()
  }
}
