import type { RunRecord, TimeUnit } from './run-module.ts'

/** Milliseconds of each unit. */
export const TIME_UNITS: Readonly<Record<TimeUnit, number>> = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 }

/** How far the dates of JavaScript reach, in milliseconds from 1970. */
const TIME_MS_MAX = 8.64e15

/** From here on milliseconds are taken for a time since 1970 (they are one of 1973 or later), and shown as a date. */
const EPOCH_MS_MIN = 1e11

/** Reads the times of records: a field, as a number of a unit or as an ISO 8601 text. */
export class RecordTime {
  readonly field: string
  readonly #msPerUnit: number

  constructor(field: string, unit: TimeUnit) {
    this.field = field
    this.#msPerUnit = TIME_UNITS[unit]
  }

  /** What stands in the field. */
  of(record: RunRecord): unknown {
    return record[this.field]
  }

  /** A value of the field in milliseconds; undefined where it is no time, as JSON's `1e999`. */
  toMs(value: unknown): number | undefined {
    const ms = typeof value === 'number' ? value * this.#msPerUnit : parseDate(value)
    return Math.abs(ms) <= TIME_MS_MAX ? ms : undefined
  }
}

/** Only what begins like an ISO 8601 date: `Date.parse` takes much else for one. */
const parseDate = (value: unknown): number =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN

/** Whether milliseconds are a time since 1970. */
export const isEpoch = (ms: number): boolean => ms >= EPOCH_MS_MIN
