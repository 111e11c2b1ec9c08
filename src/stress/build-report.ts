import { availableParallelism, cpus, totalmem } from 'node:os'
import { packageVersion } from './own-location.ts'
import type { StressPlan } from './stress-options.ts'
import { isMissed, type ScenarioResult, type StressEnvironment, type StressReport } from './stress-report.ts'

/** When a run began, on the clock of people and on that of durations. */
export interface Beginning {
  readonly startedAt: string
  readonly monoMs: number
}

export function begin(): Beginning {
  return { startedAt: new Date().toISOString(), monoMs: performance.now() }
}

/** Describes the machine and the versions. */
function describeEnvironment(): StressEnvironment {
  return {
    headgate: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

/** Puts a report together. A run passes when something was tested, and all of that passed. */
export function buildReport(
  store: string,
  { profile, scale, seed }: StressPlan,
  { startedAt, monoMs }: Beginning,
  results: readonly ScenarioResult[],
  expected: number,
): StressReport {
  return {
    format: 'headgate.stress',
    formatVersion: 1,
    store,
    profile,
    scale,
    seed,
    startedAt,
    durationMs: performance.now() - monoMs,
    passed:
      results.length === expected &&
      results.some(({ outcome }) => outcome === 'passed') &&
      !results.some(isMissed),
    environment: describeEnvironment(),
    results,
  }
}
