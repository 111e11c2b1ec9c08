/**
 * Which entries of a list of positions stay, so that those that stay rise, and are as many as can be.
 *
 *   positions   3  0  1  -1  2        stay   0  1  1  0  1
 *
 * What was at 3 has moved, what has no position (-1) is new, and the others kept their order. Patience sorting:
 * `tails[n]` ends the run of n + 1 entries that has the least end; O(n log n), O(n) where all rise.
 */
export function risingRun(positions: ArrayLike<number>): Uint8Array {
  const tails: number[] = []
  const earlier = new Int32Array(positions.length)
  const endOf = (length: number): number => positions[tails[length] as number] as number
  for (let at = 0; at < positions.length; at += 1) {
    const position = positions[at] as number
    if (position < 0) continue
    let low = tails.length > 0 && endOf(tails.length - 1) < position ? tails.length : 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (endOf(middle) < position) low = middle + 1
      else high = middle
    }
    earlier[at] = low === 0 ? -1 : (tails[low - 1] as number)
    tails[low] = at
  }
  const stays = new Uint8Array(positions.length)
  for (let at = tails.at(-1) ?? -1; at >= 0; at = earlier[at] as number) stays[at] = 1
  return stays
}
