/**
 * What a scenario is, and what it is given to work with.
 *
 * A scenario puts load on a store, records what it sees, and states its verdict through two calls:
 * `check` for what must hold exactly (nothing lost, order, identities, nobody left), and `threshold` for
 * figures with a named limit. It asserts nothing itself: a runner gathers the verdicts.
 */
import type { StoreUnderTest, StressState, SubscriberLedger } from './adapter.ts'

export type ScenarioGroup =
  | 'high-volume'
  | 'concurrency'
  | 'memory'
  | 'stability'
  | 'errors'
  | 'limits'
  | 'benchmark'
  | (string & {})

/** A named limit. `atLeast` and `atMost` are inclusive. */
export interface Threshold {
  /** For people: `writes/s`, `MB`, `ms`, `%`. */
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
  /** What the limit is about, in one short sentence. */
  readonly about: string
}

/** One scenario. */
export interface Scenario<Name extends string = string> {
  /** Unique; words joined by hyphens. */
  readonly name: string
  readonly group: ScenarioGroup
  /** What it is for, in one sentence. */
  readonly goal: string
  /** How it goes about it, in one or two sentences. */
  readonly method: string
  readonly thresholds: Readonly<Record<Name, Threshold>>
  run(context: ScenarioContext<Name>): Promise<void>
}

/** What a running scenario works with. */
export interface ScenarioContext<Name extends string = string> {
  /** The store under test, fresh; destroyed by the runner afterwards. */
  readonly store: StoreUnderTest
  /** Aborts when the scenario is out of time; a loop over asynchronous work looks at it. */
  readonly signal: AbortSignal
  /** How long scenarios that run for a time do so, in milliseconds. */
  readonly durationMs: number
  /** Random numbers from 0 to 1, the same for the same seed. */
  random(): number
  /** Scales a load by the profile and `--scale`; at least 1. */
  load(count: number): number
  /** Scales a pause in milliseconds: shorter under quick profiles. */
  pause(ms: number): Promise<void>
  /** The state after `previous`: its sequence + 1, with what is given. */
  next(previous: StressState, change?: Partial<Pick<StressState, 'current' | 'context'>>): StressState
  /** Tells how far it is, for the live view; cheap, may be called at each step. */
  progress(done: number, total: number): void
  /** Counts operations of a kind: `write`, `read`, `subscribe`, `deliver`, … */
  count(kind: string, times?: number): void
  /** Runs work and records how long it took under a kind's name. */
  time<R>(kind: string, work: () => R): R
  /** Records what must hold exactly. `detail` says what was seen. */
  check(fact: string, holds: boolean, detail?: string): void
  /** Says that a fact cannot be checked on this store, and why. */
  skip(fact: string, why: string): void
  /** Compares a figure with its named threshold. */
  threshold(name: Name, value: number): void
  /** Heap in use in bytes, after garbage collection where that is exposed; also a point in the heap's curve. */
  heap(): Promise<number>
  /** Adds what subscribers got to the report. */
  ledgers(ledgers: Iterable<SubscriberLedger>): void
}

/**
 * Makes a scenario: checks its shape and freezes it.
 *
 * @throws `OPTION_INVALID` for a name that is no words joined by hyphens, a missing text, a threshold
 *   without a limit, or a `run` that is no function.
 */
export function defineScenario<const Name extends string>(scenario: Scenario<Name>): Scenario<Name> {
  return Object.freeze(scenario)
}
