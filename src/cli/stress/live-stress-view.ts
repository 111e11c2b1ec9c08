/**
 * The live view of `headgate stress`: a line for each scenario that has ended scrolls by above; a
 * {@link LivePanel} says below which one runs, how far it is, and what it does a second.
 */
import { formatBytes, formatRate, type ScenarioResult } from '../../stress/index.ts'
import type { Palette } from '../format.ts'
import { FRAME_MS, LivePanel, progressBar } from '../live-panel.ts'
import type { Output } from '../output.ts'
import type { RunTime } from '../run-time.ts'
import { endLines, scenarioLine } from './stress-lines.ts'
import type { StressEnd, StressProgress, StressView } from './stress-view.ts'

export interface LiveStressViewParts {
  readonly output: Output
  readonly errors: Output
  readonly palette: Palette
  readonly time: RunTime
}

export class LiveStressView implements StressView {
  readonly #parts: LiveStressViewParts
  readonly #panel: LivePanel
  readonly #stopFrames: () => void
  #progress: StressProgress | undefined

  constructor(parts: LiveStressViewParts) {
    this.#parts = parts
    this.#panel = new LivePanel(parts.output, parts.palette)
    this.#stopFrames = parts.time.every(FRAME_MS, () => this.#panel.draw(this.#lines()))
  }

  progress(progress: StressProgress): void {
    this.#progress = progress
  }

  ended(result: ScenarioResult): void {
    this.#panel.hold(scenarioLine(result, this.#parts.palette))
  }

  finish(end: StressEnd): void {
    const { output, errors, palette } = this.#parts
    this.#stopFrames()
    const lines = ['', ...endLines(end, palette, output.stream.columns)]
    if (output.open) this.#panel.end(lines)
    else errors.write(`${lines.join('\n')}\n`)
  }

  abandon(): void {
    this.#stopFrames()
    if (this.#parts.output.open) this.#panel.end([])
  }

  #lines(): string[] {
    const { palette } = this.#parts
    const { bold, cyan, dim } = palette
    if (this.#progress === undefined) return ['', dim('Starting; Ctrl-C stops.')]
    const { name, number, count, done, rate, heapBytes } = this.#progress
    const told =
      rate === undefined || heapBytes === undefined
        ? dim('starting')
        : `${bold(formatRate(rate))} operations a second, heap ${bold(formatBytes(heapBytes))}`
    const overall = count === 0 ? 0 : Math.min(1, (number - 1 + done) / count)
    return [
      '',
      `${bold(cyan(name))}  ${number} of ${count}, ${Math.floor(done * 100)} % of it`,
      `${told}; Ctrl-C stops`,
      progressBar(overall, palette),
    ]
  }
}
