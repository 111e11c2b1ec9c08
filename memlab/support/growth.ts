/**
 * Whether a heap grows with the number of operations: a straight line through measured growth, and a decision
 * that knows how sure it is.
 *
 *   bytes = intercept + slope · operations      one point for each run of so many operations
 *
 * The slope is what one operation leaves behind; what a run leaves behind however long it is (a table that
 * was made once) is in the intercept and does not count. It is the median of the slopes between all pairs of
 * points, and its 99 % confidence interval is between two of their ranks (Theil 1950, Sen 1968). A median does not
 * mind that an engine makes or drops something of its own in one run of ten, where a least-squares line follows it.
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
  /** The ends of the 99 % confidence interval of the slope; infinite where there are too few points for one. */
  readonly lower: number
  readonly upper: number
  readonly points: number
}

/** What a fit says; see the head of this file. */
export type GrowthVerdict = 'flat' | 'growing' | 'undecided'

/** Two-sided 99 % quantile of the normal distribution, that of Kendall's S from about ten points on. */
const QUANTILE = 2.576

/** The slopes between all points of different sizes, rising. */
function slopesOf(points: readonly GrowthPoint[]): number[] {
  return points
    .flatMap((one, index) =>
      points
        .slice(index + 1)
        .filter(({ operations }) => operations !== one.operations)
        .map((other) => (other.bytes - one.bytes) / (other.operations - one.operations)),
    )
    .sort((a, b) => a - b)
}

/** The standard deviation of Kendall's S where nothing grows; points of one size are ties. */
function deviationOfS(points: readonly GrowthPoint[]): number {
  const term = (count: number): number => count * (count - 1) * (2 * count + 5)
  const counts = new Map<number, number>()
  for (const { operations } of points) counts.set(operations, (counts.get(operations) ?? 0) + 1)
  const ties = [...counts.values()].reduce((sum, count) => sum + term(count), 0)
  return Math.sqrt((term(points.length) - ties) / 18)
}

/**
 * Fits the line.
 *
 * @throws RangeError for fewer than three sizes of run: two points are on a line whatever they are.
 */
export function fitGrowth(points: readonly GrowthPoint[]): GrowthFit {
  const sizes = new Set(points.map(({ operations }) => operations)).size
  if (sizes < 3) throw new RangeError(`Expected runs of at least 3 sizes, got ${sizes}.`)
  const slopes = slopesOf(points)
  const reach = QUANTILE * deviationOfS(points)
  // Ranks from 1, rounded outwards.
  const first = Math.floor((slopes.length - reach) / 2)
  const last = Math.ceil((slopes.length + reach) / 2) + 1
  const middle = (slopes.length - 1) / 2
  return {
    // The casts hold: three sizes make three slopes at least.
    slope: ((slopes[Math.floor(middle)] as number) + (slopes[Math.ceil(middle)] as number)) / 2,
    lower: slopes[first - 1] ?? Number.NEGATIVE_INFINITY,
    upper: slopes[last - 1] ?? Number.POSITIVE_INFINITY,
    points: points.length,
  }
}

/** Decides, by the rule at the head of this file. */
export function judgeGrowth({ lower, upper }: GrowthFit): GrowthVerdict {
  if (upper < SMALLEST_LEAK_BYTES) return 'flat'
  return lower > 0 ? 'growing' : 'undecided'
}
