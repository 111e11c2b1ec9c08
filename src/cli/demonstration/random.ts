/** Gives numbers from 0 up to, but not, 1. */
export type Random = () => number

/**
 * Makes a generator of pseudo-random numbers; the same seed gives the same numbers.
 *
 * The algorithm is mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough to vary a
 * demonstration, and the same everywhere.
 *
 * @param seed - its lowest 32 bits are used.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
