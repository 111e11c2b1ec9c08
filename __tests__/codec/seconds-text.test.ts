import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fromSecondsText, toSecondsText } from '../../src/codec/seconds-text.ts'

describe('toSecondsText', () => {
  test.each([
    [12_500, '12.5'],
    [0, '0.0'],
    [-0, '-0.0'],
    [1000, '1.0'],
    [1, '0.001'],
    [-1234.567, '-1.234567'],
    [0.1, '0.0001'],
    [0.01, '1e-05'],
    [1.5e-7, '1.5e-10'],
    [1e18, '1000000000000000.0'],
    [1e19, '1e+16'],
    [1.25e21, '1.25e+18'],
    [Number.MAX_VALUE, '1.7976931348623157e+305'],
    [5e-324, '5e-327'],
  ])('writes %d ms as Python prints the seconds: %s', (ms, text) => {
    expect(toSecondsText(ms)).toBe(text)
  })

  test('comes back as the same double', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(fc.property(finite, (ms) => Object.is(fromSecondsText(toSecondsText(ms)), ms)))
  })
})

describe('fromSecondsText', () => {
  test.each([
    ['0.3', 300],
    ['1.001', 1001],
    ['007', 7000],
    ['1E2', 100_000],
    ['1e-05', 0.01],
    ['-0.0', -0],
    ['1e-9999', 0],
  ])('reads %s s as %d ms', (text, ms) => {
    expect(fromSecondsText(text)).toBe(ms)
  })

  test.each(['', ' 1', '1.', '.5', '+1', '1_000', 'nan', 'inf', '-Infinity', '0x10', '1e999'])(
    'refuses %j',
    (text) => {
      expect(fromSecondsText(text)).toBeUndefined()
    },
  )
})
