import type { ReportComparison, ScenarioResult, StressReport } from '../../stress/index.ts'

/** Where a run is. */
export interface StressProgress {
  /** The scenario that runs. */
  readonly name: string
  /** From 1. */
  readonly number: number
  /** Scenarios of this run. */
  readonly count: number
  /** How much of the scenario is done, from 0 to 1. */
  readonly done: number
  /** Operations a second; undefined until the scenario has told. */
  readonly rate: number | undefined
  readonly heapBytes: number | undefined
}

/** What a run came to. */
export interface StressEnd {
  readonly report: StressReport
  readonly comparison: ReportComparison | undefined
  /** Scenarios that were asked for; more than the report has where the run was stopped. */
  readonly count: number
  /** Whether the run was stopped before its end. */
  readonly stopped: boolean
}

/** Tells a run to its user: as plain lines, or live. */
export interface StressView {
  progress(progress: StressProgress): void
  ended(result: ScenarioResult): void
  /** The last call; nothing is shown after it. */
  finish(end: StressEnd): void
  /** The last call where nothing was run. */
  abandon(): void
}
