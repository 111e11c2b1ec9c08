/** What a stress run found: plain JSON, the form of `--json` and of `--baseline`. */
import type { SubscriberLedger } from './adapter.ts'

/** How a scenario ended; `skipped`: none of its facts and limits could be checked here. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'timeout' | 'error'

/** Durations of one kind of operation, in milliseconds. */
export interface LatencySummary {
  readonly kind: string
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** `[percentile from 0 to 100, milliseconds]`, rising: the curve of the report. */
  readonly curve: readonly (readonly [number, number])[]
}

/** A fact that a scenario has checked. */
export interface CheckResult {
  readonly fact: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly detail: string
}

/** A figure that a scenario has measured, and the limit that it must keep. */
export interface ThresholdResult {
  readonly name: string
  readonly about: string
  readonly unit: string
  readonly atLeast: number | null
  readonly atMost: number | null
  readonly value: number
  readonly passed: boolean
}

/** What one scenario saw. */
export interface ScenarioResult {
  readonly name: string
  readonly group: string
  readonly goal: string
  readonly method: string
  readonly outcome: Outcome
  /** Why it did not pass, or was skipped; `''` where it passed. */
  readonly message: string
  readonly durationMs: number
  readonly checks: readonly CheckResult[]
  readonly thresholds: readonly ThresholdResult[]
  /** How often each kind of operation ran. */
  readonly counts: Readonly<Record<string, number>>
  readonly latencies: readonly LatencySummary[]
  /** `[milliseconds since the scenario began, bytes]`. */
  readonly heap: readonly (readonly [number, number])[]
  readonly ledgers: readonly SubscriberLedger[]
}

/**
 * Whether a scenario was tested and did not pass: it failed, ran out of time or threw. One that was skipped was not
 * tested.
 */
export const isMissed = ({ outcome }: Pick<ScenarioResult, 'outcome'>): boolean =>
  outcome !== 'passed' && outcome !== 'skipped'

/** The machine and the versions of a run. */
export interface StressEnvironment {
  readonly headgate: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
}

/** What a run of the suite saw. */
export interface StressReport {
  readonly format: 'headgate.stress'
  readonly formatVersion: 1
  /** The name of the adapter. */
  readonly store: string
  readonly profile: string
  readonly scale: number
  readonly seed: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly passed: boolean
  readonly environment: StressEnvironment
  readonly results: readonly ScenarioResult[]
}
