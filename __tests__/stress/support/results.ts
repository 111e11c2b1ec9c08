import type { ScenarioResult, StressReport } from '../../../src/stress/stress-report.ts'

/** The facts of a result that do not hold, and the names of the limits that it misses. */
export function failuresOf({ checks, thresholds }: ScenarioResult): string[] {
  return [
    ...checks.filter(({ outcome }) => outcome === 'failed').map(({ fact }) => fact),
    ...thresholds.filter(({ passed }) => !passed).map(({ name }) => name),
  ]
}

/** The one result of a run of one scenario. */
export function onlyResult({ results }: StressReport): ScenarioResult {
  const [result] = results
  if (result === undefined || results.length > 1)
    throw new Error(`Expected one result, got ${results.length}.`)
  return result
}
