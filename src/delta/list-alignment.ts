/**
 * Which items of a list stay where they were, seen from each other.
 *
 *   from   a b c d e          start 1 (a), tail 1 (e), anchors: c
 *   to     a c x d2 e         b went, x came, d was written, all without a look at a or e
 *
 * Items are the same if `Object.is` says so, whatever they contain. Of those between the two ends as many become
 * anchors as can without crossing; those that cross have moved.
 */
import { risingRun } from '../kit/index.ts'

export interface Alignment {
  /** How many items are the same at the beginning, and at the end. */
  readonly start: number
  readonly tail: number
  /** Items between the ends that stay: the index before, and the index after. */
  readonly anchors: readonly (readonly [old: number, at: number])[]
  /** How many are in both, and not in order. */
  readonly moved: number
}

export function align(from: readonly unknown[], to: readonly unknown[]): Alignment {
  const shorter = Math.min(from.length, to.length)
  let start = 0
  while (start < shorter && Object.is(from[start], to[start])) start += 1
  let tail = 0
  const rest = shorter - start
  while (tail < rest && Object.is(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1
  const [before, after] = [from.length - start - tail, to.length - start - tail]
  if (before * after < 2) return { start, tail, anchors: [], moved: 0 }
  return { start, tail, ...(alignInPlace(from, to, start, tail) ?? alignBetween(from, to, start, tail)) }
}

type Between = Pick<Alignment, 'anchors' | 'moved'>

/** For lists of one length of which at least half stayed in place: no index need be made. */
function alignInPlace(
  from: readonly unknown[],
  to: readonly unknown[],
  start: number,
  tail: number,
): Between | undefined {
  if (from.length !== to.length) return undefined
  const end = to.length - tail
  const anchors: [number, number][] = []
  for (let at = start; at < end; at += 1) if (Object.is(from[at], to[at])) anchors.push([at, at])
  return anchors.length * 2 >= end - start ? { anchors, moved: 0 } : undefined
}

function alignBetween(
  from: readonly unknown[],
  to: readonly unknown[],
  start: number,
  tail: number,
): Between {
  const take = placesOf(from, start, from.length - tail)
  const positions = new Int32Array(to.length - tail - start)
  let shared = 0
  for (let at = 0; at < positions.length; at += 1) {
    const place = take(to[start + at])
    positions[at] = place
    if (place >= 0) shared += 1
  }
  const stays = risingRun(positions)
  const anchors: [number, number][] = []
  stays.forEach((does, at) => {
    if (does === 1) anchors.push([positions[at] as number, start + at])
  })
  return { anchors, moved: shared - anchors.length }
}

/** Gives the places of items, of twins the first that was not given yet; -1 where there is none. */
function placesOf(list: readonly unknown[], start: number, end: number): (item: unknown) => number {
  const first = new Map<unknown, number>()
  const next = new Int32Array(end)
  for (let at = end - 1; at >= start; at -= 1) {
    next[at] = first.get(list[at]) ?? -1
    first.set(list[at], at)
  }
  return (item) => {
    const place = first.get(item) ?? -1
    // A Map takes 0 and -0 for the same.
    if (place < 0 || !Object.is(list[place], item)) return -1
    first.set(item, next[place] as number)
    return place
  }
}
