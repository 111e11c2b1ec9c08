/**
 * What feeds a view: a subscription to its source, with the policy of the view.
 *
 *   source ──> policy ──> live ──┐
 *                                ├──> shown ──> readers of the view
 *   hold(snapshot) ──────────────┘ (while held)
 *
 * It runs while the view is followed or held, and one task longer; so does a view that was only read. A view that does
 * not run keeps no state: the next to read it is given what is newest.
 *
 * What must stay true: a version that is older than what is live is passed over, unless the source itself went back,
 * as a view does that is held in the past.
 */
import type { SinglePolicy, SubscriberStats } from '../../backpressure/index.ts'
import { HeadgateError } from '../../kit/index.ts'
import type { Audience } from '../publish/audience.ts'
import type { Feed } from '../publish/snapshot-subject.ts'
import type { SubscribeOptions } from '../publish/subscribe-options.ts'
import type { SubscriberHandle } from '../publish/subscriber-handle.ts'
import type { Readable } from '../readable.ts'
import { ReadableCore } from '../readable-core.ts'
import { NO_SNAPSHOT, type Snapshot, snapshotProblem } from '../snapshot.ts'

/** What a view stands on. */
export interface PaceSource<S> {
  readonly readable: Readable<S>
  readonly audience: Audience
  readonly drainMax: number
  /** How many versions are written and not told to everybody yet. */
  underway(): number
}

interface Held<S> {
  readonly snapshot: Snapshot<S>
}

export class Pace<S> implements Feed<S> {
  readonly core: ReadableCore<S>
  readonly #source: PaceSource<S>
  readonly #options: SubscribeOptions<S> & { readonly policy: SinglePolicy }
  #live = NO_SNAPSHOT as Snapshot<S>
  #holds: readonly Held<S>[] = []
  /** The last one stays, for its figures. */
  #handle: SubscriberHandle | undefined
  /** Ends counting the readers in the figures of the store; while it runs. */
  #uncount: (() => void) | undefined
  /** Whether a task is scheduled that looks whether it is still used. */
  #closing = false

  constructor(name: string, source: PaceSource<S>, policy: SinglePolicy) {
    this.#source = source
    this.#options = { id: name, policy }
    this.core = ReadableCore.fed<S>(name, source.audience, source.drainMax, this)
  }

  // ---- Feed ----

  newest(): Snapshot<S> {
    this.open()
    return this.#look()
  }

  open(): void {
    if (this.#uncount !== undefined || this.core.subject.isStopped) return
    this.#uncount = this.core.count()
    this.#handle = this.#source.readable.subscribe(
      {
        next: (snapshot) => this.#arrived(snapshot),
        error: (error) => this.#lost(error),
        complete: () => this.#ended(),
      },
      this.#options,
    )
  }

  emptied(): void {
    this.#closeLater()
  }

  underway(): number {
    return (this.#handle?.stats().pending ?? 0) + this.#source.underway()
  }

  // ---- View ----

  stats(): SubscriberStats {
    if (this.#handle === undefined) this.newest()
    // The cast holds: to read it has opened it, and a handle stays.
    return (this.#handle as SubscriberHandle).stats()
  }

  flush(): Snapshot<S> {
    this.#requireNoDerive('flush()')
    this.open()
    this.#take(this.#source.readable.published)
    return this.#look()
  }

  hold(at: Snapshot<S> | undefined): () => void {
    this.#requireNoDerive('hold()')
    const problem = at === undefined ? undefined : snapshotProblem(at)
    if (problem !== undefined) {
      throw new HeadgateError('SNAPSHOT_INVALID', { store: this.core.name, operation: 'hold()', problem })
    }
    this.open()
    const held = { snapshot: at ?? this.core.subject.getValue() }
    this.#holds = [...this.#holds, held]
    this.#show()
    return () => {
      if (!this.#holds.includes(held)) return
      this.#holds = this.#holds.filter((each) => each !== held)
      this.#show()
      this.#closeLater()
    }
  }

  /** What a view shows is what values are derived from, and their functions only read. */
  #requireNoDerive(operation: string): void {
    const { activity, name: store } = this.core
    if (activity.deriving === undefined) return
    throw new HeadgateError('WRITE_IN_DERIVE', { store, operation, derived: activity.deriving.name })
  }

  // ---- what comes of the source ----

  #arrived(snapshot: Snapshot<S>): void {
    const { version } = this.#live
    if (snapshot.version < version && this.#source.readable.published.version >= version) return
    this.#take(snapshot)
  }

  /** The policy has given up, as a buffer does that overflows with an error: it begins anew with the newest. */
  #lost(error: unknown): void {
    const subscriberId = this.core.name
    this.core.audience.faults.report({ subscriberId, phase: 'error', error, version: -1, failures: 1 })
    this.#uncount?.()
    this.#uncount = undefined
    this.open()
  }

  #ended(): void {
    this.#take(this.#source.readable.published)
    this.#uncount?.()
    this.core.complete()
  }

  #take(snapshot: Snapshot<S>): void {
    if (snapshot.version < 0) return
    this.#live = snapshot
    this.#show()
  }

  #show(): void {
    const { subject } = this.core
    const shown = this.#holds.at(-1)?.snapshot ?? this.#live
    if (shown !== subject.getValue() && shown.version >= 0) subject.next(shown)
  }

  // ---- its end ----

  /** What is shown, for somebody who may be about to follow. */
  #look(): Snapshot<S> {
    const shown = this.core.subject.getValue()
    this.#closeLater()
    return shown
  }

  get #isUsed(): boolean {
    return this.#holds.length > 0 || !this.core.subject.broadcast.isEmpty
  }

  #closeLater(): void {
    if (this.#closing || this.#isUsed || this.#uncount === undefined) return
    this.#closing = true
    this.core.audience.scheduler.schedule(() => {
      this.#closing = false
      if (!this.#isUsed) this.#close()
    })
  }

  #close(): void {
    if (this.core.subject.isStopped) return
    this.#handle?.unsubscribe()
    this.#uncount?.()
    this.#uncount = undefined
    this.#live = NO_SNAPSHOT as Snapshot<S>
    this.core.subject.forget(this.#live)
  }
}
