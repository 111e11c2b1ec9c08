/**
 * The border between the stress suite and the store that it loads.
 *
 * A scenario knows no store: it is given one of these, made anew for each scenario. What a store cannot
 * do is left out, and the checks that need it are reported as skipped, never as passed.
 */

import type { StoreMetrics } from '../counting/index.ts'
import type { HealthReport } from '../health/index.ts'
import type { JournalEngine } from '../journal/index.ts'

/** The state that the scenarios write: made to show what was lost, doubled or overtaken. */
export interface StressState {
  /** 0 for the first state, +1 with each write of a scenario. */
  readonly sequence: number
  /** A state of the Q-Core agent. */
  readonly current: string
  readonly context: Readonly<Record<string, string>>
}

/** What a scenario asks of a subscription. */
export interface StressSubscription {
  /** Shown in the report. */
  readonly id: string
  /** How many undelivered states may wait; a store without queues ignores it. */
  readonly capacity: number
}

/**
 * What a subscriber was offered, got and lost; the identity `published = delivered + dropped + conflated + pending` is
 * checked.
 */
export interface SubscriberLedger {
  readonly id: string
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
}

/** A subscription that is under test. */
export interface StressHandle {
  unsubscribe(): void
  /** The counts of this subscriber; also after it has left. Absent where the store keeps none. */
  ledger?(): SubscriberLedger
}

/** A store under test. */
export interface StoreUnderTest {
  /** The current state. */
  read(): StressState
  /** Makes a state the current one; may be asynchronous. */
  write(state: StressState, reason: string): void | Promise<void>
  /**
   * Tells a consumer of each state from now on, or of the newest ones where it is slow. A consumer that
   * returns a promise is busy until it settles.
   */
  subscribe(consumer: (state: StressState) => void | Promise<void>, options: StressSubscription): StressHandle
  /** How many follow the store now. */
  subscriberCount?(): number
  metrics?(): StoreMetrics
  health?(): HealthReport
  /** Converts the current state to its form on the wire and back; returns what came back. */
  convert?(): StressState
  /** Frees what the store holds. */
  destroy?(): void
}

/** A store that keeps what is written to it on a disk. */
export interface KeptStore {
  read(): StressState
  /** Does not wait for the disk; may be asynchronous for another reason. */
  write(state: StressState, reason: string): void | Promise<void>
  /** Resolves when everything that was written is on the disk. */
  kept(): Promise<unknown>
  /** Writes what waits, and lets go of the disk. */
  close(): Promise<unknown>
  /** What became of the writes: `delivered` to the disk, `conflated` into a newer state that is there. */
  ledger?(): SubscriberLedger
}

/** A store elsewhere that is made to be the same as one that is served. */
export interface MirroredStore {
  /** The state that it has; undefined before it has one. */
  read(): StressState | undefined
  /** Tells of each state from now on, and how many came between it and the one before that were not told. */
  subscribe(consumer: (state: StressState, missed: number) => void): void
  /**
   * Changes the store that is served, as what it is there and not as it was here: in one step, or not at all. Resolves
   * with whether that was done; `undefined` where no answer came.
   */
  update(change: (state: StressState) => StressState): Promise<boolean | undefined>
  close(): void
}

/** A connection of somebody who may send whatever he likes. */
export interface Stranger {
  send(frame: string | Uint8Array): void
  /** Whether the server has not ended it. */
  readonly isOpen: boolean
  close(): void
}

/** A store that mirrors follow over a network, and what serves it. */
export interface ServedStore {
  /** Where it is served; of loopback. */
  readonly port: number
  read(): StressState
  /** Does not wait for mirrors; may be asynchronous for another reason. */
  write(state: StressState, reason: string): void | Promise<void>
  /** Connects a mirror by way of a port of loopback that leads to this store's; it connects again by itself. */
  mirror(port: number, id: string): MirroredStore
  /** Bytes that are held for clients that do not take them. */
  heldBytes?(): number
  /** What each client that is connected was given and missed. */
  ledgers?(): SubscriberLedger[]
  /**
   * Opens a connection for somebody who may see nothing and write nothing of this store; `heard` is told all that he is
   * sent. Absent where strangers cannot connect.
   */
  stranger?(heard: (frame: string) => void): Stranger
  /** Frames as clients send them now, for strangers to spoil; the first two are those by which a client begins. */
  frames?(): string[]
  /** Ends everything, the mirrors too. */
  close(): Promise<unknown>
}

/** A store that many machines have, as one of them has it: a list of ids. */
export interface SharedStore {
  /** Adds an id for all; says what became of it, as far as it knows. */
  add(id: string): Promise<'committed' | 'refused' | 'unknown'>
  /** All ids, in order, as it has read them. */
  ids(): readonly string[]
  /** The name of the server that leads. */
  leader(): Promise<string | undefined>
  /** Resolves when it has read all that there is. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface SharedOptions {
  /** Addresses of nats-servers. */
  readonly servers: readonly string[]
  readonly stream: string
  readonly replicas: 1 | 3
}

/** Makes stores for the stress suite; what `--store MODULE` exports. */
export interface StressAdapter {
  /** Shown in the report. */
  readonly name: string
  create(initial: StressState): StoreUnderTest | Promise<StoreUnderTest>
  /**
   * Makes a store that goes on from what a disk holds, else from a first state. It rejects where the disk is damaged.
   * Absent where stores keep nothing.
   *
   * @param retryMs - between attempts to use a disk that has failed
   */
  openKept?(initial: StressState, disk: JournalEngine, retryMs: number): Promise<KeptStore>
  /**
   * Makes a store that is served over a network. Absent where stores have none; resolves with undefined where what it
   * needs is not installed.
   *
   * @param silentMs - how long a connection may be silent before either side gives it up
   */
  openServed?(initial: StressState, silentMs: number): Promise<ServedStore | undefined>
  /** Joins a store that other machines have too. Absent where stores are on one machine. */
  joinShared?(options: SharedOptions): Promise<SharedStore>
}
