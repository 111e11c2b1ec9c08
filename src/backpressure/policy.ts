/**
 * A policy says what a subscriber gets while it is too slow to get everything. It is a frozen value made
 * by a factory of this room; it can be shared by any number of subscribers, compared and printed.
 *
 * A policy decides, the mailbox acts and counts: for every subscriber the policy opens a
 * {@link Strategy}, which holds what waits and decides what is handed over, kept or lost. It does so only
 * through the {@link Port} of its mailbox, so every loss is counted in one place.
 *
 * A new policy is a file with its type, its factory and its strategy, and a line in each of `Policy`
 * below, `openStrategy` (strategies.ts) and `parsePolicy`.
 */
import type { SchedulerLike } from 'rxjs'
import type { AuditPolicy } from './audit.ts'
import type { BatchPolicy } from './batch.ts'
import type { BufferPolicy } from './buffer.ts'
import type { DebouncePolicy } from './debounce.ts'
import type { DirectPolicy } from './direct.ts'
import type { ExhaustPolicy } from './exhaust.ts'
import type { FramePolicy } from './frame.ts'
import type { LatestPolicy } from './latest.ts'
import type { SamplePolicy } from './sample.ts'
import type { SwitchLatestPolicy } from './switch-latest.ts'
import type { ThrottlePolicy } from './throttle.ts'

/** A policy that hands over one version a call. */
export type SinglePolicy =
  | DirectPolicy
  | LatestPolicy
  | BufferPolicy
  | ExhaustPolicy
  | SwitchLatestPolicy
  | ThrottlePolicy
  | DebouncePolicy
  | AuditPolicy
  | SamplePolicy
  | FramePolicy

/** Any back-pressure policy; tell them apart by `kind`. */
export type Policy = SinglePolicy | BatchPolicy

const MADE = Symbol.for('headgate.policy')

/**
 * Marks a policy as what a factory made, and freezes it. A copy (a spread, a clone, what was read from JSON) has not
 * been checked, and is not marked.
 */
export function madePolicy<P extends { readonly kind: string }>(policy: P): P {
  return Object.freeze(Object.defineProperty(policy, MADE, { value: true }))
}

/** Whether a factory made a value, of this copy of the package or of the other one. */
export const isPolicy = (value: unknown): value is Policy =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, MADE)

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
 * `consumer-error`: it was waiting when a failing consumer with `onError: 'close'` was closed.
 */
export type DropReason =
  | 'overflow'
  | 'window'
  | 'busy'
  | 'error'
  | 'unsubscribed'
  | 'complete'
  | 'consumer-error'

/** What a strategy may ask of its mailbox. Each call counts first and calls out afterwards. */
export interface Port<T> {
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
  /** Gives an entry up. */
  drop(entry: T, reason: DropReason): void
  /** Hands several entries to the consumer in one call. */
  deliverAll(entries: readonly T[]): void
  /** Gives an entry up because a newer one took its place. */
  conflate(entry: T, by: T): void
  /** Gives an entry up and ends the subscription once what is held has been delivered. */
  overflow(entry: T): void
  /** Aborts the handlers that are running; what they end with is not used. */
  abortHandlers(): void
  /** Says that something held has become ready. */
  pump(): void
  /** Runs the timers of the policy; to be asked only while the mailbox is open. */
  readonly scheduler: SchedulerLike
}

/** What a policy holds and decides for one subscriber. It updates itself before it calls its port. */
export interface Strategy<T> {
  /** Entries held. */
  readonly size: number
  /** The most entries it may hold. */
  readonly capacity: number
  /** Whether something held may be handed over as soon as the consumer is idle. */
  readonly ready: boolean
  /** Whether what is ready is handed over to a busy consumer too. */
  readonly overlaps?: boolean
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

/** The words of a label that follow the kind; see {@link policyLabel}. */
function labelWords(policy: Policy): readonly (string | number)[] {
  switch (policy.kind) {
    case 'latest':
      return policy.dispatch === 'microtask' ? ['microtask'] : []
    case 'buffer':
      return [policy.capacity, policy.overflow, ...(policy.dispatch === 'microtask' ? ['microtask'] : [])]
    case 'throttle':
      if (policy.leading && policy.trailing) return [policy.ms]
      return [policy.ms, policy.leading ? 'leading' : 'trailing']
    case 'debounce':
    case 'audit':
    case 'sample':
      return [policy.ms]
    case 'frame':
      return [policy.maxWaitMs]
    case 'batch':
      return [policy.ms ?? '', policy.maxSize ?? '', policy.window, policy.capacity]
    default:
      return []
  }
}

/**
 * Names a policy with its parameters, as `headgate run --subscriber` and {@link parsePolicy} read it:
 * `direct`, `latest:microtask`, `buffer:64:drop-oldest`, `throttle:100`.
 */
export function policyLabel(policy: Policy): string {
  return [policy.kind, ...labelWords(policy)].join(':')
}
