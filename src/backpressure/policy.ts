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
import type { BufferPolicy } from './buffer.ts'
import type { DirectPolicy } from './direct.ts'
import type { LatestPolicy } from './latest.ts'

/** Any back-pressure policy; tell them apart by `kind`. */
export type Policy = DirectPolicy | LatestPolicy | BufferPolicy

/** What a mailbox carries: anything that knows its version. */
export interface Versioned {
  readonly version: number
}

/**
 * Why something was dropped.
 *
 * `overflow`: the buffer was full · `unsubscribed`: it was waiting when the subscriber left ·
 * `complete`: it was waiting when the source was destroyed · `consumer-error`: it was waiting when a
 * failing consumer with `onError: 'close'` was closed.
 */
export type DropReason = 'overflow' | 'unsubscribed' | 'complete' | 'consumer-error'

/** What a strategy may ask of its mailbox. Each call counts first and calls out afterwards. */
export interface Port<T> {
  /** Whether the consumer can be handed something now. */
  readonly idle: boolean
  /**
   * Hands an entry to the consumer.
   *
   * @param lostLater - how many of the losses so far come after this entry, so that they are not yet its
   *   `missed`; default 0.
   */
  deliver(entry: T, lostLater?: number): void
  /** Gives an entry up. */
  drop(entry: T, reason: DropReason): void
  /** Gives an entry up because a newer one took its place. */
  conflate(entry: T): void
  /** Gives an entry up and ends the subscription once what is held has been delivered. */
  overflow(entry: T): void
}

/** What a policy holds and decides for one subscriber. It updates itself before it calls its port. */
export interface Strategy<T> {
  /** Entries held. */
  readonly size: number
  /** The most entries it may hold. */
  readonly capacity: number
  /** Takes a new entry and decides about it. */
  offer(entry: T): void
  /** Hands over the next entry; called only while something is held and the consumer is idle. */
  release(): void
  /** Gives back everything held, oldest first, and forgets it. */
  clear(): T[]
}

/**
 * Names a policy with its parameters, as `headgate run --subscriber` and {@link parsePolicy} read it:
 * `direct`, `latest`, `latest:microtask`, `buffer:64:drop-oldest`.
 */
export function policyLabel(policy: Policy): string {
  const words: (string | number)[] = [policy.kind]
  if (policy.kind === 'buffer') words.push(policy.capacity, policy.overflow)
  if (policy.kind !== 'direct' && policy.dispatch === 'microtask') words.push('microtask')
  return words.join(':')
}
