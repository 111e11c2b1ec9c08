/**
 * One stress run, from its first scenario to its exit status:
 *
 *   suite ── events ──> view      lines or a panel while it runs, a table at the end
 *         ── report ──> files     --json, --report
 *
 * However it ends (all scenarios, a signal, a reader that has gone), what has been done is shown and written.
 */
import { type HeadgateError, isHeadgateError } from '../../kit/index.ts'
import {
  CHARTS_HINT,
  compareReports,
  type runStressIsolated,
  type StressEvent,
  type StressReport,
} from '../../stress/index.ts'
import type { CommandIo } from '../command-io.ts'
import { Output } from '../output.ts'
import { screenKind } from '../screen.ts'
import { StopSwitch } from '../stop-switch.ts'
import { UsageError } from '../usage-error.ts'
import { LiveStressView } from './live-stress-view.ts'
import type { StressOptions } from './parse-stress-arguments.ts'
import { PlainStressView } from './plain-stress-view.ts'
import { writeReportFiles } from './report-files.ts'
import type { StressView } from './stress-view.ts'

/** What runs the scenarios; a test brings its own. */
export type RunSuite = typeof runStressIsolated

/** What a run is made of; all of it is checked. */
export interface StressParts {
  readonly options: StressOptions
  /** The adapter's module, as an absolute path. */
  readonly store: string | undefined
  readonly baseline: StressReport | undefined
  readonly runSuite: RunSuite
}

/** Says with the words of the command what the suite refused. */
export function refusal(error: HeadgateError<'OPTION_INVALID'>): UsageError {
  const { option, expected, received } = error.details
  const place = option === 'scenarios' ? 'SCENARIO' : option === 'store' ? '--store' : `"${option}"`
  return new UsageError(`Expected ${place} to be ${expected}, got ${received}.`, { cause: error })
}

export class StressSession {
  readonly #parts: StressParts
  readonly #io: CommandIo
  readonly #output: Output
  readonly #errors: Output
  readonly #stop: StopSwitch
  readonly #abort = new AbortController()
  readonly #view: StressView
  #name = ''
  #index = 0
  #count = 0

  constructor(parts: StressParts, io: CommandIo) {
    this.#parts = parts
    this.#io = io
    this.#stop = new StopSwitch(io.signal)
    this.#stop.onStop(() => this.#abort.abort(this.#stop.cause))
    this.#output = new Output(io.stdout, (error) => this.#stop.stop({ kind: 'output', error }))
    this.#errors = new Output(io.stderr)
    const { isScreen, palette } = screenKind(io)
    this.#view = isScreen
      ? new LiveStressView({ output: this.#output, errors: this.#errors, palette, time: io.time })
      : new PlainStressView(this.#output, this.#errors, palette)
  }

  /**
   * Plays the run to its end.
   *
   * @returns the exit status.
   * @throws {@link UsageError} where the suite refuses what it was asked for; nothing has run then.
   */
  async play(): Promise<number> {
    try {
      const report = await this.#run()
      return report === undefined ? this.#status(false) : await this.#end(report)
    } finally {
      this.#stop.release()
      await this.#output.flush()
      await this.#errors.flush()
    }
  }

  /** Undefined where the run was stopped before its first scenario. */
  async #run(): Promise<StressReport | undefined> {
    const { options, store, runSuite } = this.#parts
    const { names, profile, durationMs, scale, seed, timeoutMs } = options
    try {
      return await runSuite(store, {
        scenarios: names.length === 0 ? undefined : names,
        profile,
        durationMs,
        scale,
        seed,
        timeoutMs,
        signal: this.#abort.signal,
        onProgress: (event) => this.#tell(event),
      })
    } catch (error) {
      this.#view.abandon()
      if (this.#stop.cause !== undefined) return undefined
      if (!isHeadgateError(error, 'OPTION_INVALID')) throw error
      throw refusal(error)
    }
  }

  #tell(event: StressEvent): void {
    if (event.type === 'finished') {
      this.#view.ended(event.result)
      return
    }
    if (event.type === 'started') {
      this.#name = event.scenario
      this.#index = event.index
      this.#count = event.count
    }
    const place = { name: this.#name, number: this.#index + 1, count: this.#count }
    if (event.type === 'started') {
      this.#view.progress({ ...place, done: 0, rate: undefined, heapBytes: undefined })
      return
    }
    const { done, total, rate, heapBytes } = event
    this.#view.progress({ ...place, done: total > 0 ? Math.min(1, done / total) : 0, rate, heapBytes })
  }

  async #end(report: StressReport): Promise<number> {
    const { options, baseline } = this.#parts
    const comparison = baseline === undefined ? undefined : compareReports(report, baseline)
    this.#view.finish({ report, comparison, count: this.#count, stopped: this.#stop.cause !== undefined })
    const files = await writeReportFiles(report, baseline, options, this.#io.workingDirectory)
    for (const sentence of files.told) this.#output.line(sentence)
    for (const problem of files.problems) this.#errors.line(`headgate stress: ${problem}`)
    if (files.chartless) this.#errors.line(`headgate stress: The report has no charts. ${CHARTS_HINT}`)
    return this.#status(report.passed && files.problems.length === 0)
  }

  /** A run whose reader has gone before its end was stopped, and has not passed. */
  #status(passed: boolean): number {
    const { cause, status } = this.#stop
    if (cause?.kind === 'signal') return status
    return passed ? 0 : 1
  }
}
