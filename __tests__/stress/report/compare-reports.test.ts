import { describe, expect, test } from '@jest/globals'
import { changedFigures, compareReports, countVerdicts } from '../../../src/stress/report/compare-reports.ts'
import type { ScenarioResult } from '../../../src/stress/stress-report.ts'
import { failedResult, sampleLatency, sampleReport, sampleResult } from './support/sample-report.ts'

const compare = (now: Partial<ScenarioResult>, before: Partial<ScenarioResult> = {}) =>
  compareReports(sampleReport([sampleResult(now)]), sampleReport([sampleResult(before)])).figures

const brief = (figures: ReturnType<typeof compare>) =>
  figures.map(({ measure, name, ratio, verdict }) => [measure, name, ratio, verdict])

describe('compareReports', () => {
  test('finds a run to be the same as itself', () => {
    const report = sampleReport([sampleResult(), failedResult()])
    const comparison = compareReports(report, report)
    expect(comparison).toMatchObject({ differences: [], outcomes: [], added: [], missing: [] })
    expect(comparison.figures.every(({ ratio, verdict }) => ratio === 1 && verdict === 'same')).toBe(true)
  })

  test('divides now by before: more throughput is better, more latency and heap are worse', () => {
    const figures = compare(
      { counts: { write: 200_000 }, latencies: [sampleLatency('write', 0.016)], heap: [[0, 24_000_000]] },
      { counts: { write: 100_000 }, latencies: [sampleLatency('write', 0.008)], heap: [[0, 16_000_000]] },
    )
    expect(brief(figures)).toEqual([
      ['throughput', 'write', 2, 'better'],
      ['latency', 'write p50', 2, 'worse'],
      ['latency', 'write p99', 2, 'worse'],
      ['heap', 'peak', 1.5, 'worse'],
    ])
    expect(figures[0]).toMatchObject({ before: 50_000, now: 100_000, unit: 'a second' })
  })

  test('takes a throughput over the time that its scenario took', () => {
    const [write] = compare(
      { counts: { write: 100 }, durationMs: 4_000 },
      { counts: { write: 100 }, durationMs: 1_000 },
    )
    expect(write).toMatchObject({ ratio: 0.25, verdict: 'worse' })
  })

  test.each([
    [110, 'same'],
    [111, 'better'],
    [91, 'same'],
    [90, 'worse'],
  ])('calls %d of 100 %s', (count, verdict) => {
    const [write] = compare({ counts: { write: count } }, { counts: { write: 100 } })
    expect(write?.verdict).toBe(verdict)
  })

  test('leaves out what is 0 or missing on one side', () => {
    const none = { latencies: [], heap: [] } as const
    expect(
      compare({ ...none, counts: { write: 0, read: 1 } }, { ...none, counts: { write: 5, drop: 1 } }),
    ).toEqual([])
  })

  test('tells what ended otherwise, and what only one of the runs has', () => {
    const comparison = compareReports(
      sampleReport([failedResult(), sampleResult({ name: 'new-one' })]),
      sampleReport([sampleResult({ name: 'slow-writes' }), sampleResult({ name: 'old-one' })]),
    )
    expect(comparison.outcomes).toEqual([{ scenario: 'slow-writes', before: 'passed', now: 'failed' }])
    expect([comparison.added, comparison.missing]).toEqual([['new-one'], ['old-one']])
  })

  test('says what the runs do not have in common', () => {
    const { differences } = compareReports(
      sampleReport([], { seed: 7 }),
      sampleReport([], { profile: 'full' }),
    )
    expect(differences).toEqual(['Another profile: ci, before full.', 'Another seed: 7, before 42.'])
  })
})

describe('changedFigures', () => {
  test('puts the greatest change first, whichever its direction', () => {
    const figures = compare(
      { latencies: [], heap: [], counts: { a: 300, b: 100, c: 10 } },
      { latencies: [], heap: [], counts: { a: 100, b: 100, c: 100 } },
    )
    expect(changedFigures(figures).map(({ name }) => name)).toEqual(['c', 'a'])
    expect(countVerdicts(figures)).toEqual({ better: 1, worse: 1, same: 1 })
  })
})
