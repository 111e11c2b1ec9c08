import { isMissed, type ScenarioResult, type StressReport } from '../stress-report.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatLimit,
  formatMoment,
  formatNumber,
} from './figures.ts'
import { type Html, html } from './html.ts'
import { anchorOf, outcomeMark, unbroken } from './parts.ts'
import { heapOf, throughputsOf } from './scenario-figures.ts'

/** The verdict, in one sentence, and the run in four numbers. */
export function verdictSection(report: StressReport): Html {
  const { store, profile, seed, scale, durationMs, startedAt, passed } = report
  const tone = passed ? 'good' : 'bad'
  const facts = [
    `profile ${profile}`,
    `seed ${seed}`,
    `scale ${formatNumber(scale)}`,
    formatDuration(durationMs),
    formatMoment(startedAt),
  ]
  return html`<div class="verdict"><span class="sign ${tone}" aria-hidden="true">${passed ? '✓' : '✗'}</span><div><h1>${verdictSentence(report)}</h1>
<p><b>${store}</b> ${facts.map((fact) => html`<span class="word">${fact}</span> `)}</p></div></div>
${tiles(report.results)}`
}

/** The verdict of a report: `All 34 scenarios passed`, `2 of 34 scenarios did not pass, 3 were skipped`. */
export function verdictSentence({ results, passed }: StressReport): string {
  const missed = results.filter(isMissed).length
  const skipped = results.filter(({ outcome }) => outcome === 'skipped').length
  const tested = results.length - skipped
  if (results.length === 0) return 'No scenario was run'
  if (tested === 0) return `${skipped === 1 ? 'The scenario was' : `All ${skipped} scenarios were`} skipped`
  const others = skipped === 0 ? '' : `, ${skipped} ${skipped === 1 ? 'was' : 'were'} skipped`
  if (missed > 0 && results.length === 1) return 'The scenario did not pass'
  if (missed > 0) return `${missed} of ${formatCount(results.length, 'scenario')} did not pass${others}`
  if (!passed) return 'The run did not pass'
  if (skipped > 0) return `${formatCount(tested, 'scenario')} passed${others}`
  return tested === 1 ? 'The scenario passed' : `All ${tested} scenarios passed`
}

function tiles(results: readonly ScenarioResult[]): Html {
  const checks = results.flatMap((result) => result.checks)
  const thresholds = results.flatMap((result) => result.thresholds)
  const held = checks.filter(({ outcome }) => outcome === 'passed').length
  const failed = checks.filter(({ outcome }) => outcome === 'failed').length
  const skipped = checks.length - held - failed
  const met = thresholds.filter(({ passed }) => passed).length
  const operations = results.flatMap(throughputsOf).reduce((sum, { count }) => sum + count, 0)
  const peak = Math.max(0, ...results.map((result) => heapOf(result)?.peak ?? 0))
  const tile = (name: string, value: string, more: string): Html =>
    html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>
`
  return html`<dl class="tiles">
${tile('Checks that held', formatNumber(held), `${failed === 0 ? 'none' : formatNumber(failed)} failed, ${skipped === 0 ? 'none' : formatNumber(skipped)} skipped`)}
${tile('Thresholds met', `${formatNumber(met)} of ${formatNumber(thresholds.length)}`, 'named limits')}
${tile('Operations', formatLarge(operations), 'writes, reads, deliveries, …')}
${tile('Highest heap', peak > 0 ? formatBytes(peak) : '–', 'of any scenario')}
</dl>`
}

/** What did not pass, and why; nothing where all did. */
export function missesSection({ results }: StressReport): Html | undefined {
  const misses = results.filter(isMissed)
  if (misses.length === 0) return undefined
  return html`<ul class="misses" aria-label="What did not pass">${misses.map(miss)}</ul>`
}

function miss({ name, outcome, message, checks, thresholds }: ScenarioResult): Html {
  const failed = checks.filter((check) => check.outcome === 'failed')
  const missed = thresholds.filter(({ passed }) => !passed)
  // The message of a miss usually repeats what follows; it is told where nothing does.
  const bare = failed.length + missed.length === 0
  return html`<li><a href="#${anchorOf(name)}">${name}</a> ${outcomeMark(outcome)}<ul>
${bare && message !== '' && html`<li>${message}</li>`}
${missed.map(
  (threshold) =>
    html`<li>${threshold.name}: ${unbroken(formatFigure(threshold.value, threshold.unit))}, expected ${unbroken(formatLimit(threshold))}</li>`,
)}
${failed.map(({ fact, detail }) => html`<li>${fact}${detail !== '' && html` <span class="soft">${detail}</span>`}</li>`)}
</ul></li>
`
}

/** The machine, the versions, and how to run the same again. */
export function machineSection(report: StressReport): Html {
  const { headgate, node, platform, cpu, cores, memoryBytes } = report.environment
  const facts: [string, string][] = [
    ['Store', report.store],
    ['Headgate', headgate],
    ['Node', node],
    ['Platform', platform],
    ['Processor', cpu],
    ['Cores', formatNumber(cores)],
    ['Memory', formatBytes(memoryBytes)],
    ['Profile', report.profile],
    ['Scale', formatNumber(report.scale)],
    ['Seed', String(report.seed)],
    ['Started', formatMoment(report.startedAt)],
    ['Took', formatDuration(report.durationMs)],
  ]
  const command = `headgate stress --profile ${report.profile} --seed ${report.seed}`
  return html`<h2 id="machine">Machine and run</h2>
<dl class="facts">${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>
<p class="again">The same again: <code>npx ${command}</code></p>`
}

function formatLarge(count: number): string {
  if (count >= 1e9) return `${formatNumber(Math.round(count / 1e7) / 100)} billion`
  return count >= 1e6 ? `${formatNumber(Math.round(count / 1e4) / 100)} million` : formatNumber(count)
}
