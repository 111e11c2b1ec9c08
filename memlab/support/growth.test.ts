import { describe, expect, test } from '@jest/globals'
import { fitGrowth, type GrowthPoint, judgeGrowth } from './growth.ts'

const SIZES = [1_000, 4_000, 8_000]

/** Rounds over all sizes; the noise repeats itself, so a series is the same in every run. */
function series(slope: number, noise: readonly number[], rounds = 4, intercept = 0): GrowthPoint[] {
  return Array.from({ length: rounds * SIZES.length }, (_, index) => {
    const operations = SIZES[index % SIZES.length] ?? 0
    return { operations, bytes: intercept + slope * operations + (noise[index % noise.length] ?? 0) }
  })
}

const QUIET = [0]
const USUAL = [900, -400, 1_300, -1_700, 300, -800, 1_100]
const LOUD = [90_000, -70_000, 20_000, -60_000, 80_000, -10_000, -40_000]

describe('fitGrowth', () => {
  test('finds the slope of a line, and is sure of it', () => {
    const { slope, lower, upper } = fitGrowth(series(40, QUIET))
    expect(slope).toBeCloseTo(40)
    expect(upper - lower).toBeCloseTo(0)
  })

  test('leaves what every run leaves, however long, out of the slope', () => {
    expect(fitGrowth(series(0, QUIET, 4, 1_000_000)).slope).toBeCloseTo(0)
  })

  test('agrees with slopes and ranks that were worked out by hand', () => {
    const points = [1, 2, 3, 4, 5, 6].map((operations) => ({ operations, bytes: operations ** 2 }))
    const fit = fitGrowth(points)
    // The slope between a and b is a + b: 3 4 5 5 6 6 7 7 7 8 8 9 9 10 11, of which the eighth is the median.
    expect(fit.slope).toBe(7)
    // S deviates by √(6 · 5 · 17 / 18) = 5.32, so the ranks are ⌊(15 - 13.71) / 2⌋ = 0 and ⌈(15 + 13.71) / 2⌉ + 1.
    expect([fit.lower, fit.upper]).toEqual([-Infinity, Infinity])
    const twice = fitGrowth([...points, ...points])
    // Without those of equal sizes 60 slopes; √((12 · 11 · 29 - 6 · 2 · 9) / 18) = 14.38: ranks 11 and 50.
    expect([twice.slope, twice.lower, twice.upper]).toEqual([7, 5, 9])
  })

  test('does not follow a few runs in which the engine made or dropped code of its own', () => {
    const points = series(0, USUAL, 8).map((point, index) =>
      index % 12 === 5 ? { ...point, bytes: point.bytes + (index % 2 === 0 ? 230_000 : -230_000) } : point,
    )
    const { lower, upper } = fitGrowth(points)
    expect(Math.max(-lower, upper)).toBeLessThan(8)
  })

  test('is surer the more rounds there are', () => {
    const few = fitGrowth(series(0, USUAL, 2))
    const many = fitGrowth(series(0, USUAL, 12))
    expect(many.upper - many.lower).toBeLessThan(few.upper - few.lower)
  })

  test('refuses fewer than three sizes', () => {
    const points = series(0, QUIET).filter(({ operations }) => operations !== 4_000)
    expect(() => fitGrowth(points)).toThrow('Expected runs of at least 3 sizes, got 2.')
  })
})

describe('judgeGrowth', () => {
  const judge = (slope: number, noise: readonly number[], rounds?: number) =>
    judgeGrowth(fitGrowth(series(slope, noise, rounds)))

  test('calls a series without growth flat, quiet or with the usual noise', () => {
    expect(judge(0, QUIET)).toBe('flat')
    expect(judge(0, USUAL)).toBe('flat')
  })

  test('calls a heap that shrinks flat', () => {
    expect(judge(-20, USUAL)).toBe('flat')
  })

  test.each([9, 24, 56, 400])('calls %s bytes for each operation growing', (bytes) => {
    expect(judge(bytes, QUIET)).toBe('growing')
    expect(judge(bytes, USUAL)).toBe('growing')
  })

  test('is not fooled by noise that could hide a leak', () => {
    expect(judge(9, LOUD)).not.toBe('flat')
    expect(judge(24, LOUD)).not.toBe('flat')
    expect(judge(0, LOUD)).not.toBe('flat')
  })

  test('finds a large leak through loud noise', () => {
    expect(judge(1_000, LOUD)).toBe('growing')
  })
})
