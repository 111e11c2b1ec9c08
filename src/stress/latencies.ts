import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { LatencySummary } from './stress-report.ts'

const NS_PER_MS = 1_000_000

/** Durations by kind of operation, each in a histogram of three figures: the memory does not grow with time. */
export class Latencies {
  readonly #histograms = new Map<string, RecordableHistogram>()

  record(kind: string, ms: number): void {
    let histogram = this.#histograms.get(kind)
    if (histogram === undefined) {
      histogram = createHistogram()
      this.#histograms.set(kind, histogram)
    }
    // A histogram counts whole nanoseconds from 1.
    histogram.record(Math.max(1, Math.round(ms * NS_PER_MS)))
  }

  /** What was recorded of a kind; all zero where nothing was. */
  summary(kind: string): LatencySummary {
    const histogram = this.#histograms.get(kind)
    if (histogram === undefined) {
      return { kind, count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, curve: [] }
    }
    const at = (percentile: number): number => histogram.percentile(percentile) / NS_PER_MS
    return {
      kind,
      count: histogram.count,
      mean: histogram.mean / NS_PER_MS,
      p50: at(50),
      p95: at(95),
      p99: at(99),
      max: histogram.max / NS_PER_MS,
      curve: [...histogram.percentiles].map(([percentile, ns]) => [percentile, ns / NS_PER_MS] as const),
    }
  }

  summaries(): LatencySummary[] {
    return [...this.#histograms.keys()].map((kind) => this.summary(kind))
  }
}
