import type { Output } from './output.ts'
import { printable } from './printable.ts'
import type { ReportedTransition, Reporter } from './reporter.ts'
import type { Summary } from './summary.ts'

/** Writes one JSON object a line on standard output; what went wrong goes to standard error as text. */
export class JsonReporter implements Reporter {
  readonly #output: Output
  readonly #errors: Output

  constructor(output: Output, errors: Output) {
    this.#output = output
    this.#errors = errors
  }

  transition(transition: ReportedTransition): void {
    this.#output.line(printable(JSON.stringify(transition)))
  }

  problem(sentence: string): void {
    this.#errors.line(sentence)
  }

  finish(summary: Summary): void {
    const target = this.#output.open ? this.#output : this.#errors
    target.line(printable(JSON.stringify(summary)))
  }
}
