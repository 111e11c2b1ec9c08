import type { Speed } from './parse-run-arguments.ts'
import type { RecordTime } from './record-time.ts'

/** A record that is due sooner than this is not waited for: timers are no finer. */
const WAIT_MS_MIN = 1

/**
 * Says how long to wait before a record, so that records come at their own times.
 *
 * The first record with a time sets the origin. Each later one is due by its distance from there, not from
 * the record before, so small delays do not add up and a run that fell behind catches up. A record without
 * a time, or with an earlier one than before, is due at once.
 */
export class Pace {
  readonly #time: RecordTime
  readonly #factor: number
  /** Whether any record had a time. */
  timed = false
  #origin: { readonly t: number; readonly at: number } | undefined

  constructor(speed: Speed, time: RecordTime) {
    this.#factor = speed === 'max' ? Number.POSITIVE_INFINITY : speed
    this.#time = time
  }

  /** Whether any record is ever waited for. */
  get waits(): boolean {
    return this.#factor !== Number.POSITIVE_INFINITY
  }

  /** @returns milliseconds from `now` until a record with this in its field of time is due; 0 where it is. */
  waitMs(value: unknown, now: number): number {
    if (!this.waits) return 0
    const t = this.#time.toMs(value)
    if (t === undefined) return 0
    this.timed = true
    this.#origin ??= { t, at: now }
    const due = this.#origin.at + (t - this.#origin.t) / this.#factor
    return due - now < WAIT_MS_MIN ? 0 : due - now
  }
}
