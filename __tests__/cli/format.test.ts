import { describe, expect, test } from '@jest/globals'
import { COLORS, clip, counted, groupDigits, seconds } from '../../src/cli/format.ts'

describe('groupDigits', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1 000'],
    [1_234_567, '1 234 567'],
  ])('writes %d as %s', (count, text) => {
    expect(groupDigits(count)).toBe(text)
  })
})

describe('counted', () => {
  test('writes one of a thing without an s', () => {
    expect([0, 1, 2_000].map((count) => counted(count, 'record'))).toEqual([
      '0 records',
      '1 record',
      '2 000 records',
    ])
  })
})

describe('seconds', () => {
  test('writes milliseconds with three decimals', () => {
    expect([seconds(0), seconds(10_884), seconds(0.4)]).toEqual(['0.000 s', '10.884 s', '0.000 s'])
  })
})

describe('clip', () => {
  test('leaves what fits', () => {
    expect(clip('abc', 3)).toBe('abc')
  })

  test('cuts by characters as they are seen', () => {
    expect(clip('a😀→d', 3)).toBe('a😀→')
  })

  test('counts no colours, and keeps those behind the cut, so that none runs on', () => {
    expect(clip(`${COLORS.bold('abc')}d`, 2)).toBe(COLORS.bold('ab'))
  })
})
