import type { ScenarioResult } from '../../stress/index.ts'
import type { Palette } from '../format.ts'
import type { Output } from '../output.ts'
import { endLines, scenarioLine } from './stress-lines.ts'
import type { StressEnd, StressView } from './stress-view.ts'

/** Writes a line for each scenario when it has ended, and the table at the end. */
export class PlainStressView implements StressView {
  readonly #output: Output
  readonly #errors: Output
  readonly #palette: Palette

  constructor(output: Output, errors: Output, palette: Palette) {
    this.#output = output
    this.#errors = errors
    this.#palette = palette
  }

  progress(): void {}

  ended(result: ScenarioResult): void {
    this.#output.line(scenarioLine(result, this.#palette))
  }

  finish(end: StressEnd): void {
    const target = this.#output.open ? this.#output : this.#errors
    target.write(`\n${endLines(end, this.#palette, target.stream.columns).join('\n')}\n`)
  }

  abandon(): void {}
}
