import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../../src/cli/demonstration/random.ts'

const take = (seed: number, count: number): number[] => Array.from({ length: count }, createRandom(seed))

describe('createRandom', () => {
  test('gives the numbers of mulberry32', () => {
    // Published values of the algorithm for the seed 0.
    expect(take(0, 3).map((number) => number * 2 ** 32)).toEqual([1_144_304_738, 1_416_247, 958_946_056])
  })

  test('gives the same numbers for the same seed, and others for another', () => {
    expect(take(7, 100)).toEqual(take(7, 100))
    expect(take(7, 100)).not.toEqual(take(8, 100))
  })

  test('gives numbers from 0 up to 1, in the middle on average', () => {
    const numbers = take(1, 10_000)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    expect(numbers.reduce((sum, number) => sum + number) / numbers.length).toBeCloseTo(0.5, 1)
  })
})
