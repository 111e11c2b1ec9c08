import type { SubscriberLedger } from '../adapter.ts'
import {
  type CheckResult,
  isMissed,
  type LatencySummary,
  type ScenarioResult,
  type ThresholdResult,
} from '../stress-report.ts'
import { heapChart, latencyChart, ledgerChart, shownLedgers } from './chart-models.ts'
import type { ChartShelf } from './chart-shelf.ts'
import { type ComparedFigure, countVerdicts } from './compare-reports.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatLatency,
  formatLimit,
  formatNumber,
  formatRate,
} from './figures.ts'
import { type Html, html } from './html.ts'
import { anchorOf, checkMark, outcomeMark, ratioMark, thresholdMark } from './parts.ts'
import { heapOf, type Throughput, throughputsOf } from './scenario-figures.ts'

/**
 * One scenario: how it ended, what it is for, its thresholds, charts and figures. The text alternative of each
 * chart is a table or a sentence beside it.
 */
export function scenarioSection(
  result: ScenarioResult,
  shelf: ChartShelf,
  compared: readonly ComparedFigure[],
): Html {
  const { name, group, outcome, message, durationMs } = result
  const id = anchorOf(name)
  return html`<section class="scenario" id="${id}" aria-labelledby="${id}-name">
<div class="head"><h3 id="${id}-name"><a href="#${id}">${name}</a></h3>${outcomeMark(outcome)}<span class="when">${group} · ${formatDuration(durationMs)}</span></div>
${message !== '' && html`<p class="message">${message}</p>`}
${background(result)}
${thresholdTable(result.thresholds)}
<div class="charts">
${latencyFigure(result, shelf)}
${heapFigure(result, shelf)}
${ledgerFigure(result, shelf)}
</div>
${operationsTable(result)}
${comparedTable(compared)}
</section>
`
}

function background(result: ScenarioResult): Html {
  const { goal, method, checks } = result
  const counts = countChecks(checks)
  return html`<details${isMissed(result) && html` open`}><summary>${goal} <small>Method, ${counts}</small></summary>
<div class="inside"><p>${method}</p>
${checks.length > 0 && html`<ul class="checks" aria-label="Checks">${checks.map(check)}</ul>`}
</div></details>`
}

function check({ fact, outcome, detail }: CheckResult): Html {
  return html`<li>${checkMark(outcome)}${fact}${detail !== '' && html` <small>${detail}</small>`}</li>
`
}

