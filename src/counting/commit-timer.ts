/**
 * How long commits take, from the call of the write to the last synchronous hand-over.
 *
 * A write made inside a subscriber is delivered later, in the drain of the write that is under way; its
 * time runs until then. Publications are delivered in the order in which they were written, so the times
 * at which they began wait in a queue:
 *
 *   admit ──> begin        publish ──> begun is queued        last receiver told ──> shift, record
 *
 * The histogram is not ours: under Node it is the one of `node:perf_hooks`; elsewhere the user passes one
 * of hdr-histogram-js, whose shape is the interface here. It runs inside the delivery, so what it throws
 * (a value above its highest, a clock that returned NaN) is contained here, and the loss counted.
 */
import { type Clock, contain, describeValue, HeadgateError, RingBuffer } from '../kit/index.ts'

/** What durations are recorded in; the histograms of hdr-histogram-js have this shape. Values are nanoseconds. */
export interface LatencyHistogram {
  recordValue(value: number): void
  getValueAtPercentile(percentile: number): number
  readonly mean: number
  readonly maxValue: number
  readonly totalCount: number
}

/** Durations in milliseconds; zeros before the first. Percentiles are exact to three digits. */
export interface LatencySummary {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** Durations that the histogram refused to record: one that is too narrow, or a broken clock. */
  readonly lost: number
}

/** What is used of the histogram of `node:perf_hooks`. */
interface NodeHistogram {
  record(value: number): void
  percentile(percentile: number): number
  readonly mean: number
  readonly max: number
  readonly count: number
}

const NS_PER_MS = 1_000_000

export class CommitTimer {
  readonly #clock: Clock
  readonly #histogram: LatencyHistogram
  /** When the publications that are not delivered yet began; as many as the subject queues, so it needs no bound. */
  readonly #underway = new RingBuffer<number>(Number.POSITIVE_INFINITY)
  #begunAt = 0
  #lost = 0

  constructor(clock: Clock, histogram: LatencyHistogram) {
    this.#clock = clock
    this.#histogram = histogram
  }

  /** A write begins. */
  begin(): void {
    this.#begunAt = this.#clock.mono()
  }

  /** The write that began last is about to be published. */
  published(): void {
    this.#underway.push(this.#begunAt)
  }

  /** The oldest publication under way has been handed to everyone. */
  readonly delivered = (): void => {
    const begunAt = this.#underway.shift()
    if (begunAt === undefined) return
    contain(
      // Histograms take integers from 1.
      () => this.#histogram.recordValue(Math.max(1, Math.round((this.#clock.mono() - begunAt) * NS_PER_MS))),
      () => {
        this.#lost += 1
      },
    )
  }

  summary(): LatencySummary {
    const histogram = this.#histogram
    const lost = this.#lost
    const { totalCount: count } = histogram
    if (count === 0) return { count, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, lost }
    const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / NS_PER_MS
    return {
      count,
      mean: histogram.mean / NS_PER_MS,
      p50: at(50),
      p95: at(95),
      p99: at(99),
      max: histogram.maxValue / NS_PER_MS,
      lost,
    }
  }
}

/** How a store times its commits; made by {@link commitTimes}. */
export type CommitTiming = (clock: Clock) => CommitTimer

/**
 * Times the commits of a store: how long each takes, from the call to the last synchronous hand-over.
 *
 * @param histogram - what the times are recorded in, such as `build()` of hdr-histogram-js; default one of Node's own
 *   for each store, which browsers have not.
 * @throws `OPTION_INVALID` for what is no histogram, or where there is none.
 *
 * @example
 * ```ts
 * import { commitTimes, createStore } from 'headgate'
 *
 * const store = createStore(0, { timing: commitTimes() })
 * store.set(1)
 * console.log(store.metrics().commitLatencyMs?.count) // → 1
 * ```
 */
export function commitTimes(histogram?: LatencyHistogram): CommitTiming {
  const given: Partial<LatencyHistogram> | null | undefined = histogram
  if (given === undefined) platformHistogram()
  else if (typeof given?.recordValue !== 'function' || typeof given.getValueAtPercentile !== 'function')
    refuse('a histogram, such as build() of hdr-histogram-js', describeValue(given))
  return (clock) => new CommitTimer(clock, histogram ?? platformHistogram())
}

function refuse(expected: string, received: string): never {
  throw new HeadgateError('OPTION_INVALID', { option: 'histogram', expected, received })
}

/** A histogram of Node's own. It is looked up at run time, so that bundles for browsers name no module of Node. */
function platformHistogram(): LatencyHistogram {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): { createHistogram?(): NodeHistogram } | undefined }
  }
  const histogram = process?.getBuiltinModule?.('node:perf_hooks')?.createHistogram?.()
  if (histogram === undefined) {
    const expected = 'given on a platform that has none of its own, such as build() of hdr-histogram-js'
    return refuse(expected, 'undefined')
  }
  return {
    recordValue: (value) => histogram.record(value),
    getValueAtPercentile: (percentile) => histogram.percentile(percentile),
    get mean() {
      return histogram.mean
    },
    get maxValue() {
      return histogram.max
    },
    get totalCount() {
      return histogram.count
    },
  }
}
