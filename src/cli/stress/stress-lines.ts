/** The lines that both views of a stress run print. */
import {
  type ComparedFigure,
  changedFigures,
  countVerdicts,
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatLatency,
  formatLimit,
  formatMoment,
  formatRate,
  formatRatio,
  formatThroughput,
  isMissed,
  mainThroughput,
  type ReportComparison,
  SAME_WITHIN,
  type ScenarioResult,
  type ThresholdResult,
  verdictSentence,
} from '../../stress/index.ts'
import type { Palette } from '../format.ts'
import { type Column, column, tableLines, tableWidth } from '../table.ts'
import { oneLine } from '../usage-error.ts'
import type { StressEnd } from './stress-view.ts'

const OUTCOMES: Readonly<Record<ScenarioResult['outcome'], string>> = {
  passed: '✓ passed',
  failed: '✗ failed',
  skipped: '– skipped',
  timeout: '✗ timed out',
  error: '✗ error',
}
/** As wide as the longest. */
const OUTCOME_WIDTH = 11
/** The most changes against a baseline that are listed. */
const CHANGES_SHOWN_MAX = 12

function paintOf({ outcome }: ScenarioResult, { green, yellow, red }: Palette): (text: string) => string {
  if (outcome === 'passed') return green
  return outcome === 'skipped' ? yellow : red
}

/** One scenario as a line. */
export function scenarioLine(result: ScenarioResult, palette: Palette): string {
  const { name, group, outcome, message, durationMs } = result
  const { bold, dim } = palette
  const main = mainThroughput(result)
  const why = outcome === 'skipped' ? `: ${oneLine(message)}` : ''
  const rate = main === undefined ? '' : `, ${formatThroughput(main)}`
  return `${paintOf(result, palette)(OUTCOMES[outcome].padEnd(OUTCOME_WIDTH))}  ${bold(oneLine(name))}  ${dim(`${oneLine(group)}, ${formatDuration(durationMs)}${rate}${why}`)}`
}

/** The end of a run as lines: the table, what failed and why, the baseline, the verdict. */
export function endLines(end: StressEnd, palette: Palette, width?: number): string[] {
  const { report, comparison, count, stopped } = end
  const { results } = report
  return [
    ...resultLines(results, palette, width),
    ...results.filter(isMissed).flatMap((result) => failureLines(result, palette)),
    ...(comparison === undefined ? [] : comparisonLines(comparison, palette)),
    '',
    `${palette.bold(verdictSentence(report))} in ${formatDuration(report.durationMs)}; profile ${report.profile}, seed ${report.seed}, store ${oneLine(report.store)}.`,
    ...(stopped
      ? [palette.yellow(`Stopped in scenario ${Math.max(1, results.length)} of ${Math.max(1, count)}.`)]
      : []),
  ]
}

/** A row of the table; the scenario and its outcome stand in the first of its rows only. */
interface Row {
  readonly result: ScenarioResult
  readonly first: boolean
  readonly threshold: ThresholdResult | undefined
}

function resultLines(results: readonly ScenarioResult[], palette: Palette, width?: number): string[] {
  if (results.length === 0) return []
  const rows = results.flatMap((result): Row[] => {
    const [first, ...others] = result.thresholds
    return [
      { result, first: true, threshold: first },
      ...others.map((threshold) => ({ result, first: false, threshold })),
    ]
  })
  const columns = [
    column(
      'scenario',
      rows.map(({ result, first }) => (first ? result.name : '')),
    ),
    column(
      'outcome',
      rows.map(({ result, first }) => (first ? OUTCOMES[result.outcome] : '')),
    ),
    column(
      'threshold',
      rows.map(({ threshold }) => thresholdName(threshold)),
    ),
    column(
      'this run',
      rows.map(({ threshold }) => (threshold ? formatFigure(threshold.value, threshold.unit) : '')),
      true,
    ),
    column(
      'limit',
      rows.map(({ threshold }) => (threshold ? formatLimit(threshold) : '')),
    ),
  ]
  if (width !== undefined && tableWidth(columns) > width) return stackedLines(results, palette)
  return tableLines(columns, (aligned, one, row) => paintCell(aligned, one, rows[row], palette))
}

