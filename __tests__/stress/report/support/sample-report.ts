/** Reports made up for the tests of what shows them: small, and the same each time. */
import {
  type CheckResult,
  isMissed,
  type LatencySummary,
  type ScenarioResult,
  type StressReport,
  type ThresholdResult,
} from '../../../../src/stress/stress-report.ts'

/** Durations that double from percentile to percentile. */
export function sampleLatency(kind: string, p50: number, count = 10_000): LatencySummary {
  const curve = [0, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100].map(
    (percent, index) => [percent, (p50 / 4) * 2 ** index] as const,
  )
  return { kind, count, mean: p50 * 1.2, p50, p95: p50 * 8, p99: p50 * 16, max: p50 * 128, curve }
}

/** A scenario that passed, with one of everything. */
export function sampleResult(part: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    name: 'sustained-writes',
    group: 'high-volume',
    goal: 'Shows that a long series of writes is neither lost nor slowed down.',
    method: 'One writer writes without pause while eight subscribers follow.',
    outcome: 'passed',
    message: '',
    durationMs: 2_000,
    checks: [sampleCheck()],
    thresholds: [sampleThreshold()],
    counts: { write: 100_000, deliver: 50_000 },
    latencies: [sampleLatency('write', 0.008)],
    heap: [
      [0, 10_000_000],
      [1_000, 16_000_000],
      [2_000, 12_000_000],
    ],
    ledgers: [
      { id: 'fast', published: 100, delivered: 100, dropped: 0, conflated: 0, pending: 0 },
      { id: 'slow', published: 100, delivered: 30, dropped: 50, conflated: 19, pending: 1 },
    ],
    ...part,
  }
}

export function sampleCheck(part: Partial<CheckResult> = {}): CheckResult {
  return { fact: 'versions rise strictly', outcome: 'passed', detail: '', ...part }
}

export function sampleThreshold(part: Partial<ThresholdResult> = {}): ThresholdResult {
  return {
    name: 'write-rate',
    about: 'Writes a second over the whole scenario.',
    unit: 'writes/s',
    atLeast: 5_000,
    atMost: null,
    value: 50_000,
    passed: true,
    ...part,
  }
}

/** A scenario that missed one threshold and one check. */
export function failedResult(part: Partial<ScenarioResult> = {}): ScenarioResult {
  return sampleResult({
    name: 'slow-writes',
    group: 'limits',
    outcome: 'failed',
    message: '1 check failed, 1 threshold missed.',
    checks: [
      sampleCheck({ fact: 'nothing is lost', outcome: 'failed', detail: '3 of 100 states never came' }),
    ],
    thresholds: [sampleThreshold({ value: 1_234, passed: false })],
    ...part,
  })
}

/** A scenario of which nothing could be tested. */
export function skippedResult(part: Partial<ScenarioResult> = {}): ScenarioResult {
  return sampleResult({
    name: 'many-machines',
    group: 'machines',
    outcome: 'skipped',
    message: 'nats-server is not installed',
    checks: [
      sampleCheck({ fact: 'nothing is lost', outcome: 'skipped', detail: 'nats-server is not installed' }),
    ],
    thresholds: [],
    counts: {},
    latencies: [],
    heap: [],
    ledgers: [],
    ...part,
  })
}

/** A report of the given results; passed if none of them was missed. */
export function sampleReport(
  results: readonly ScenarioResult[] = [sampleResult()],
  part: Partial<StressReport> = {},
): StressReport {
  return {
    format: 'headgate.stress',
    formatVersion: 1,
    store: 'headgate',
    profile: 'ci',
    scale: 1,
    seed: 42,
    startedAt: '2026-11-22T19:55:01.000Z',
    durationMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
    passed: !results.some(isMissed),
    environment: {
      headgate: '0.1.0',
      node: '20.20.2',
      platform: 'linux x64',
      cpu: 'A processor',
      cores: 2,
      memoryBytes: 8_000_000_000,
    },
    results,
    ...part,
  }
}
