import { changedFigures, countVerdicts, type ReportComparison, SAME_WITHIN } from './compare-reports.ts'
import { formatCount, formatMoment, formatNumber } from './figures.ts'
import { type Html, html } from './html.ts'
import { anchorOf, outcomeMark, ratioMark } from './parts.ts'
import { formatCompared } from './scenario-section.ts'

/** The most changes listed here; the sections of the scenarios have all figures. */
const CHANGES_SHOWN_MAX = 12

/** What changed since the baseline. */
export function comparisonSection(comparison: ReportComparison): Html {
  const { baselineStartedAt, differences, outcomes, figures, added, missing } = comparison
  const { better, worse, same } = countVerdicts(figures)
  const changes = changedFigures(figures)
  const shown = changes.slice(0, CHANGES_SHOWN_MAX)
  return html`<h2 id="baseline">Compared with the baseline</h2>
<p class="note">The run of ${formatMoment(baselineStartedAt)}. Of ${formatCount(figures.length, 'figure')}, ${formatNumber(better)} are better, ${formatNumber(worse)} worse and ${formatNumber(same)} the same, that is within ${SAME_WITHIN * 100} %. A ratio is now divided by before.</p>
${differences.length > 0 && html`<p class="note warn">The two runs are not alike, so ratios say less. ${differences.join(' ')}</p>`}
${outcomes.length > 0 && html`<p class="note">${outcomes.map(({ scenario, before, now }) => html`${scenario}: ${outcomeMark(before)} before, ${outcomeMark(now)} now. `)}</p>`}
${list('Only in this run', added)}${list('Only in the baseline', missing)}
${
  shown.length > 0 &&
  html`<table>
<caption>The greatest changes${changes.length > shown.length && `, ${shown.length} of ${changes.length}`}</caption>
<thead><tr><th scope="col">Scenario and figure</th><th scope="col" class="num more">Before</th><th scope="col" class="num more">Now</th><th scope="col" class="num">Ratio</th></tr></thead>
<tbody>${shown.map(
    (figure) =>
      html`<tr><th scope="row"><a href="#${anchorOf(figure.scenario)}">${figure.scenario}</a><small>${figure.measure}, ${figure.name}</small></th><td class="num more">${formatCompared(figure.before, figure)}</td><td class="num more">${formatCompared(figure.now, figure)}</td><td class="num">${ratioMark(figure.ratio, figure.verdict)}</td></tr>
`,
  )}</tbody></table>`
}`
}

function list(title: string, names: readonly string[]): Html | undefined {
  return names.length === 0 ? undefined : html`<p class="note">${title}: ${names.join(', ')}.</p>`
}
