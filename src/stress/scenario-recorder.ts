/**
 * What a running scenario works with: lets it act on the store, and keeps what it states and sees.
 *
 * Once it is closed nothing reaches the report any more. A scenario that ran out of time is abandoned, not
 * killed; whatever it still does must not change a result that has been given out.
 */
import { isPromiseLike } from '../kit/index.ts'
import type { StoreUnderTest, StressAdapter, StressState, SubscriberLedger } from './adapter.ts'
import { collect, HeapCurve, heapBytes } from './heap-curve.ts'
import { Latencies } from './latencies.ts'
import { Pauses } from './pauses.ts'
import { type Random, scenarioRandom } from './random.ts'
import type { Scenario, ScenarioContext } from './scenario.ts'
import type { LatencySummary } from './stress-report.ts'
import { Verdict } from './verdict.ts'

/** What of a run concerns each of its scenarios. */
export interface ScenarioSettings {
  readonly scale: number
  readonly pauseScale: number
  readonly durationMs: number
  readonly timeoutMs: number
  readonly seed: number
}

/** How far a scenario is. */
export interface ScenarioProgress {
  readonly done: number
  readonly total: number
  /** Operations a second, since the report before. */
  readonly rate: number
  readonly heapBytes: number
  readonly elapsedMs: number
}

const LEDGERS_MAX = 256
const PROGRESS_EVERY_MS = 100

export class ScenarioRecorder implements ScenarioContext {
  readonly store: StoreUnderTest
  readonly openKept: StressAdapter['openKept']
  readonly openServed: StressAdapter['openServed']
  readonly joinShared: StressAdapter['joinShared']
  readonly durationMs: number
  readonly signal: AbortSignal
  readonly verdict: Verdict
  readonly latencies: Latencies = new Latencies()
  readonly curve: HeapCurve = new HeapCurve()
  readonly counts: Map<string, number> = new Map()
  readonly kept: SubscriberLedger[] = []
  readonly #pauses: Pauses
  readonly #random: Random
  readonly #scale: number
  readonly #timeoutMs: number
  readonly #stop: AbortController
  readonly #onProgress: (progress: ScenarioProgress) => void
  readonly #beganMs: number = performance.now()
  #operations = 0
  #toldMs = 0
  #toldOperations = 0
  #sampledMs = 0
  #closed = false

  /**
   * @param stop - aborted when the scenario is out of time; also from here, by a loop that never waits.
   */
  constructor(
    scenario: Scenario,
    store: StoreUnderTest,
    { openKept, openServed, joinShared }: Pick<ScenarioContext, 'openKept' | 'openServed' | 'joinShared'>,
    settings: ScenarioSettings,
    stop: AbortController,
    onProgress: (progress: ScenarioProgress) => void,
  ) {
    this.store = store
    this.openKept = openKept
    this.openServed = openServed
    this.joinShared = joinShared
    this.durationMs = settings.durationMs
    this.signal = stop.signal
    this.verdict = new Verdict(scenario.thresholds)
    this.#pauses = new Pauses(settings.pauseScale)
    this.#random = scenarioRandom(settings.seed, scenario.name)
    this.#scale = settings.scale
    this.#timeoutMs = settings.timeoutMs
    this.#stop = stop
    this.#onProgress = onProgress
    this.curve.add(0, heapBytes())
  }

  get elapsedMs(): number {
    return performance.now() - this.#beganMs
  }

  get leftMs(): number {
    return Math.max(0, this.#timeoutMs - this.elapsedMs)
  }

  random(): number {
    return this.#random()
  }

  load(count: number): number {
    return Math.max(1, Math.round(count * this.#scale))
  }

  pause(ms: number): Promise<void> {
    return this.#pauses.pause(ms)
  }

  next(previous: StressState, change: Partial<Pick<StressState, 'current' | 'context'>> = {}): StressState {
    const { current = previous.current, context = previous.context } = change
    return { sequence: previous.sequence + 1, current, context }
  }

  progress(done: number, total: number): void {
    const { elapsedMs } = this
    if (elapsedMs > this.#timeoutMs) this.#stop.abort(new Error(`out of time after ${this.#timeoutMs} ms`))
    this.signal.throwIfAborted()
    if (this.#closed || (elapsedMs - this.#toldMs < PROGRESS_EVERY_MS && done < total)) return
    const bytes = this.#sample(elapsedMs)
    const seconds = Math.max(elapsedMs - this.#toldMs, 1) / 1_000
    const rate = (this.#operations - this.#toldOperations) / seconds
    this.#toldMs = elapsedMs
    this.#toldOperations = this.#operations
    this.#onProgress({ done, total, rate, heapBytes: bytes, elapsedMs })
  }

  /** A point of the heap's curve. */
  #sample(elapsedMs: number): number {
    const bytes = heapBytes()
    this.#sampledMs = elapsedMs
    this.curve.add(elapsedMs, bytes)
    return bytes
  }

  count(kind: string, times = 1): void {
    if (this.#closed) return
    this.#operations += times
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times)
  }

  time<R>(kind: string, work: () => R): R {
    const beganMs = performance.now()
    const record = (): void => {
      if (this.#closed) return
      this.latencies.record(kind, performance.now() - beganMs)
      // Not every scenario tells often how far it is.
      const { elapsedMs } = this
      if (elapsedMs - this.#sampledMs >= PROGRESS_EVERY_MS) this.#sample(elapsedMs)
    }
    const result = work()
    if (isPromiseLike(result)) result.then(record, record)
    else record()
    return result
  }

  latency(kind: string): LatencySummary {
    return this.latencies.summary(kind)
  }

  check(fact: string, holds: boolean, detail = ''): void {
    if (!this.#closed) this.verdict.check(fact, holds, detail)
  }

  skip(fact: string, why: string): void {
    if (!this.#closed) this.verdict.skip(fact, why)
  }

  threshold(name: string, value: number): void {
    if (!this.#closed) this.verdict.threshold(name, value)
  }

  async heap(): Promise<number> {
    await collect()
    const bytes = heapBytes()
    if (!this.#closed) this.curve.add(this.elapsedMs, bytes)
    return bytes
  }

  ledgers(ledgers: Iterable<SubscriberLedger>): void {
    for (const { id, published, delivered, dropped, conflated, pending } of ledgers) {
      if (this.#closed || this.kept.length >= LEDGERS_MAX) return
      this.kept.push({ id, published, delivered, dropped, conflated, pending })
    }
  }

  /** Ends every pause, also those to come. */
  endPauses(): void {
    this.#pauses.end()
  }

  /** Nothing that is said to this recorder counts from now on. */
  close(): void {
    this.#closed = true
    this.endPauses()
  }
}
