import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Pauses } from '../../src/stress/pauses.ts'

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }))
afterEach(() => void jest.useRealTimers())

describe('Pauses', () => {
  test('are scaled', async () => {
    const ended: string[] = []
    new Pauses(0.5).pause(100).then(() => ended.push('half'))
    new Pauses(1).pause(100).then(() => ended.push('whole'))
    await jest.advanceTimersByTimeAsync(50)
    expect(ended).toEqual(['half'])
    await jest.advanceTimersByTimeAsync(50)
    expect(ended).toEqual(['half', 'whole'])
    expect(jest.getTimerCount()).toBe(0)
  })

  test.each([
    [0, 1],
    [4, 0.2],
  ])('of %d ms at scale %d are one turn without a timer', async (ms, scale) => {
    const ended = new Pauses(scale).pause(ms)
    expect(jest.getTimerCount()).toBe(0)
    await expect(ended).resolves.toBeUndefined()
  })

  test('never settle after the end, and leave no timer', async () => {
    const pauses = new Pauses(1)
    let settled = 0
    const count = (): void => {
      settled += 1
    }
    for (const ms of [0, 10]) pauses.pause(ms).then(count, count)
    pauses.end()
    pauses.pause(10).then(count, count)
    await jest.advanceTimersByTimeAsync(100)
    await nextTurn()
    expect(settled).toBe(0)
    expect(jest.getTimerCount()).toBe(0)
  })
})
