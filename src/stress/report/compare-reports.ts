/**
 * Compares a run with an earlier one, figure by figure, as ratios: now divided by before.
 *
 * Only figures that both runs have, and that are above 0 in both, are compared: a ratio with 0 says nothing.
 * Times of a shared machine are noisy, so a change of a tenth or less is called "same".
 */
import type { Outcome, ScenarioResult, StressReport } from '../stress-report.ts'
import { formatNumber } from './figures.ts'
import { heapOf, throughputsOf } from './scenario-figures.ts'

/** What a change means: more throughput is better, more latency and heap are worse. */
export type Verdict = 'better' | 'worse' | 'same'

/** How far a ratio may be from 1, up or down, and still be called the same. */
export const SAME_WITHIN = 0.1

/** One figure of one scenario, in two runs. */
export interface ComparedFigure {
  readonly scenario: string
  readonly measure: 'throughput' | 'latency' | 'heap'
  /** The kind of operation and, for a latency, the percentile: `write`, `write p99`; `peak` for the heap. */
  readonly name: string
  readonly unit: 'a second' | 'ms' | 'bytes'
  readonly before: number
  readonly now: number
  /** `now / before`. */
  readonly ratio: number
  readonly verdict: Verdict
}

/** A scenario that ended differently. */
export interface ComparedOutcome {
  readonly scenario: string
  readonly before: Outcome
  readonly now: Outcome
}

/** What {@link compareReports} finds. */
export interface ReportComparison {
  /** When the earlier run started; ISO 8601. */
  readonly baselineStartedAt: string
  /** What the two runs did not have in common, each a sentence; with some, ratios say less. */
  readonly differences: readonly string[]
  readonly outcomes: readonly ComparedOutcome[]
  readonly figures: readonly ComparedFigure[]
  /** Scenarios that only this run has. */
  readonly added: readonly string[]
  /** Scenarios that only the earlier run has. */
  readonly missing: readonly string[]
}

/**
 * Compares a report with an earlier one.
 *
 * Scenarios are paired by name and operations by kind; throughput, the 50th and 99th percentile of each
 * latency, and the highest heap are compared. Order follows `report`.
 */
export function compareReports(report: StressReport, baseline: StressReport): ReportComparison {
  const earlier = new Map(baseline.results.map((result) => [result.name, result]))
  const pairs = report.results.flatMap((now) => {
    const before = earlier.get(now.name)
    return before === undefined ? [] : [{ before, now }]
  })
  const names = new Set(report.results.map(({ name }) => name))
  return {
    baselineStartedAt: baseline.startedAt,
    differences: differencesOf(report, baseline),
    outcomes: pairs
      .filter(({ before, now }) => before.outcome !== now.outcome)
      .map(({ before, now }) => ({ scenario: now.name, before: before.outcome, now: now.outcome })),
    figures: pairs.flatMap(({ before, now }) => compareScenario(before, now)),
    added: report.results.map(({ name }) => name).filter((name) => !earlier.has(name)),
    missing: baseline.results.map(({ name }) => name).filter((name) => !names.has(name)),
  }
}

/** Counts the verdicts of a comparison. */
export function countVerdicts(figures: readonly ComparedFigure[]): Readonly<Record<Verdict, number>> {
  const counts = { better: 0, worse: 0, same: 0 }
  for (const { verdict } of figures) counts[verdict] += 1
  return counts
}

/** The figures that changed, the greatest change first, whichever its direction. */
export function changedFigures(figures: readonly ComparedFigure[]): ComparedFigure[] {
  const distance = ({ ratio }: ComparedFigure): number => Math.abs(Math.log(ratio))
  return figures
    .filter(({ verdict }) => verdict !== 'same')
    .sort((one, other) => distance(other) - distance(one))
}

function compareScenario(before: ScenarioResult, now: ScenarioResult): ComparedFigure[] {
  const was = figuresOf(before)
  return [...figuresOf(now)].flatMap(([key, figure]) => {
    const earlier = was.get(key)
    if (earlier === undefined || !(earlier.value > 0) || !(figure.value > 0)) return []
    const { measure, name, unit, value } = figure
    const ratio = value / earlier.value
    const verdict = verdictOf(ratio, measure === 'throughput')
    return [{ scenario: now.name, measure, name, unit, before: earlier.value, now: value, ratio, verdict }]
  })
}

type Figure = Pick<ComparedFigure, 'measure' | 'name' | 'unit'> & { readonly value: number }

function figuresOf(result: ScenarioResult): Map<string, Figure> {
  const heap = heapOf(result)
  const figures: Figure[] = [
    ...throughputsOf(result).map(
      ({ kind, perSecond }): Figure => ({
        measure: 'throughput',
        name: kind,
        unit: 'a second',
        value: perSecond,
      }),
    ),
    ...result.latencies.flatMap(({ kind, p50, p99 }): Figure[] => [
      { measure: 'latency', name: `${kind} p50`, unit: 'ms', value: p50 },
      { measure: 'latency', name: `${kind} p99`, unit: 'ms', value: p99 },
    ]),
    ...(heap === undefined
      ? []
      : [{ measure: 'heap', name: 'peak', unit: 'bytes', value: heap.peak } satisfies Figure]),
  ]
  return new Map(figures.map((figure) => [`${figure.measure} ${figure.name}`, figure]))
}

function verdictOf(ratio: number, moreIsBetter: boolean): Verdict {
  if (ratio <= 1 + SAME_WITHIN && ratio >= 1 / (1 + SAME_WITHIN)) return 'same'
  return ratio > 1 === moreIsBetter ? 'better' : 'worse'
}

function differencesOf(report: StressReport, baseline: StressReport): string[] {
  const conditions = (one: StressReport): [string, string][] => [
    ['store', one.store],
    ['profile', one.profile],
    ['scale', formatNumber(one.scale)],
    ['seed', String(one.seed)],
    ['Headgate', one.environment.headgate],
    ['Node', one.environment.node],
    ['platform', one.environment.platform],
    ['processor', `${one.environment.cpu}, ${one.environment.cores} cores`],
  ]
  const earlier = new Map(conditions(baseline))
  return conditions(report)
    .filter(([name, value]) => earlier.get(name) !== value)
    .map(([name, value]) => `Another ${name}: ${value}, before ${earlier.get(name)}.`)
}
