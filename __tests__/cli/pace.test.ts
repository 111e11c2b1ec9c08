import { describe, expect, test } from '@jest/globals'
import { Pace } from '../../src/cli/pace.ts'
import { RecordTime } from '../../src/cli/record-time.ts'

describe('Pace', () => {
  test('never waits at full speed', () => {
    const pace = new Pace('max', new RecordTime('t', 'ms'))
    expect([pace.waits, pace.waitMs(0, 0), pace.waitMs(10_000, 0)]).toEqual([false, 0, 0])
  })

  test('does not wait for the first record, whatever its time is', () => {
    expect(new Pace(1, new RecordTime('t', 'ms')).waitMs(1_700_000_000_000, 5)).toBe(0)
  })

  test.each([
    ['s', 3, 3_000],
    ['ms', 3_000, 3_000],
    ['us', 3_000_000, 3_000],
    ['ns', 3_000_000_000, 3_000],
  ] as const)('reads times in %s', (unit, t, ms) => {
    const pace = new Pace(1, new RecordTime('t', unit))
    pace.waitMs(0, 100)
    expect(pace.waitMs(t, 100)).toBe(ms)
  })

  test('divides distances by the factor', () => {
    const pace = new Pace(4, new RecordTime('t', 'ms'))
    pace.waitMs(1_000, 0)
    expect(pace.waitMs(1_400, 0)).toBe(100)
  })

  test('counts from the first record, so delays do not add up', () => {
    const pace = new Pace(1, new RecordTime('t', 'ms'))
    pace.waitMs(0, 0)
    expect([pace.waitMs(100, 0), pace.waitMs(200, 130), pace.waitMs(300, 350)]).toEqual([100, 70, 0])
  })

  test('does not wait for less than a millisecond', () => {
    const pace = new Pace(1, new RecordTime('t', 'us'))
    pace.waitMs(0, 0)
    expect([pace.waitMs(999, 0), pace.waitMs(1_000, 0)]).toEqual([0, 1])
  })

  test('takes a record without a time, or with an earlier one, at once', () => {
    const pace = new Pace(1, new RecordTime('t', 'ms'))
    expect(pace.waitMs(undefined, 0)).toBe(0)
    pace.waitMs(1_000, 0)
    expect([pace.waitMs('2000', 0), pace.waitMs(null, 0), pace.waitMs(10, 0)]).toEqual([0, 0, 0])
    expect(pace.waitMs(1_500, 0)).toBe(500)
  })
})