function countChecks(checks: readonly CheckResult[]): string {
  const count = (outcome: CheckResult['outcome']): number =>
    checks.filter((one) => one.outcome === outcome).length
  const others = (['failed', 'skipped'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `, ${formatNumber(count(outcome))} ${outcome}`)
  return `${formatCount(checks.length, 'check')}${others.join('')}`
}

function thresholdTable(thresholds: readonly ThresholdResult[]): Html | undefined {
  if (thresholds.length === 0) return undefined
  return html`<div class="block"><table>
<caption class="unseen">Thresholds</caption>
<thead><tr><th scope="col">Threshold</th><th scope="col" class="num">Limit</th><th scope="col" class="num">This run</th><th scope="col"><span class="more">Verdict</span></th></tr></thead>
<tbody>${thresholds.map(
    (threshold) =>
      html`<tr><th scope="row">${threshold.name}<small>${threshold.about}</small></th><td class="num limit">${formatLimit(threshold).replace(/(?<=\d) /g, '\u00a0')}</td><td class="num">${formatFigure(threshold.value, threshold.unit)}</td><td>${thresholdMark(threshold)}</td></tr>
`,
  )}</tbody></table></div>`
}

function latencyFigure(result: ScenarioResult, shelf: ChartShelf): Html | undefined {
  return shelf.figure(latencyChart(result))
}

function heapFigure(result: ScenarioResult, shelf: ChartShelf): Html | undefined {
  const heap = heapOf(result)
  if (heap === undefined) return undefined
  const told = html`<p class="note">Heap: first ${formatBytes(heap.first)}, last ${formatBytes(heap.last)}, highest ${formatBytes(heap.peak)}.</p>`
  return html`<div>${shelf.figure(heapChart(result))}${told}</div>`
}

function ledgerFigure(result: ScenarioResult, shelf: ChartShelf): Html | undefined {
  if (result.ledgers.length === 0) return undefined
  const { shown, others } = shownLedgers(result.ledgers)
  const rows = others === undefined ? shown : [...shown, others]
  return html`<div class="wide">${shelf.figure(ledgerChart(result), { heightPx: shown.length * 22 + 96 })}
<details><summary>${formatCount(result.ledgers.length, 'subscriber')} as a table</summary><table>
<caption>What each subscriber was offered, got and lost${others !== undefined && '; those that lost most, and the sum of the others'}</caption>
<thead><tr><th scope="col">Subscriber</th><th scope="col" class="num more">Published</th><th scope="col" class="num">Delivered</th><th scope="col" class="num">Dropped</th><th scope="col" class="num">Conflated</th><th scope="col" class="num more">Pending</th></tr></thead>
<tbody>${rows.map(ledgerRow)}</tbody></table></details></div>`
}

function ledgerRow({ id, published, delivered, dropped, conflated, pending }: SubscriberLedger): Html {
  return html`<tr><th scope="row">${id}</th><td class="num more">${formatNumber(published)}</td><td class="num">${formatNumber(delivered)}</td><td class="num">${formatNumber(dropped)}</td><td class="num">${formatNumber(conflated)}</td><td class="num more">${formatNumber(pending)}</td></tr>
`
}

function operationsTable(result: ScenarioResult): Html | undefined {
  const throughputs = new Map(throughputsOf(result).map((one) => [one.kind, one]))
  const latencies = new Map(result.latencies.map((one) => [one.kind, one]))
  const kinds = [...new Set([...throughputs.keys(), ...latencies.keys()])]
  if (kinds.length === 0) return undefined
  const timed = latencies.size > 0
  return html`<div class="block"><table>
<caption class="unseen">Operations: how often each kind ran, and how long it took</caption>
<thead><tr><th scope="col">Operation</th><th scope="col" class="num ${timed && 'more'}">Times</th><th scope="col" class="num">A second</th>${
    timed &&
    html`<th scope="col" class="num">p50</th><th scope="col" class="num more">p95</th><th scope="col" class="num">p99</th><th scope="col" class="num more">Max</th>`
  }</tr></thead>
<tbody>${kinds.map((kind) => operationRow(kind, throughputs.get(kind), latencies.get(kind), timed))}</tbody></table></div>`
}

function operationRow(
  kind: string,
  throughput: Throughput | undefined,
  latency: LatencySummary | undefined,
  timed: boolean,
): Html {
  const count = throughput?.count ?? latency?.count ?? 0
  const figure = (value: number | undefined, more = false): Html =>
    html`<td class="num ${more && 'more'}">${value === undefined ? '–' : formatLatency(value)}</td>`
  return html`<tr><th scope="row">${kind}</th><td class="num ${timed && 'more'}">${formatNumber(count)}</td><td class="num">${throughput === undefined ? '–' : formatRate(throughput.perSecond)}</td>${
    timed && [
      figure(latency?.p50),
      figure(latency?.p95, true),
      figure(latency?.p99),
      figure(latency?.max, true),
    ]
  }</tr>
`
}

function comparedTable(figures: readonly ComparedFigure[]): Html | undefined {
  if (figures.length === 0) return undefined
  const { better, worse, same } = countVerdicts(figures)
  return html`<details class="block"><summary>Against the baseline: ${better} better, ${worse} worse, ${same} the same</summary><table>
<caption class="unseen">Compared with the baseline</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="num more">Before</th><th scope="col" class="num more">Now</th><th scope="col" class="num">Ratio</th></tr></thead>
<tbody>${figures.map(comparedRow)}</tbody></table></details>`
}

function comparedRow(figure: ComparedFigure): Html {
  return html`<tr><th scope="row">${figure.measure}, ${figure.name}</th><td class="num more">${formatCompared(figure.before, figure)}</td><td class="num more">${formatCompared(figure.now, figure)}</td><td class="num">${ratioMark(figure.ratio, figure.verdict)}</td></tr>
`
}

/** One side of a compared figure, in its unit. */
export function formatCompared(value: number, { unit }: Pick<ComparedFigure, 'unit'>): string {
  if (unit === 'bytes') return formatBytes(value)
  return unit === 'ms' ? formatLatency(value) : formatRate(value)
}
