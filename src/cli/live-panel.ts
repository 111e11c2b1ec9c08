/**
 * The way of a live view: lines scroll by above, a panel stays below.
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
 * lines have a bound, as there may be a hundred thousand of them a second.
 */
import { clip, groupDigits, type Palette } from './format.ts'
import type { Output } from './output.ts'

/** Time between two frames. */
export const FRAME_MS = 80
/** The most lines that one frame prints above the panel; the rest is told as a number. */
export const LINES_PER_FRAME_MAX = 100
const BAR_WIDTH = 40

const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\r`)

export class LivePanel {
  readonly #output: Output
  readonly #palette: Palette
  #held: string[] = []
  #skipped = 0
  /** Lines of the panel that stand on the screen. */
  #height = 0

  constructor(output: Output, palette: Palette) {
    this.#output = output
    this.#palette = palette
  }

  /** Keeps a line, to be printed above the panel with the next frame. */
  hold(line: string): void {
    if (this.#held.length < LINES_PER_FRAME_MAX) this.#held.push(line)
    else this.#skipped += 1
  }

  /** Draws a frame; of a panel that is higher than the terminal, the upper part. */
  draw(panel: readonly string[]): void {
    const { rows = Number.POSITIVE_INFINITY } = this.#output.stream
    this.#write(panel.slice(0, rows - 1))
  }

  /** Leaves lines of any number where the panel was. */
  end(lines: readonly string[]): void {
    this.#write(lines)
  }

  #write(panel: readonly string[]): void {
    const more =
      this.#skipped > 0 ? [this.#palette.dim(`… and ${groupDigits(this.#skipped)} more lines`)] : []
    const lines = [...this.#held, ...more, ...panel]
    const frame = lines.map((line) => `${this.#clip(line)}${CLEAR_LINE_END}\n`).join('')
    this.#output.write(`${up(this.#height)}${frame}${CLEAR_BELOW}`)
    this.#height = panel.length
    this.#held = []
    this.#skipped = 0
  }

  #clip(line: string): string {
    const { columns } = this.#output.stream
    return columns === undefined ? line : clip(line, columns)
  }
}

/** A bar for a progress from 0 to 1. */
export function progressBar(progress: number, { cyan, dim }: Palette): string {
  const done = Math.round(progress * BAR_WIDTH)
  return `${cyan('█'.repeat(done))}${dim('░'.repeat(BAR_WIDTH - done))} ${Math.floor(progress * 100)} %`
}
