/**
 * What a scenario is, and what it is given to work with.
 *
 * A scenario puts load on a store, records what it sees, and states its verdict through two calls:
 * `check` for what must hold exactly (nothing lost, order, identities, nobody left), and `threshold` for
 * figures with a named limit. It asserts nothing itself: a runner gathers the verdicts.
 */
import { describeValue, HeadgateError } from '../kit/index.ts'
import type { StoreUnderTest, StressAdapter, StressState, SubscriberLedger } from './adapter.ts'
import type { LatencySummary } from './stress-report.ts'

/** The groups of the scenarios that ship. */
export type ScenarioGroup =
  | 'high-volume'
  | 'concurrency'
  | 'memory'
  | 'stability'
  | 'errors'
  | 'disk'
  | 'network'
  | 'machines'
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
  /** Makes a store that keeps its states on a disk; undefined where the adapter has none. */
  readonly openKept: StressAdapter['openKept']
  /** Makes a store that is served over a network; undefined where the adapter has none. */
  readonly openServed: StressAdapter['openServed']
  /** Joins a store that other machines have too; undefined where the adapter has none. */
  readonly joinShared: StressAdapter['joinShared']
  /** Aborts when the scenario is out of time; a loop over asynchronous work looks at it. */
  readonly signal: AbortSignal
  /** How long scenarios that run for a time do so, in milliseconds. */
  readonly durationMs: number
  /** Milliseconds until the scenario is out of time. */
  readonly leftMs: number
  /** Random numbers from 0 to 1, the same for the same seed. */
  random(): number
  /** Scales a load by the profile and `--scale`; at least 1. */
  load(count: number): number
  /**
   * Waits. The milliseconds are scaled: shorter under quick profiles; 0 is one turn of the event loop. A pause
   * that is under way when the scenario is over, or out of time, never ends.
   */
  pause(ms: number): Promise<void>
  /** The state after `previous`: its sequence + 1, with what is given. */
  next(previous: StressState, change?: Partial<Pick<StressState, 'current' | 'context'>>): StressState
  /**
   * Tells how far it is, for the live view; cheap, may be called at each step. Throws once the scenario is out
   * of time, so a loop that never waits is stopped as well.
   */
  progress(done: number, total: number): void
  /** Counts operations of a kind: `write`, `read`, `subscribe`, `deliver`, … */
  count(kind: string, times?: number): void
  /** Runs work and records how long it took under a kind's name; of a promise, how long until it settled. */
  time<R>(kind: string, work: () => R): R
  /** What `time` has recorded of a kind so far; all zero where nothing was. */
  latency(kind: string): LatencySummary
  /**
   * Records what must hold exactly; a fact that is checked again must hold again. `detail` says what was seen.
   */
  check(fact: string, holds: boolean, detail?: string): void
  /** Says that a fact cannot be checked on this store, and why. */
  skip(fact: string, why: string): void
  /** Compares a figure with its named threshold. */
  threshold(name: Name, value: number): void
  /** Heap in use in bytes, after garbage collection where that is exposed; also a point in the heap's curve. */
  heap(): Promise<number>
  /** Adds what subscribers got to the report, which keeps the first 256. */
  ledgers(ledgers: Iterable<SubscriberLedger>): void
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

const refuse = (option: string, expected: string, value: unknown): never => {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

/**
 * Makes a scenario: checks its shape and freezes it.
 *
 * @throws `OPTION_INVALID` for a name that is no words joined by hyphens, a missing text, a threshold
 *   without a limit, or a `run` that is no function.
 */
export function defineScenario<const Name extends string = never>(scenario: Scenario<Name>): Scenario<Name> {
  if (typeof scenario !== 'object' || scenario === null) {
    refuse('scenario', 'an object { name, group, goal, method, thresholds, run }', scenario)
  }
  for (const key of ['name', 'group'] as const) {
    const words = scenario[key] as unknown
    if (typeof words !== 'string' || !NAME.test(words)) {
      refuse(`scenario.${key}`, 'words in lower case, joined by hyphens', words)
    }
  }
  for (const key of ['goal', 'method'] as const) {
    const text = scenario[key] as unknown
    if (typeof text !== 'string' || text === '') refuse(`scenario.${key}`, 'a sentence', text)
  }
  if (typeof scenario.run !== 'function') refuse('scenario.run', 'a function', scenario.run)
  checkThresholds(scenario.thresholds)
  return Object.freeze(scenario)
}

function checkThresholds(thresholds: unknown): void {
  if (typeof thresholds !== 'object' || thresholds === null) {
    refuse('scenario.thresholds', 'an object of thresholds by name, {} for none', thresholds)
  }
  for (const [name, threshold] of Object.entries(thresholds as object)) {
    const { unit, about, atLeast, atMost } = (threshold ?? {}) as Partial<Threshold>
    const limits = [atLeast, atMost].filter((limit) => limit !== undefined)
    const complete = typeof unit === 'string' && typeof about === 'string' && limits.length > 0
    if (!complete || !limits.every(Number.isFinite)) {
      refuse(`scenario.thresholds.${name}`, '{ unit, about } with atLeast, atMost or both', threshold)
    }
  }
}
