import { create } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fromTimestamp, toTimestamp } from '../../src/codec/wire-time.ts'
import { refusal } from './support/samples.ts'

const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

describe('toTimestamp', () => {
  test.each([
    [0, 0, 0n, 0],
    [1500, 7, 1n, 500_000_007],
    [-1, 0, -1n, 999_000_000],
    [-1, 999_999, -1n, 999_999_999],
    [-1000, 1, -1n, 1],
    [-1001, 0, -2n, 999_000_000],
    [0.25, 3, 0n, 250_000],
    [-0.25, 0, -1n, 999_750_000],
    [999.999_999_9, 0, 1n, 0],
    [FIRST_MS, 0, -62_135_596_800n, 0],
    [LAST_MS, 999_999, 253_402_300_799n, 999_999_999],
  ])('writes %d ms and %d ns as %d s and %d ns', (ms, nanos, seconds, rest) => {
    expect(toTimestamp(ms, nanos, 'tsWall')).toMatchObject({ seconds, nanos: rest })
  })

  test.each([
    [Number.NaN, 0, 'Expected tsWall to be a finite number, got NaN (number).'],
    [FIRST_MS - 1, 0, 'Expected tsWall to be a time in the years 1 to 9999, got -62135596800001 ms.'],
    [LAST_MS + 1, 0, 'Expected tsWall to be a time in the years 1 to 9999, got 253402300800000 ms.'],
    [
      0,
      1e6,
      'Expected tsWall below the millisecond to be an integer from 0 to 999999, got 1000000 (number).',
    ],
    [0, -1, 'Expected tsWall below the millisecond to be an integer from 0 to 999999, got -1 (number).'],
    [0, 0.5, 'Expected tsWall below the millisecond to be an integer from 0 to 999999, got 0.5 (number).'],
  ])('refuses %d ms and %d ns', (ms, nanos, sentence) => {
    expect(refusal(() => toTimestamp(ms, nanos, 'tsWall'))).toBe(
      `${sentence} Correct the snapshot before it is encoded.`,
    )
  })

  test('comes back as the same time', () => {
    const times = fc.record({
      ms: fc.integer({ min: FIRST_MS, max: LAST_MS }),
      nanos: fc.integer({ min: 0, max: 999_999 }),
    })
    fc.assert(
      fc.property(times, ({ ms, nanos }) => {
        expect(fromTimestamp(toTimestamp(ms, nanos, 't'), 't')).toEqual({ ms, nanos })
      }),
    )
  })
})

describe('fromTimestamp', () => {
  test.each([
    [-62_135_596_801n, 0, 'timestamp.seconds'],
    [253_402_300_800n, 0, 'timestamp.seconds'],
    [0n, -1, 'timestamp.nanos'],
    [0n, 1_000_000_000, 'timestamp.nanos'],
  ])('refuses %d s and %d ns', (seconds, nanos, field) => {
    const timestamp = create(TimestampSchema, { seconds, nanos })
    expect(refusal(() => fromTimestamp(timestamp, 'timestamp'))).toStartWith(`Expected ${field} to be`)
  })
})
