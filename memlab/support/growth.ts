/**
 * Whether a heap grows with the number of operations: a straight line through measured growth, by least
 * squares, and a decision that knows how sure it is.
 *
 *   bytes = intercept + slope · operations      one point for each run of so many operations
 *
 * The slope is what one operation leaves behind; what a run leaves behind however long it is (a table that
 * was made once) is in the intercept and does not count. The residuals give the slope a standard error, and
 * Student's t its 99 % confidence interval.
 *
 * - `flat`: the upper end of the interval is below {@link SMALLEST_LEAK_BYTES}. Even the least that an
 *   operation can leave behind, one slot of an array, is ruled out.
 * - `growing`: the lower end is above 0, and the upper is not below the smallest leak.
 * - `undecided`: neither. The caller measures more and longer runs, which narrows the interval; a gate that stays
 *   undecided fails.
 *
 * Rejected: "the interval contains 0". A noisy measurement contains everything, so it would pass the more
 * easily the worse it is measured; and a perfectly quiet one fails on a fraction of a byte.
 *
 * What must stay true: noise alone can make `undecided`, rarely `growing`, and never `flat` of a leak, but
 * for the one time in 200 that 99 % allows.
 */

/** One reference, 8 bytes in 64-bit V8 without pointer compression. */
export const SMALLEST_LEAK_BYTES = 8

/** What one run of so many operations left on the heap. */
export interface GrowthPoint {
  readonly operations: number
  readonly bytes: number
}

/** A line through the points, and how sure its slope is. All in bytes per operation. */
export interface GrowthFit {
  readonly slope: number
  readonly standardError: number
  /** The ends of the 99 % confidence interval of the slope. */
  readonly lower: number
  readonly upper: number
  readonly points: number
}

/** What a fit says; see the head of this file. */
export type GrowthVerdict = 'flat' | 'growing' | 'undecided'

/**
 * Two-sided 99 % quantiles of Student's t, by degrees of freedom. Between two rows the earlier one holds: it
 * is the wider, so the interval errs on the careful side.
 */
const QUANTILES: readonly (readonly [freedom: number, quantile: number])[] = [
  [1, 63.657],
  [2, 9.925],
  [3, 5.841],
  [4, 4.604],
  [5, 4.032],
  [6, 3.707],
  [7, 3.499],
  [8, 3.355],
  [9, 3.25],
  [10, 3.169],
  [12, 3.055],
  [15, 2.947],
  [20, 2.845],
  [30, 2.75],
  [60, 2.66],
]

function quantile(freedom: number): number {
  return QUANTILES.filter(([rows]) => rows <= freedom).at(-1)?.[1] ?? Number.POSITIVE_INFINITY
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const sumOfProducts = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)

/**
 * Fits the line.
 *
 * @throws RangeError for fewer than three sizes of run: two points are on a line whatever they are.
 */
export function fitGrowth(points: readonly GrowthPoint[]): GrowthFit {
  const sizes = new Set(points.map(({ operations }) => operations)).size
  if (sizes < 3) throw new RangeError(`Expected runs of at least 3 sizes, got ${sizes}.`)
  const [meanOperations, meanBytes] = [
    mean(points.map((p) => p.operations)),
    mean(points.map((p) => p.bytes)),
  ]
  const x = points.map(({ operations }) => operations - meanOperations)
  const y = points.map(({ bytes }) => bytes - meanBytes)
  const spread = sumOfProducts(x, x)
  const slope = sumOfProducts(x, y) / spread
  const residuals = y.map((value, index) => value - slope * (x[index] ?? 0))
  const freedom = points.length - 2
  const standardError = Math.sqrt(sumOfProducts(residuals, residuals) / freedom / spread)
  const reach = quantile(freedom) * standardError
  return { slope, standardError, lower: slope - reach, upper: slope + reach, points: points.length }
}

/** Decides, by the rule at the head of this file. */
export function judgeGrowth({ lower, upper }: GrowthFit): GrowthVerdict {
  if (upper < SMALLEST_LEAK_BYTES) return 'flat'
  return lower > 0 ? 'growing' : 'undecided'
}