const thresholdName = (threshold: ThresholdResult | undefined): string =>
  threshold === undefined ? '' : `${threshold.passed ? '✓' : '✗'} ${threshold.name}`

function paintCell(aligned: string, { title }: Column, row: Row | undefined, palette: Palette): string {
  if (row === undefined) return palette.dim(aligned)
  if (title === 'outcome') return paintOf(row.result, palette)(aligned)
  return title !== 'scenario' && row.threshold?.passed === false ? palette.red(aligned) : aligned
}

/** The same as the table, for a terminal that is too narrow for it. */
function stackedLines(results: readonly ScenarioResult[], palette: Palette): string[] {
  return results.flatMap((result) => [
    `${paintOf(result, palette)(OUTCOMES[result.outcome])}  ${oneLine(result.name)}`,
    ...result.thresholds.map((threshold) => {
      const line = `  ${oneLine(thresholdName(threshold))}: ${formatFigure(threshold.value, threshold.unit)}, ${formatLimit(threshold)}`
      return threshold.passed ? line : palette.red(line)
    }),
  ])
}

function failureLines({ name, message, checks }: ScenarioResult, { bold, red }: Palette): string[] {
  return [
    '',
    `${bold(oneLine(name))}${message === '' ? '' : `: ${oneLine(message)}`}`,
    ...checks
      .filter(({ outcome }) => outcome === 'failed')
      .map(
        ({ fact, detail }) => `  ${red('✗')} ${oneLine(fact)}${detail === '' ? '' : `: ${oneLine(detail)}`}`,
      ),
  ]
}

/** What changed since the baseline, the greatest changes first. */
function comparisonLines(comparison: ReportComparison, palette: Palette): string[] {
  const { figures, outcomes, differences, added, missing, baselineStartedAt } = comparison
  const { better, worse, same } = countVerdicts(figures)
  const changes = changedFigures(figures)
  const shown = changes.slice(0, CHANGES_SHOWN_MAX)
  return [
    '',
    `Against the baseline of ${oneLine(formatMoment(baselineStartedAt))}: of ${formatCount(figures.length, 'figure')}, ${better} better, ${worse} worse, ${same} the same within ${SAME_WITHIN * 100} %.`,
    ...differences.map((difference) => palette.yellow(oneLine(difference))),
    ...outcomes.map(
      ({ scenario, before, now }) =>
        `${oneLine(scenario)}: ${OUTCOMES[before]} before, ${OUTCOMES[now]} now.`,
    ),
    ...(added.length > 0 ? [`Only in this run: ${oneLine(added.join(', '))}.`] : []),
    ...(missing.length > 0 ? [`Only in the baseline: ${oneLine(missing.join(', '))}.`] : []),
    ...(shown.length > 0 ? changeLines(shown, palette) : []),
    ...(changes.length > shown.length ? [palette.dim(`… and ${changes.length - shown.length} more`)] : []),
  ]
}

function changeLines(figures: readonly ComparedFigure[], palette: Palette): string[] {
  const columns = [
    column(
      'scenario',
      figures.map(({ scenario }) => scenario),
    ),
    column(
      'figure',
      figures.map(({ measure, name }) => `${measure}, ${name}`),
    ),
    column(
      'before',
      figures.map((figure) => figureText(figure, figure.before)),
      true,
    ),
    column(
      'now',
      figures.map((figure) => figureText(figure, figure.now)),
      true,
    ),
    column(
      'ratio',
      figures.map(({ ratio }) => formatRatio(ratio)),
      true,
    ),
    column(
      '',
      figures.map(({ verdict }) => (verdict === 'better' ? '▲ better' : '▼ worse')),
    ),
  ]
  return tableLines(columns, (aligned, { title }, row) => {
    if (row < 0) return palette.dim(aligned)
    if (title !== '') return aligned
    return figures[row]?.verdict === 'better' ? palette.green(aligned) : palette.red(aligned)
  })
}

function figureText({ unit }: ComparedFigure, value: number): string {
  if (unit === 'bytes') return formatBytes(value)
  return unit === 'ms' ? formatLatency(value) : `${formatRate(value)}/s`
}
