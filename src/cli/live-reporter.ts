/**
 * The live view of a terminal: transitions and problems scroll by above, a panel stays below.
 *
 *     15.156 s  IDLE → TAKEOFF  on VEHICLE_STATUS, version 4 567
 *                                                        <- held lines go here, above the panel
 *   px4-flight  TAKEOFF  version 4 801                   <- the panel, redrawn in place
 *   ...
 *
 * A frame is one write: up to the top of the panel, the held lines, each line of the panel followed by "clear
 * to the end of the line", then "clear below". Nothing is cleared before it is written again, so it does not
 * flicker. The cursor rests below the panel. It is not hidden, so nothing needs to be restored, however the
 * process ends.
 *
 * What must stay true: the panel is never higher than the terminal, or "up" would not reach its top; held
 * lines have a bound, as a machine may change state a hundred thousand times a second.
 */
import { clip, counted, groupDigits, type Palette } from './format.ts'
import type { Output } from './output.ts'
import { summaryLines, TimeColumn, transitionLine } from './plain-reporter.ts'
import type { ReportedTransition, Reporter, RunStatus } from './reporter.ts'
import type { RunTime } from './run-time.ts'
import { subscriberTable } from './subscriber-table.ts'
import type { Summary } from './summary.ts'

/** Time between two frames. */
export const FRAME_MS = 80
/** The most lines that one frame prints above the panel; the rest is told as a number. */
export const LINES_PER_FRAME_MAX = 100
/** How many frames the records a second are taken over. */
const RATE_FRAMES = 13
const BAR_WIDTH = 40

const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\r`)

export interface LiveReporterParts {
  readonly output: Output
  readonly errors: Output
  readonly palette: Palette
  readonly msPerUnit: number
  readonly time: RunTime
  /** Not called before the first frame. */
  status(): RunStatus
}

export class LiveReporter implements Reporter {
  readonly #parts: LiveReporterParts
  readonly #timeColumn: TimeColumn
  readonly #stopFrames: () => void
  readonly #samples: { at: number; records: number }[] = []
  #held: string[] = []
  #skipped = 0
  /** Lines of the panel that stand on the screen. */
  #panelHeight = 0

  constructor(parts: LiveReporterParts) {
    this.#parts = parts
    this.#timeColumn = new TimeColumn(parts.msPerUnit)
    this.#stopFrames = parts.time.every(FRAME_MS, () => this.#draw(this.#panel()))
  }

  transition(transition: ReportedTransition): void {
    this.#hold(transitionLine(transition, this.#timeColumn, this.#parts.palette))
  }

  problem(sentence: string): void {
    const { errors, palette } = this.#parts
    if (errors.stream.isTTY === true) this.#hold(palette.yellow(sentence))
    else errors.line(sentence)
  }

  finish(summary: Summary): void {
    const { output, errors, palette } = this.#parts
    this.#stopFrames()
    const lines = ['', ...summaryLines(summary, palette, output.stream.columns)]
    if (output.open) this.#draw(lines)
    else errors.write(`${lines.join('\n')}\n`)
  }

  #hold(line: string): void {
    if (this.#held.length < LINES_PER_FRAME_MAX) this.#held.push(line)
    else this.#skipped += 1
  }

  #draw(panel: readonly string[]): void {
    const { output, palette } = this.#parts
    const more = this.#skipped > 0 ? [palette.dim(`… and ${groupDigits(this.#skipped)} more lines`)] : []
    const lines = [...this.#held, ...more, ...panel]
    const frame = lines.map((line) => `${this.#clip(line)}${CLEAR_LINE_END}\n`).join('')
    output.write(`${up(this.#panelHeight)}${frame}${CLEAR_BELOW}`)
    this.#panelHeight = panel.length
    this.#held = []
    this.#skipped = 0
  }

  #clip(line: string): string {
    const { columns } = this.#parts.output.stream
    return columns === undefined ? line : clip(line, columns)
  }

  #panel(): string[] {
    const { output, palette } = this.#parts
    const { bold, cyan, dim } = palette
    const { columns, rows = Number.POSITIVE_INFINITY } = output.stream
    const status = this.#parts.status()
    const { machine, state, version, records, rejected, unhandled, progress, subscribers } = status
    const rate = groupDigits(Math.round(this.#recordsPerSecond(records)))
    const lines = [
      '',
      `${machine}  ${bold(cyan(state))}  version ${bold(groupDigits(version))}`,
      `${bold(counted(records, 'record'))}, ${bold(rate)} a second; ${groupDigits(rejected)} rejected, ${counted(unhandled, 'event')} unhandled`,
      progress === undefined ? dim('until the records end; Ctrl-C stops') : bar(progress, palette),
      '',
      ...subscriberTable(subscribers, palette, columns),
    ]
    return lines.slice(0, rows - 1)
  }

  #recordsPerSecond(records: number): number {
    const at = this.#parts.time.now()
    this.#samples.push({ at, records })
    if (this.#samples.length > RATE_FRAMES) this.#samples.shift()
    const first = this.#samples[0]
    return first === undefined || first.at === at ? 0 : ((records - first.records) * 1_000) / (at - first.at)
  }
}

function bar(progress: number, { cyan, dim }: Palette): string {
  const done = Math.round(progress * BAR_WIDTH)
  return `${cyan('█'.repeat(done))}${dim('░'.repeat(BAR_WIDTH - done))} ${Math.floor(progress * 100)} %`
}
