/**
 * Random numbers that a seed repeats.
 *
 * Each scenario draws from a stream of its own, made of the run's seed and the scenario's name. So it meets
 * the same numbers whether it runs alone, in a suite, or in a process of its own.
 */

/** Gives numbers from 0 up to, but not, 1. */
export type Random = () => number

/** FNV-1a over the code units of a text: spreads names over 32 bits. */
function hash(text: string): number {
  let mixed = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  }
  return mixed >>> 0
}

/**
 * Makes the stream of a scenario: a 32-bit Weyl sequence, mixed by the finaliser of MurmurHash3.
 *
 * @param seed - any integer; its lowest 32 bits are used.
 */
export function scenarioRandom(seed: number, name: string): Random {
  let state = (hash(name) ^ (seed >>> 0)) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}
