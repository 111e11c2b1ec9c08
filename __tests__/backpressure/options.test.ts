import { describe, expect, test } from '@jest/globals'
import { checkCount, checkDispatch, refuseOption } from '../../src/backpressure/options.ts'

const refusal = (message: string): unknown => expect.objectContaining({ code: 'POLICY_INVALID', message })

describe('checkCount', () => {
  test.each([1, 64, 2 ** 40, Number.POSITIVE_INFINITY])('lets %p pass', (count) => {
    expect(checkCount('capacity', count)).toBe(count)
  })

  test.each<[unknown, string]>([
    [0, '0 (number)'],
    [2.5, '2.5 (number)'],
    [Number.NaN, 'NaN (number)'],
    [Number.NEGATIVE_INFINITY, '-Infinity (number)'],
    [5n, '5 (bigint)'],
    ['5', '"5" (string)'],
    [true, 'true (boolean)'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %p', (value, received) => {
    expect(() => checkCount('maxSize', value)).toThrow(
      refusal(`Expected "maxSize" to be an integer from 1, got ${received}.`),
    )
  })
})

describe('checkDispatch', () => {
  test.each(['sync', 'microtask'])('lets %p pass', (dispatch) => {
    expect(checkDispatch(dispatch)).toBe(dispatch)
  })

  test.each<[unknown, string]>([
    ['', '"" (string)'],
    ['Sync', '"Sync" (string)'],
    [undefined, 'undefined'],
  ])('refuses %p', (value, received) => {
    expect(() => checkDispatch(value)).toThrow(
      refusal(`Expected "dispatch" to be "sync" or "microtask", got ${received}.`),
    )
  })
})

describe('refuseOption', () => {
  test('throws the sentence and its facts', () => {
    expect(() => refuseOption('ms', 'a number', [1])).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: 'Expected "ms" to be a number, got an array.',
        details: { option: 'ms', expected: 'a number', received: 'an array' },
      }),
    )
  })
})
