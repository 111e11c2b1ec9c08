import { describe, expect, test } from '@jest/globals'
import { Rates, SECONDS } from '../../src/inspector/rates.ts'

describe('Rates', () => {
  test('counts by the second, oldest first, without the one that runs', () => {
    const rates = new Rates()
    for (const at of [1_000, 1_500, 2_200, 3_000]) rates.count(at)
    expect(rates.list(3_900).slice(-3)).toEqual([0, 2, 1])
    expect(rates.list(4_000).slice(-3)).toEqual([2, 1, 1])
  })

  test('forgets what is longer ago than it is long', () => {
    const rates = new Rates()
    rates.count(1_000)
    expect(rates.list(1_000 + SECONDS * 1_000)).toEqual(new Array(SECONDS - 1).fill(0))
  })
})
