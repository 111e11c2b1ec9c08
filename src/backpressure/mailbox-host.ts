/** What stands around a mailbox: whom it delivers to, and who is told what happens to it. */
import type { SchedulerLike } from 'rxjs'
import type { Cursor } from './backlog.ts'
import type { Delivery } from './delivery.ts'
import type { Policy } from './policy.ts'
import type { DropReason, Versioned } from './strategy.ts'

/** What a mailbox delivers to. */
export interface MailboxConsumer<T> {
  /** Given one entry, or an array of them by the policy `batch`. */
  next(entry: T | readonly T[], delivery: Delivery): unknown
  /** Given what an input that `next` returned emits, until it is aborted; an abort then also ends a promise. */
  emitted?(value: unknown): void
  error?(error: unknown): unknown
  complete?(): unknown
  /** Told once that nothing comes any more, however it ended, before `error` and `complete`. Must not throw. */
  closed?(): void
}

/** Which callback of a subscriber failed; `policy`: its policy, when it was to let go of what it held. */
export type FaultPhase = 'next' | 'error' | 'complete' | 'drop' | 'policy'

/** A failure of a subscriber's code, or the loss of its subscription by an overflow. */
export interface MailboxFault {
  readonly error: unknown
  readonly phase: FaultPhase
  /** The version that was being delivered or dropped; -1 for a terminal callback. */
  readonly version: number
}

/** Who owns a mailbox: what it delivers to, and who is told what happens to it. */
export interface MailboxHost<T extends Versioned> {
  readonly id: string
  readonly policy: Policy
  readonly consumer: MailboxConsumer<T>
  /** What a failing consumer leads to. */
  readonly onError: 'continue' | 'close'
  /** Whether the consumer takes only what it asks for with `Mailbox.request`. */
  readonly pulled: boolean
  /** Runs the timers of the policy. */
  readonly scheduler: SchedulerLike
  /** Milliseconds of a monotonic clock, for `busySince`. */
  now(): number
  /**
   * The mailbox is busy: offers it nothing from now on, and has it read what comes from a backlog, from `entry`
   * on, or from the entry `before` that one. A source that parks its mailboxes publishes nothing after `end`.
   * Absent where the source keeps no backlog; not called where `dropped` or `conflated` must be told at once.
   */
  park?(entry: T, before: T | undefined, capacity: number): Cursor<T>
  /** The mailbox is idle and reads no more: offers it each entry again. */
  unpark?(): void
  /** A newer entry took the place of one that waited, and that was counted. Must not throw. */
  conflated?(entry: T, by: T): void
  /**
   * An entry was given up and counted; it is the mailbox's `number`-th, from 1. May throw, or return a promise that
   * rejects: it is reported as a fault. Absent where nobody wants to be told, which is cheaper.
   */
  readonly dropped?: ((entry: T, reason: DropReason, number: number) => unknown) | undefined
  /** Foreign code failed. Must not throw. */
  faulted(fault: MailboxFault): void
  /** A delivery was handled while `Mailbox.failing`. Must not throw. */
  handled?(): void
  /** Something that was held or handled has gone, so there may be room. Absent where nobody waits for it. */
  readonly roomMade?: (() => void) | undefined
  /** The mailbox is over: nothing is held and no callback comes any more. Called once. */
  closed(): void
}
