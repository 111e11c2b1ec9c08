import type { Observable } from 'rxjs'
import type { SystemSnapshot } from './actor-snapshot.ts'
import type { Message } from './system-core.ts'
import type { EventAt, KnownAddress, StoreAt } from './typed-address.ts'

/** What became of a message: it waits in the inbox, it did not fit, or there is no actor at that address. */
export type Sending = 'queued' | 'dropped' | 'unknown'

/** The figures of one actor. */
export interface ActorStats {
  /** `'failed'` while its supervision decides, `'ended'` if it is not started again. */
  readonly status: 'running' | 'failed' | 'ended'
  /** Messages that wait. */
  readonly waiting: number
  /** Messages that did not fit. */
  readonly dropped: number
  /** How often it was started again, within the time that counts. */
  readonly restarts: number
}

/** The figures of a system. */
export interface SystemMetrics {
  /** Actors that have not ended, the root among them. */
  readonly actors: number
  /** Messages that wait. */
  readonly waiting: number
  /** Messages to an address without an actor, and those that waited for an actor that has ended. */
  readonly deadLetters: number
}

/** Who sends a message. */
export interface SendOptions {
  /** An address, or any name; default the actor whose event triggered it, if there is one. */
  readonly from?: string | undefined
}

/**
 * A machine store with all the machines that run below it; see {@link createSystem}.
 *
 * An address is `root`, or names the children on the way from there: `root/download:42/part:7`.
 */
export interface ActorSystem<Root> extends Disposable {
  /**
   * The store of an actor; undefined if there is no such actor. A child's store is created on the first call.
   *
   * An event sent to it directly is handled at once, ahead of waiting messages, and errors are thrown to the caller.
   */
  get<const Address extends string>(address: Address & KnownAddress<Root, Address>): StoreAt<Root, Address>

  /**
   * Puts a message into the inbox of an actor. It is handled in a task of its own: after the commit, batch or recipe
   * that sent it, and after messages sent before it.
   *
   * @throws `EVENT_INVALID`
   */
  send<const Address extends string>(
    address: Address & KnownAddress<Root, Address>,
    event: EventAt<Root, NoInfer<Address>>,
    options?: SendOptions,
  ): Sending

  /**
   * The states of all actors between two events: JSON-ready if their contexts, events and inputs are.
   *
   * @throws `SYSTEM_BUSY` in the middle of an event or a batch, `STORE_DESTROYED`
   */
  snapshot(): SystemSnapshot

  /**
   * Restores a snapshot: ends the existing children, and starts those of the snapshot, each in its state. Timers
   * continue with the time they have left; work that was running follows its `onRestore`.
   *
   * @throws `SYSTEM_SNAPSHOT_INVALID`, `SYSTEM_BUSY`, `STORE_DESTROYED`, and the refusals of a write to the root: then
   *   nothing has changed.
   */
  restore(snapshot: SystemSnapshot): void

  /** Each message, and each notice of a child, when its actor receives it. */
  readonly messages$: Observable<Message>

  /** Resolves when no actor has anything left to do. */
  idle(): Promise<void>

  /** The figures of an actor; undefined if there is no such actor. */
  stats<const Address extends string>(address: Address & KnownAddress<Root, Address>): ActorStats | undefined

  metrics(): SystemMetrics

  /** Ends all, the root last; children end before parents, the newest first. */
  destroy(): void
}
