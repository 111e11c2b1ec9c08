/** What the process that runs a suite and the processes that run its scenarios tell each other. */
import type { ErrorDetails } from '../kit/index.ts'
import type { Scenario } from './scenario.ts'
import type { ScenarioProgress, ScenarioSettings } from './scenario-recorder.ts'
import type { ScenarioResult } from './stress-report.ts'

/** A scenario without its code. */
export type ScenarioHead = Omit<Scenario, 'run'>

/** What a child is asked; one question each. `module` is undefined for the store of Headgate. */
export type Request =
  | {
      readonly type: 'list'
      readonly module: string | undefined
      readonly wanted: readonly string[] | undefined
    }
  | {
      readonly type: 'run'
      readonly module: string | undefined
      readonly scenario: string
      readonly settings: ScenarioSettings
    }

/** What a child tells while it is at work. */
export interface ProgressMessage {
  readonly type: 'progress'
  readonly progress: ScenarioProgress
}

/** What a child says last. */
export type Answer =
  | { readonly type: 'listed'; readonly store: string; readonly scenarios: readonly ScenarioHead[] }
  | { readonly type: 'finished'; readonly result: ScenarioResult }
  | { readonly type: 'refused'; readonly details: ErrorDetails['OPTION_INVALID'] }
  | { readonly type: 'failed'; readonly message: string }
