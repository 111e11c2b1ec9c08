/**
 * What each chart shows, as data: made here, where it can be tested, and drawn by {@link CHART_CLIENT} in the
 * page. Each comes with a sentence for those who do not see it.
 *
 * Percentiles stand on a logarithmic axis of what is left above them, so that the tail gets as much room as
 * the rest: 50, 90, 99 and 99.9 are at 0.3, 1, 2 and 3.
 */
import type { SubscriberLedger } from '../adapter.ts'
import type { LatencySummary, ScenarioResult } from '../stress-report.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatNumber,
  formatThroughput,
} from './figures.ts'
import { heapOf, mainThroughput } from './scenario-figures.ts'

type Point = readonly [x: number, y: number]

/** A chart as the page's script reads it. */
export type ChartModel =
  | {
      readonly kind: 'rates'
      readonly labels: readonly string[]
      readonly values: readonly number[]
      /** Written at the end of each bar. */
      readonly texts: readonly string[]
    }
  | {
      readonly kind: 'latency'
      readonly series: readonly { readonly label: string; readonly points: readonly Point[] }[]
      /** Where the axis is marked, and with what. */
      readonly ticks: readonly (readonly [at: number, label: string])[]
    }
  /** Seconds and megabytes. */
  | { readonly kind: 'heap'; readonly points: readonly Point[] }
  | {
      readonly kind: 'ledgers'
      readonly labels: readonly string[]
      readonly series: readonly { readonly label: string; readonly values: readonly number[] }[]
    }

/** A chart with its title and what it shows, in words. */
export interface Chart {
  readonly title: string
  readonly alternative: string
  readonly model: ChartModel
}

/** The most lines of one chart, and the most points of one line. */
const SERIES_MAX = 5
const POINTS_MAX = 400
/** Two points are told in words. */
const POINTS_MIN = 3
/** The order of lines, so that a kind has the same colour everywhere. */
const KINDS = ['write', 'read', 'deliver']
/** The most subscribers that get a bar or a row; of the others the sum is told. */
export const SUBSCRIBERS_SHOWN_MAX = 16
const PERCENTILES_MARKED = [50, 90, 99, 99.9, 99.99, 99.999]

/** The throughput of all scenarios, one bar each; undefined where none counted anything. */
export function throughputChart(results: readonly ScenarioResult[]): Chart | undefined {
  const bars = results.flatMap((result) => {
    const main = mainThroughput(result)
    return main === undefined || main.perSecond <= 0 ? [] : [{ name: result.name, ...main }]
  })
  const [fastest] = [...bars].sort((one, other) => other.perSecond - one.perSecond)
  if (fastest === undefined) return undefined
  return {
    title: 'Throughput',
    alternative: `Operations a second of ${formatCount(bars.length, 'scenario')}, on a logarithmic axis; most in ${fastest.name}: ${formatThroughput(fastest)}.`,
    model: {
      kind: 'rates',
      labels: bars.map(({ name }) => name),
      values: bars.map(({ perSecond }) => round(perSecond)),
      texts: bars.map(formatThroughput),
    },
  }
}

/** The percentile curves of a scenario's operations; undefined where no durations were taken. */
export function latencyChart(result: ScenarioResult): Chart | undefined {
  const latencies = mostFrequent(result.latencies).filter(({ curve }) => curve.length > 1)
  if (latencies.length === 0) return undefined
  const series = latencies.map(({ kind, count, curve }) => ({
    label: kind,
    points: thin(percentilePoints(curve, count)),
  }))
  const end = Math.max(...series.map(({ points }) => points.at(-1)?.[0] ?? 0))
  const ticks = PERCENTILES_MARKED.map((percent) => [percentileAt(percent), String(percent)] as const)
  const told = latencies.map(
    ({ kind, p50, p99, max }) =>
      `${kind}: half within ${formatLatency(p50)}, 99 % within ${formatLatency(p99)}, at most ${formatLatency(max)}`,
  )
  return {
    title: 'Latency by percentile',
    alternative: `Latency over percentiles. ${told.join('; ')}.`,
    model: { kind: 'latency', series, ticks: ticks.filter(([at]) => at <= end + 0.01) },
  }
}

/** The heap over the time of a scenario; undefined with fewer points than make a curve. */
export function heapChart(result: ScenarioResult): Chart | undefined {
  const heap = heapOf(result)
  if (heap === undefined || result.heap.length < POINTS_MIN) return undefined
  const points = thin(result.heap.map(([ms, bytes]): Point => [round(ms / 1_000), round(bytes / 1e6)]))
  return {
    title: 'Heap over time',
    alternative: `Heap in use over ${formatDuration(result.heap.at(-1)?.[0] ?? 0)}: first ${formatBytes(heap.first)}, last ${formatBytes(heap.last)}, highest ${formatBytes(heap.peak)}.`,
    model: { kind: 'heap', points },
  }
}

