import { counted, groupDigits, type Palette, seconds } from './format.ts'
import type { Output } from './output.ts'
import { isTime } from './pace.ts'
import { printable } from './printable.ts'
import type { ReportedTransition, Reporter } from './reporter.ts'
import { subscriberTable } from './subscriber-table.ts'
import type { Summary } from './summary.ts'

/** Writes a line for each transition, and the summary as a table. */
export class PlainReporter implements Reporter {
  readonly #output: Output
  readonly #errors: Output
  readonly #palette: Palette
  readonly #timeColumn: TimeColumn

  constructor(output: Output, errors: Output, palette: Palette, msPerUnit: number) {
    this.#output = output
    this.#errors = errors
    this.#palette = palette
    this.#timeColumn = new TimeColumn(msPerUnit)
  }

  transition(transition: ReportedTransition): void {
    this.#output.line(transitionLine(transition, this.#timeColumn, this.#palette))
  }

  problem(sentence: string): void {
    this.#errors.line(sentence)
  }

  finish(summary: Summary): void {
    const target = this.#output.open ? this.#output : this.#errors
    target.write(`\n${summaryLines(summary, this.#palette, target.stream.columns).join('\n')}\n`)
  }
}

/** Writes a record's time as seconds of its unit, aligned. */
export class TimeColumn {
  readonly #msPerUnit: number

  constructor(msPerUnit: number) {
    this.#msPerUnit = msPerUnit
  }

  /** @param t - blank where it is no number: a timer of the machine has no record. */
  text(t: unknown): string {
    return (isTime(t) ? seconds(t * this.#msPerUnit) : '').padStart(10)
  }
}

/** One transition as a line. */
export function transitionLine(
  { t, from, to, event, version }: ReportedTransition,
  time: TimeColumn,
  { bold, dim }: Palette,
): string {
  return `${dim(time.text(t))}  ${printable(from)} → ${bold(printable(to))}  ${dim(`on ${printable(event)}, version ${groupDigits(version)}`)}`
}

/** The summary as lines: what was done, where it ended, and who was given what. */
export function summaryLines(summary: Summary, palette: Palette, width?: number): string[] {
  const { records, rejected, unhandled, elapsedMs, recordsPerSecond, metrics, subscribers } = summary
  return [
    `${palette.bold(counted(records, 'record'))} in ${seconds(elapsedMs)}, ${groupDigits(recordsPerSecond)} a second; ` +
      `${groupDigits(rejected)} rejected, ${counted(unhandled, 'event')} unhandled.`,
    `Ended in ${palette.bold(printable(metrics.currentState))} at version ${groupDigits(metrics.currentVersion)}.`,
    '',
    ...subscriberTable(subscribers, palette, width),
  ]
}
