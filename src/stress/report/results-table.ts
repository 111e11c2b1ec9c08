import type { ScenarioResult, StressReport } from '../stress-report.ts'
import { formatBytes, formatDuration, formatLatency, formatThroughput } from './figures.ts'
import { type Html, html } from './html.ts'
import { anchorOf, outcomeMark } from './parts.ts'
import { heapOf, mainThroughput } from './scenario-figures.ts'

/** The table of all scenarios, group by group. */
export function resultsTable({ results }: StressReport): Html {
  const groups = [...new Set(results.map(({ group }) => group))]
  return html`<h2 id="results">Results</h2>
<table>
<caption>Each scenario leads to its section. Throughput is that of its writes, else of what it did most; latency is the 99th percentile of the same, where durations were taken.</caption>
<thead><tr><th scope="col">Scenario</th><th scope="col">Outcome</th><th scope="col" class="num more">Throughput</th><th scope="col" class="num more">p99</th><th scope="col" class="num more">Heap, highest</th><th scope="col" class="num">Took</th></tr></thead>
${groups.map((group) => groupRows(group, results))}
</table>`
}

function groupRows(group: string, results: readonly ScenarioResult[]): Html {
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="6">${group}</th></tr>
${results.filter((result) => result.group === group).map(row)}
</tbody>`
}

function row(result: ScenarioResult): Html {
  const { name, outcome, durationMs } = result
  const main = mainThroughput(result)
  const latency = result.latencies.find(({ kind }) => kind === main?.kind) ?? result.latencies[0]
  const heap = heapOf(result)
  const none = html`<span class="soft">–</span>`
  return html`<tr><th scope="row"><a href="#${anchorOf(name)}">${name}</a></th><td>${outcomeMark(outcome)}</td><td class="num more">${main === undefined ? none : formatThroughput(main)}</td><td class="num more">${latency === undefined ? none : formatLatency(latency.p99)}</td><td class="num more">${heap === undefined ? none : formatBytes(heap.peak)}</td><td class="num">${formatDuration(durationMs)}</td></tr>
`
}
