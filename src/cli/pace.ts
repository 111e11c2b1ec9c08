import type { Speed } from './parse-run-arguments.ts'
import type { TimeUnit } from './run-module.ts'

/** Milliseconds of each unit. */
export const TIME_UNITS: Readonly<Record<TimeUnit, number>> = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 }

/** How far the dates of JavaScript reach, in milliseconds from 1970. */
const TIME_MS_MAX = 8.64e15

/** Whether a value can be a time; JSON may hold numbers that no clock will ever show, such as `1e999`. */
export const isTime = (t: unknown): t is number => typeof t === 'number' && Math.abs(t) <= TIME_MS_MAX

/** A record that is due sooner than this is not waited for: timers are no finer. */
const WAIT_MS_MIN = 1

/**
 * Says how long to wait before a record, so that records come at their own times.
 *
 * The first record with a time sets the origin. Each later one is due by its distance from there, not from
 * the record before, so small delays do not add up and a run that fell behind catches up. A record without
 * a number as `t`, or with an earlier one than before, is due at once.
 */
export class Pace {
  readonly #msPerUnit: number
  readonly #factor: number
  #origin: { readonly t: number; readonly at: number } | undefined

  constructor(speed: Speed, unit: TimeUnit) {
    this.#factor = speed === 'max' ? Number.POSITIVE_INFINITY : speed
    this.#msPerUnit = TIME_UNITS[unit]
  }

  /** Whether any record is ever waited for. */
  get waits(): boolean {
    return this.#factor !== Number.POSITIVE_INFINITY
  }

  /** @returns milliseconds from `now` until a record of time `t` is due; 0 where it is. */
  waitMs(t: unknown, now: number): number {
    if (!this.waits || !isTime(t)) return 0
    this.#origin ??= { t, at: now }
    const due = this.#origin.at + ((t - this.#origin.t) * this.#msPerUnit) / this.#factor
    return due - now < WAIT_MS_MIN ? 0 : due - now
  }
}
