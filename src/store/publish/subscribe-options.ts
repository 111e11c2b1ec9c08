import type { SchedulerLike } from 'rxjs'
import type { DropReason, Policy } from '../../backpressure/index.ts'
import type { Snapshot } from '../snapshot.ts'

/** What `onDrop` is told. */
export interface Drop<S> {
  readonly snapshot: Snapshot<S>
  readonly version: number
  readonly reason: DropReason
  /** The number of this drop: this subscriber's first is 1. Of several that go at once each has its own. */
  readonly dropped: number
}

/** How a subscriber is fed. */
export interface SubscribeOptions<S> {
  /** Shown in metrics, health and faults; default `'subscriber-N'`. */
  id?: string | undefined
  /** Default `latest()`. */
  policy?: Policy | undefined
  /** Whether the current snapshot is delivered first; default true. */
  replay?: boolean | undefined
  /** Told of each snapshot that is dropped. It may throw: that is reported and changes nothing. */
  onDrop?: ((drop: Drop<S>) => void) | undefined
  /** What a consumer that throws or rejects leads to; default `'continue'`. */
  onError?: 'continue' | 'close' | undefined
  /** Ends the subscription when it aborts. */
  signal?: AbortSignal | undefined
  /** Runs the timers of the policy; default the store's. */
  scheduler?: SchedulerLike | undefined
}
