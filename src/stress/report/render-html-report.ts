/**
 * The report as one HTML file that asks for nothing from outside: style, data, charts and their program are in
 * it, and a content policy refuses all else.
 *
 *   verdict ─ tiles ─ what was missed ─ baseline ─ results ─ throughput ─ a section a scenario ─ the machine
 *
 * It reads without scripts and without charts: every chart repeats what a table or a sentence tells.
 */
import { checkKeys } from '../../kit/index.ts'
import type { ScenarioResult, StressReport } from '../stress-report.ts'
import { CHART_CLIENT } from './chart-client.ts'
import { throughputChart } from './chart-models.ts'
import { CHARTS_HINT, findChartScript } from './chart-script.ts'
import { ChartShelf } from './chart-shelf.ts'
import { compareReports } from './compare-reports.ts'
import { comparisonSection } from './comparison-section.ts'
import { type Html, html, jsonScript, programScript, trusted } from './html.ts'
import { resultsTable } from './results-table.ts'
import { scenarioSection } from './scenario-section.ts'
import { STYLE } from './style.ts'
import { machineSection, missesSection, verdictSection } from './verdict-sections.ts'

/** What {@link renderHtmlReport} may be given. */
export interface HtmlReportOptions {
  /** An earlier report; the page then tells the differences. */
  readonly baseline?: StressReport | undefined
  /**
   * The program of chart.js 4, as {@link findChartScript} reads it; `null` for a page without charts. Default:
   * it is looked for.
   */
  readonly chartScript?: string | null | undefined
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/**
 * Renders a stress report as a page of its own.
 *
 * Nothing in the page is fetched, and all text of the report is escaped. Where chart.js is not installed the
 * page has no charts and says how to get them.
 *
 * @returns the text of the file.
 */
export function renderHtmlReport(report: StressReport, options: HtmlReportOptions = {}): string {
  checkKeys(options, { baseline: true, chartScript: true }, 'renderHtmlReport()')
  const { baseline, chartScript = findChartScript() ?? null } = options
  const comparison = baseline === undefined ? undefined : compareReports(report, baseline)
  const shelf = new ChartShelf(chartScript !== null)
  const figures = (name: string) => comparison?.figures.filter(({ scenario }) => scenario === name) ?? []
  const body = html`<main>
${verdictSection(report)}
${missesSection(report)}
${chartScript === null && html`<p class="note" id="no-charts">This report has no charts. ${CHARTS_HINT}</p>`}
${comparison !== undefined && comparisonSection(comparison)}
${resultsTable(report)}
${throughputSection(report.results, shelf)}
<h2 id="scenarios">Scenarios</h2>
<p class="note">Each with what it is for; open it for how it goes about it, and for what must hold exactly.</p>
${report.results.map((result) => scenarioSection(result, shelf, figures(result.name)))}
${machineSection(report)}
</main>`
  return page(`Stress report of ${report.store}`, body, shelf, chartScript)
}

function throughputSection(results: readonly ScenarioResult[], shelf: ChartShelf): Html | undefined {
  const chart = throughputChart(results)
  const bars = chart?.model.kind === 'rates' ? chart.model.labels.length : 0
  const figure = shelf.figure(chart && { ...chart, title: '' }, { heightPx: bars * 24 + 48 })
  if (figure === undefined) return undefined
  return html`<h2 id="throughput">Throughput</h2>
<p class="note">Operations a second over the whole scenario, pauses included, on a logarithmic axis: each line to the right is ten times as much.</p>
${figure}`
}

function page(title: string, body: Html, shelf: ChartShelf, chartScript: string | null): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header class="top"><span><b>Headgate</b> stress report</span><button id="theme" type="button" aria-label="Switch between light and dark" hidden></button></header>
${body}
<footer></footer>
${chartScript !== null && jsonScript('charts', shelf.models)}
${chartScript !== null && programScript(chartScript)}
${programScript(CHART_CLIENT)}
</body>
</html>
`.text
}
