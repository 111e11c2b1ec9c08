/** A policy at work for one subscriber, and what its mailbox does for it. */
import type { SchedulerLike } from 'rxjs'
import type { ParkingPort } from './backlog-strategy.ts'

/** What a mailbox carries: anything that knows its version. */
export interface Versioned {
  readonly version: number
}

/**
 * Why something was dropped.
 *
 * `overflow`: the buffer was full · `window`: it came inside a window without a trailing edge · `busy`: the
 * consumer was busy · `error`: it was waiting for its time when the source failed · `unsubscribed`: it was
 * waiting when the subscriber left · `complete`: it was waiting when the store was destroyed ·
 * `consumer-error`: it was waiting when a failing consumer with `onError: 'close'` was closed ·
 * `policy-error`: it was waiting when the policy itself threw.
 */
export type DropReason =
  | 'overflow'
  | 'window'
  | 'busy'
  | 'error'
  | 'unsubscribed'
  | 'complete'
  | 'consumer-error'
  | 'policy-error'

/** What a strategy may ask of its mailbox. Each call counts first and calls out afterwards. */
export interface Port<T extends Versioned = Versioned> {
  /** Whether the consumer can be handed something now. */
  readonly idle: boolean
  /** Whether calls that run have kept the platform from everything else for too long; see `kit/release.ts`. */
  readonly late: boolean
  /**
   * Hands an entry to the consumer.
   *
   * @param lostLater - how many of the losses so far come after this entry, so that they are not yet its
   *   `missed`; default 0.
   */
  deliver(entry: T, lostLater?: number): void
  /** Hands several entries to the consumer in one call, oldest first and at least one; of a policy that batches. */
  deliverAll(entries: readonly T[]): void
  /** Gives an entry up. */
  drop(entry: T, reason: DropReason): void
  /** Gives an entry up because a newer one took its place. */
  conflate(entry: T, by: T): void
  /** Gives an entry up and ends the subscription with `BUFFER_OVERFLOW` once what is held has been delivered. */
  overflow(entry: T): void
  /** Aborts the handlers that are running; what they end with is not used. */
  abortHandlers(): void
  /** Says that something held has become ready: it is released as soon as the consumer is idle. */
  pump(): void
  /** Runs the timers of the policy; to be asked only until `clear()`. */
  readonly scheduler: SchedulerLike
  /** Given where the source keeps what waits for those who are busy; for policies that keep the newest. */
  readonly parking: ParkingPort<T> | undefined
}

/**
 * What a policy holds and decides for one subscriber.
 *
 * It updates itself before it calls its port: a call may run the consumer, and the consumer may write. Each entry
 * that it was offered it delivers, drops, conflates, or holds. What it throws ends the subscription.
 */
export interface Strategy<T extends Versioned = Versioned> {
  /** Entries held. */
  readonly size: number
  /** Whether something held may be handed over as soon as the consumer is idle. */
  readonly ready: boolean
  /** Whether what is held is handed over in a microtask, and nothing inside the write. Default false. */
  readonly deferred?: boolean
  /** Begins, where something runs from the subscription on. */
  start?(): void
  /** Takes a new entry and decides about it. */
  offer(entry: T): void
  /** Takes a replay that a pulled consumer will ask for; without it the replay is offered. */
  replay?(entry: T): void
  /** Hears that a replay has been delivered past it, or will be. */
  replayed?(): void
  /** Hands over the next entry; called only while `ready` and the consumer is idle. */
  release(): void
  /** Hears that nothing more is offered, an overflow being an error; what it goes on to hold is waited for. */
  end?(kind: 'complete' | 'error'): void
  /** Counts what came and was lost without being offered, where the source does not offer everything. */
  catchUp?(): void
  /** Hears that the consumer has been given all that it can take now. */
  settled?(): void
  /** Gives back everything held, oldest first, forgets it, and ends its timers. */
  clear(): T[]
}
