import type { Observable } from 'rxjs'
import type { SystemSnapshot } from './actor-snapshot.ts'
import type { Message } from './system-core.ts'
import type { EventAt, KnownAddress, StoreAt } from './typed-address.ts'

/** What becomes of a message: it waits in the inbox, it did not fit, or there is nobody at that address. */
export type Sending = 'queued' | 'dropped' | 'unknown'

/** The figures of one actor. */
export interface ActorStats {
  /** `'failed'` while it waits for what becomes of it, `'ended'` where it is not started again. */
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
  /** Messages to an address where nobody is, and those that waited for an actor that has ended. */
  readonly deadLetters: number
}

/** Who sends. */
export interface SendOptions {
  /** An address, or any name; default the actor whose event set it off, where there is one. */
  readonly from?: string | undefined
}

/**
 * A machine store with all the machines that run below it; see {@link createSystem}.
 *
 * An address is `root`, or names the children on the way from there: `root/download:42/part:7`.
 */
export interface ActorSystem<Root> extends Disposable {
  /**
   * The store of an actor; undefined where nobody is. That of a child is made when it is asked for first.
   *
   * What is sent to it directly is handled at once, ahead of what waits, and what it throws is thrown here.
   */
  get<const Address extends string>(address: Address & KnownAddress<Root, Address>): StoreAt<Root, Address>

  /**
   * Puts a message into the inbox of an actor. It is handled in a task of its own: behind the commit, batch or recipe
   * that sent it, and behind what was sent before it.
   *
   * @throws `EVENT_INVALID`
   */
  send<const Address extends string>(
    address: Address & KnownAddress<Root, Address>,
    event: EventAt<Root, NoInfer<Address>>,
    options?: SendOptions,
  ): Sending

  /**
   * What all actors are, between two events: JSON-ready where their contexts, events and inputs are.
   *
   * @throws `SYSTEM_BUSY` in the middle of an event or a batch, `STORE_DESTROYED`
   */
  snapshot(): SystemSnapshot

  /**
   * Makes the system what a snapshot says: it ends the children that there are, and starts those that the snapshot
   * wants, each where it was. Timers go on with what is left of them; work that was
   * running follows its `onRestore`.
   *
   * @throws `SYSTEM_SNAPSHOT_INVALID`, `SYSTEM_BUSY`, `STORE_DESTROYED`, and the refusals of a write to the root: then
   *   nothing has changed.
   */
  restore(snapshot: SystemSnapshot): void

  /** Each message, and each notice of a child, when its actor is given it. */
  readonly messages$: Observable<Message>

  /** Resolves when nobody has anything to do. */
  idle(): Promise<void>

  /** The figures of an actor; undefined where nobody is. */
  stats<const Address extends string>(address: Address & KnownAddress<Root, Address>): ActorStats | undefined

  metrics(): SystemMetrics

  /** Ends all, the root last; children end before parents, the newest first. */
  destroy(): void
}
