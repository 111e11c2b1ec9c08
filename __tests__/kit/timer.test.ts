import { expect, test } from '@jest/globals'
import { checkTimerMs, TIMER_MS_MAX } from '../../src/kit/index.ts'

test.each([0, 0.5, 1_000, TIMER_MS_MAX])('a timer can wait %p ms', (ms) => {
  expect(() => checkTimerMs('retryMs', ms)).not.toThrow()
})

test.each([-1, TIMER_MS_MAX + 1, Number.POSITIVE_INFINITY, Number.NaN, '5', 5n, null, undefined])(
  'a timer cannot wait %p ms: the option is refused, by its name',
  (ms) => {
    expect(() => checkTimerMs('retryMs', ms)).toThrow(
      'Expected "retryMs" to be a number of milliseconds from 0 to 2147483647',
    )
  },
)

test('what must wait at all has a least time of its own', () => {
  expect(() => checkTimerMs('intervalMs', 10, 10)).not.toThrow()
  expect(() => checkTimerMs('intervalMs', 9, 10)).toThrow('from 10 to 2147483647, got 9 (number)')
})
