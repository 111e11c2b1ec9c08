/**
 * The live view of `headgate run`: transitions and problems scroll by above; a {@link LivePanel} says below
 * where the run is, how fast, and who was given what.
 */
import { counted, groupDigits, type Palette } from './format.ts'
import { FRAME_MS, LivePanel, progressBar } from './live-panel.ts'
import type { Output } from './output.ts'
import { summaryLines, TimeColumn, transitionLine } from './plain-reporter.ts'
import { printable } from './printable.ts'
import type { RecordTime } from './record-time.ts'
import type { ReportedTransition, Reporter, RunStatus } from './reporter.ts'
import type { RunTime } from './run-time.ts'
import { subscriberTable } from './subscriber-table.ts'
import type { Summary } from './summary.ts'

/** How many frames the records a second are taken over. */
const RATE_FRAMES = 13

export interface LiveReporterParts {
  readonly output: Output
  readonly errors: Output
  readonly palette: Palette
  readonly recordTime: RecordTime
  readonly time: RunTime
  /** Not called before the first frame. */
  status(): RunStatus
}

export class LiveReporter implements Reporter {
  readonly #parts: LiveReporterParts
  readonly #timeColumn: TimeColumn
  readonly #stopFrames: () => void
  readonly #samples: { at: number; records: number }[] = []
  readonly #view: LivePanel

  constructor(parts: LiveReporterParts) {
    this.#parts = parts
    this.#view = new LivePanel(parts.output, parts.palette)
    this.#timeColumn = new TimeColumn(parts.recordTime)
    this.#stopFrames = parts.time.every(FRAME_MS, () => this.#view.draw(this.#panel()))
  }

  transition(transition: ReportedTransition): void {
    this.#view.hold(transitionLine(transition, this.#timeColumn, this.#parts.palette))
  }

  problem(sentence: string): void {
    const { errors, palette } = this.#parts
    if (errors.stream.isTTY === true) this.#view.hold(palette.yellow(sentence))
    else errors.line(sentence)
  }

  finish(summary: Summary): void {
    const { output, errors, palette } = this.#parts
    this.#stopFrames()
    const lines = ['', ...summaryLines(summary, palette, output.stream.columns)]
    if (output.open) this.#view.end(lines)
    else errors.write(`${lines.join('\n')}\n`)
  }

  #panel(): string[] {
    const { output, palette } = this.#parts
    const { bold, cyan, dim } = palette
    const status = this.#parts.status()
    const { machine, state, version, records, rejected, unhandled, progress, subscribers } = status
    const rate = groupDigits(Math.round(this.#recordsPerSecond(records)))
    return [
      '',
      `${printable(machine)}  ${bold(cyan(printable(state)))}  version ${bold(groupDigits(version))}`,
      `${bold(counted(records, 'record'))}, ${bold(rate)} a second; ${groupDigits(rejected)} rejected, ${counted(unhandled, 'event')} unhandled`,
      progress === undefined ? dim('until the records end; Ctrl-C stops') : progressBar(progress, palette),
      '',
      ...subscriberTable(subscribers, palette, output.stream.columns),
    ]
  }

  #recordsPerSecond(records: number): number {
    const at = this.#parts.time.now()
    this.#samples.push({ at, records })
    if (this.#samples.length > RATE_FRAMES) this.#samples.shift()
    const first = this.#samples[0]
    return first === undefined || first.at === at ? 0 : ((records - first.records) * 1_000) / (at - first.at)
  }
}
