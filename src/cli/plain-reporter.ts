import type { JournalStats } from '../journal/index.ts'
import { counted, groupDigits, type Palette, seconds } from './format.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'
import { isEpoch, type RecordTime } from './record-time.ts'
import type { ReportedTransition, Reporter } from './reporter.ts'
import { subscriberTable } from './subscriber-table.ts'
import type { Summary } from './summary.ts'

/** Writes a line for each transition, and the summary as a table. */
export class PlainReporter implements Reporter {
  readonly #output: Output
  readonly #errors: Output
  readonly #palette: Palette
  readonly #timeColumn: TimeColumn

  constructor(output: Output, errors: Output, palette: Palette, time: RecordTime) {
    this.#output = output
    this.#errors = errors
    this.#palette = palette
    this.#timeColumn = new TimeColumn(time)
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

/** Writes a record's time, aligned: a time since 1970 as a date, any other as seconds. */
export class TimeColumn {
  readonly #time: RecordTime

  constructor(time: RecordTime) {
    this.#time = time
  }

  /** @param value - blank where it is no time: a timer of the machine has no record. */
  text(value: unknown): string {
    const ms = this.#time.toMs(value)
    if (ms === undefined) return ' '.repeat(10)
    return isEpoch(ms) ? new Date(ms).toISOString().replace('T', ' ') : seconds(ms).padStart(10)
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
  const { records, rejected, unhandled, elapsedMs, recordsPerSecond, metrics, journal, subscribers } = summary
  return [
    `${palette.bold(counted(records, 'record'))} in ${seconds(elapsedMs)}, ${groupDigits(recordsPerSecond)} a second; ` +
      `${groupDigits(rejected)} rejected, ${counted(unhandled, 'event')} unhandled.`,
    `Ended in ${palette.bold(printable(metrics.currentState))} at version ${groupDigits(metrics.currentVersion)}.`,
    ...(journal === undefined ? [] : [journalLine(journal)]),
    '',
    ...subscriberTable(subscribers, palette, width),
  ]
}

function journalLine({ durable, skipped, recovered }: JournalStats): string {
  const began =
    recovered.version < 0 ? 'A new journal' : `Went on from version ${groupDigits(recovered.version)}`
  const cut =
    recovered.truncatedAt === null
      ? ''
      : ` (what was torn from version ${groupDigits(recovered.truncatedAt)} on was cut)`
  const lacking = skipped === 0 ? '' : `, ${counted(skipped, 'version')} skipped`
  return `${began}${cut}; ${counted(durable, 'commit')} kept${lacking}.`
}
