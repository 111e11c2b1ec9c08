import { describe, expect, test } from '@jest/globals'
import { RecordTime } from '../../src/cli/record-time.ts'

describe('RecordTime', () => {
  test.each([
    ['s', 1_700_000_000, 1_700_000_000_000],
    ['ms', 1_700_000_000_000, 1_700_000_000_000],
    ['us', 5_000_000, 5_000],
    ['ns', 5_000_000_000, 5_000],
    ['s', '2026-11-28T13:30:00Z', Date.UTC(2026, 10, 28, 13, 30)],
    ['ns', '2026-11-28T13:30:00.250+01:00', Date.UTC(2026, 10, 28, 12, 30, 0, 250)],
    ['ms', '2026-11-28', Date.UTC(2026, 10, 28)],
    ['ms', '2000', undefined],
    ['ms', '2026-99-99T00:00Z', undefined],
    ['ms', Number.POSITIVE_INFINITY, undefined],
    ['ms', null, undefined],
  ] as const)('reads in %s the value %j', (unit, value, ms) => {
    expect(new RecordTime('at', unit).toMs(value)).toBe(ms)
  })

  test('looks at its field', () => {
    expect(new RecordTime('at', 'ms').of({ t: 1, at: 2 })).toBe(2)
  })
})
