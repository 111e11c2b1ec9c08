import { describe, expect, test } from '@jest/globals'
import {
  refuseOption,
  requireCount,
  requireDispatch,
  requireFlag,
  requireMs,
} from '../../src/backpressure/options.ts'

const refusal = (message: string): unknown => expect.objectContaining({ code: 'POLICY_INVALID', message })

describe('requireCount', () => {
  test.each([1, 64, 2 ** 40, Number.POSITIVE_INFINITY])('lets %p pass', (count) => {
    expect(() => requireCount('capacity', count)).not.toThrow()
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
    expect(() => requireCount('maxSize', value)).toThrow(
      refusal(`Expected "maxSize" to be an integer from 1, got ${received}.`),
    )
  })
})

describe('requireDispatch', () => {
  test.each(['sync', 'microtask'])('lets %p pass', (dispatch) => {
    expect(() => requireDispatch(dispatch)).not.toThrow()
  })

  test.each<[unknown, string]>([
    ['', '"" (string)'],
    ['Sync', '"Sync" (string)'],
    [undefined, 'undefined'],
  ])('refuses %p', (value, received) => {
    expect(() => requireDispatch(value)).toThrow(
      refusal(`Expected "dispatch" to be "sync" or "microtask", got ${received}.`),
    )
  })
})

describe('requireMs', () => {
  test.each([0, 1, 16, 2_147_483_647])('lets %p pass', (ms) => {
    expect(() => requireMs('ms', ms, 0)).not.toThrow()
  })

  test.each<[unknown, string]>([
    [-1, '-1 (number)'],
    [0.5, '0.5 (number)'],
    [2_147_483_648, '2147483648 (number)'],
    [Number.POSITIVE_INFINITY, 'Infinity (number)'],
    [Number.NaN, 'NaN (number)'],
    [5n, '5 (bigint)'],
    ['5', '"5" (string)'],
    [true, 'true (boolean)'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %p', (value, received) => {
    expect(() => requireMs('maxWaitMs', value, 0)).toThrow(
      refusal(`Expected "maxWaitMs" to be milliseconds, an integer from 0 to 2147483647, got ${received}.`),
    )
  })

  test('has a minimum of its own where one is given', () => {
    expect(() => requireMs('ms', 1, 1)).not.toThrow()
    expect(() => requireMs('ms', 0, 1)).toThrow(
      refusal('Expected "ms" to be milliseconds, an integer from 1 to 2147483647, got 0 (number).'),
    )
  })
})

describe('requireFlag', () => {
  test.each([true, false])('lets %p pass', (flag) => {
    expect(() => requireFlag('leading', flag)).not.toThrow()
  })

  test.each<[unknown, string]>([
    ['true', '"true" (string)'],
    [1, '1 (number)'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %p', (value, received) => {
    expect(() => requireFlag('leading', value)).toThrow(
      refusal(`Expected "leading" to be true or false, got ${received}.`),
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
