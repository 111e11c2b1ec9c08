/**
 * Wall-clock time: milliseconds with nanoseconds below them on our side, seconds with nanoseconds on the wire.
 *
 * A double holds milliseconds since the epoch to about 250 ns, so what lies below a millisecond is kept beside
 * it, as an integer. All division rounds down: before 1970 the seconds are negative and the rest still is not.
 */
import { create } from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { describeObject, invalid } from '../json/index.ts'
import { ADVICE } from './codec-error.ts'

const NANOS_PER_MS = 1_000_000
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the bounds of a protobuf timestamp. */
const SECONDS_MIN = -62_135_596_800
const SECONDS_MAX = 253_402_300_799

/** A wall-clock time; `nanos` is 0 to 999 999. */
export interface WallTime {
  readonly ms: number
  readonly nanos: number
}

/** Makes a timestamp. A fraction of a millisecond in `ms` counts instead of `nanos`. */
export function toTimestamp(ms: number, nanos: number, field: string): Timestamp {
  if (!Number.isFinite(ms)) throw invalid(field, 'a finite number', describeObject(ms), ADVICE.field)
  if (!Number.isInteger(nanos) || nanos < 0 || nanos >= NANOS_PER_MS) {
    const what = `${field} below the millisecond`
    throw invalid(what, 'an integer from 0 to 999999', describeObject(nanos), ADVICE.field)
  }
  const fraction = Math.round((ms - Math.floor(ms)) * NANOS_PER_MS)
  // A fraction just below 1 rounds up to a whole millisecond.
  const carry = fraction === NANOS_PER_MS ? 1 : 0
  const whole = Math.floor(ms) + carry
  const seconds = Math.floor(whole / 1000)
  if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
    throw invalid(field, 'a time in the years 1 to 9999', `${ms} ms`, ADVICE.field)
  }
  const below = carry === 1 ? 0 : fraction || nanos
  const rest = (whole - seconds * 1000) * NANOS_PER_MS + below
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: rest })
}

/** Reads a timestamp; exact, since the milliseconds of 10 000 years fit a double. */
export function fromTimestamp({ seconds, nanos }: Timestamp, field: string): WallTime {
  if (typeof seconds !== 'bigint' || seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
    throw invalid(`${field}.seconds`, 'a time in the years 1 to 9999', describeObject(seconds), ADVICE.sender)
  }
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) {
    throw invalid(`${field}.nanos`, 'an integer from 0 to 999999999', describeObject(nanos), ADVICE.sender)
  }
  const below = nanos % NANOS_PER_MS
  return { ms: Number(seconds) * 1000 + (nanos - below) / NANOS_PER_MS, nanos: below }
}
