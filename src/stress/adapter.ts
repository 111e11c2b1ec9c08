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

/** What a subscriber was offered, got and lost; the identity `published = delivered + dropped + conflated + pending` is checked. */
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
}