/** What each subscriber got and lost; undefined where there is none, or one that got everything. */
export function ledgerChart(result: ScenarioResult): Chart | undefined {
  const { shown, others } = shownLedgers(result.ledgers)
  const [only] = shown
  if (only === undefined || (shown.length === 1 && only.delivered === only.published)) return undefined
  const all = others === undefined ? shown : [...shown, others]
  const sum = sumLedgers(result.ledgers, '')
  const series = (['delivered', 'conflated', 'dropped', 'pending'] as const)
    .map((label) => ({ label, values: shown.map((ledger) => ledger[label]) }))
    .filter(({ label, values }) => label === 'delivered' || values.some((value) => value > 0))
  return {
    title: 'Subscribers: what they got',
    alternative: `${formatCount(result.ledgers.length, 'subscriber')}, ${all.length === shown.length ? 'all' : `${shown.length} of them`} shown: ${formatNumber(sum.delivered)} delivered, ${formatNumber(sum.conflated)} conflated, ${formatNumber(sum.dropped)} dropped.`,
    model: { kind: 'ledgers', labels: shown.map(({ id }) => id), series },
  }
}

/**
 * Chooses the subscribers to show: all, or those that lost most, in their own order, and the sum of the others.
 */
export function shownLedgers(ledgers: readonly SubscriberLedger[]): {
  shown: readonly SubscriberLedger[]
  others: SubscriberLedger | undefined
} {
  if (ledgers.length <= SUBSCRIBERS_SHOWN_MAX) return { shown: ledgers, others: undefined }
  const lost = ({ dropped, conflated }: SubscriberLedger): number => dropped + conflated
  const order = ledgers
    .map((ledger, index) => ({ ledger, index }))
    .sort((one, other) => lost(other.ledger) - lost(one.ledger) || one.index - other.index)
  const chosen = order.slice(0, SUBSCRIBERS_SHOWN_MAX).sort((one, other) => one.index - other.index)
  const rest = order.slice(SUBSCRIBERS_SHOWN_MAX).map(({ ledger }) => ledger)
  return {
    shown: chosen.map(({ ledger }) => ledger),
    others: sumLedgers(rest, `${formatNumber(rest.length)} more`),
  }
}

/** The kinds that ran most, as many as a chart has lines for. */
function mostFrequent(latencies: readonly LatencySummary[]): LatencySummary[] {
  const place = ({ kind }: LatencySummary): number =>
    KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length
  return [...latencies]
    .sort((one, other) => other.count - one.count)
    .slice(0, SERIES_MAX)
    .sort((one, other) => place(one) - place(other))
}

/** Where a percentile below 100 stands on the axis. */
export function percentileAt(percent: number): number {
  return round(Math.log10(100 / (100 - percent)))
}

/** The maximum has no place on a logarithmic axis; it is put where 1 of `count` stands, if that is not taken. */
function percentilePoints(curve: LatencySummary['curve'], count: number): Point[] {
  const points: Point[] = []
  for (const [percent, ms] of curve) {
    const at = percent < 100 ? percentileAt(percent) : Math.log10(Math.max(count, 1))
    if (percent < 100 || at > (points.at(-1)?.[0] ?? 0)) points.push([round(at), round(ms)])
  }
  return points
}

function sumLedgers(ledgers: readonly SubscriberLedger[], id: string): SubscriberLedger {
  const sum = { id, published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 }
  for (const { published, delivered, dropped, conflated, pending } of ledgers) {
    sum.published += published
    sum.delivered += delivered
    sum.dropped += dropped
    sum.conflated += conflated
    sum.pending += pending
  }
  return sum
}

/** Keeps the highest point of each stretch, and both ends: a peak must not vanish. */
function thin(points: readonly Point[]): Point[] {
  if (points.length <= POINTS_MAX) return [...points]
  const step = Math.ceil(points.length / POINTS_MAX)
  const kept: Point[] = []
  for (let start = 0; start < points.length; start += step) {
    const stretch = points.slice(start, start + step)
    kept.push(stretch.reduce((highest, point) => (point[1] > highest[1] ? point : highest)))
  }
  return [points[0] as Point, ...kept.slice(1, -1), points.at(-1) as Point]
}

/** Six significant digits: the page does not show more, and they keep it small. */
const round = (value: number): number => Number(value.toPrecision(6))
