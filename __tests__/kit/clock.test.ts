import { describe, expect, jest, test } from '@jest/globals'
import { systemClock } from '../../src/kit/clock.ts'

describe('systemClock', () => {
  test('reads the wall time of the platform', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
    expect(systemClock.wall()).toBe(1_700_000_000_000)
  })

  test('reads the monotonic time of the platform', () => {
    jest.spyOn(performance, 'now').mockReturnValue(12.5)
    expect(systemClock.mono()).toBe(12.5)
  })

  test('is frozen', () => {
    expect(systemClock).toBeFrozen()
  })
})
