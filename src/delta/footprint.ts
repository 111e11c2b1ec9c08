/**
 * Where deltas touch a state, as a tree of keys, and whether another delta steps on it.
 *
 *   replace /pose/x         pose ─ x (written)
 *   add     /log/0          log (shifted from 0) ─ 0 (written)
 *   test    /mode           mode (read)
 *
 * Two touches meet if one path is, or leads into, the other, and at least one of them writes. An item that comes into
 * a list or leaves it shifts all behind it, so it meets every touch of an index from its own on. A path does not say
 * whether it leads into a list: a key that could be an index is taken for one.
 */
import type { Delta, JsonPointer, Operation } from './delta.ts'
import { indexOf, keysOf } from './pointer.ts'

interface Touch {
  readonly path: JsonPointer
  readonly writes: boolean
  /** Whether what is behind it in a list moves. */
  readonly shifts: boolean
}

class Place {
  readonly children = new Map<string, Place>()
  isRead = false
  isWritten = false
  /** Whether anything in it is written. */
  hasWrites = false
  /** From this index on, what is in it has moved. */
  shiftedFrom: number = Number.POSITIVE_INFINITY

  /** The place of a key, made where there is none. */
  child(key: string): Place {
    const there = this.children.get(key)
    if (there !== undefined) return there
    const made = new Place()
    this.children.set(key, made)
    return made
  }
}

class Footprint {
  readonly #root = new Place()

  constructor(delta: Delta) {
    for (const touch of touchesOf(delta)) this.#add(touch)
  }

  /** The paths at which a delta from the same state meets this one. */
  meets(delta: Delta): JsonPointer[] {
    const paths = touchesOf(delta).flatMap((touch) => (this.#isMetBy(touch) ? [touch.path] : []))
    return [...new Set(paths)]
  }

  #add({ path, writes, shifts }: Touch): void {
    const keys = keysOf(path) ?? []
    let place = this.#root
    for (const [at, key] of keys.entries()) {
      if (writes) place.hasWrites = true
      if (shifts && at === keys.length - 1) place.shiftedFrom = Math.min(place.shiftedFrom, indexIn(key))
      place = place.child(key)
    }
    if (writes) place.isWritten = true
    else place.isRead = true
  }

  #isMetBy({ path, writes, shifts }: Touch): boolean {
    const keys = keysOf(path) ?? []
    let place = this.#root
    for (const [at, key] of keys.entries()) {
      if (place.isWritten || (writes && place.isRead)) return true
      const index = indexIn(key)
      if (index >= place.shiftedFrom && index < Number.POSITIVE_INFINITY) return true
      if (shifts && at === keys.length - 1 && hasIndexFrom(place, index)) return true
      const next = place.children.get(key)
      if (next === undefined) return false
      place = next
    }
    return place.isWritten || place.hasWrites || (writes && isTouched(place))
  }
}

/** The index that a key may mean; infinite for what is none. */
function indexIn(key: string): number {
  const index = indexOf(key)
  return index < 0 ? Number.POSITIVE_INFINITY : index
}

function hasIndexFrom({ children }: Place, first: number): boolean {
  if (first === Number.POSITIVE_INFINITY) return false
  for (const key of children.keys()) if (indexOf(key) >= first) return true
  return false
}

const isTouched = ({ isRead, isWritten, children }: Place): boolean =>
  isRead || isWritten || children.size > 0

const touchesOf = (delta: Delta): Touch[] => delta.flatMap(touchesOfOne)

function touchesOfOne(operation: Operation): Touch[] {
  const { path } = operation
  switch (operation.op) {
    case 'test':
      return [{ path, writes: false, shifts: false }]
    case 'replace':
      return [{ path, writes: true, shifts: false }]
    case 'copy':
      return [
        { path: operation.from, writes: false, shifts: false },
        { path, writes: true, shifts: true },
      ]
    case 'move':
      return [
        { path: operation.from, writes: true, shifts: true },
        { path, writes: true, shifts: true },
      ]
    default:
      return [{ path, writes: true, shifts: true }]
  }
}

/**
 * Whether two deltas from one state touch no common path, so that it does not matter which is applied first.
 *
 * A path touches what it leads into and what it is part of; an item that is added to a list, or removed from it, all
 * indexes behind it. `test`, and the `from` of a `copy`, only read, and two that read do not meet. A path does not
 * tell a list from an object, so beside an added or removed key that could be an index, higher ones count as touched.
 *
 * @example
 * ```ts
 * import { diff, independent } from 'headgate/delta'
 *
 * const state = { pose: { x: 0, y: 0 } }
 * const mine = diff(state, { pose: { x: 1, y: 0 } })
 * const yours = diff(state, { pose: { x: 0, y: 2 } })
 * console.log(independent(mine, yours), independent(mine, mine)) // → true false
 * ```
 */
export function independent(a: Delta, b: Delta): boolean {
  return conflictsBetween(a, b).length === 0
}

/**
 * The paths of `b` at which it meets `a`, another delta from the same state; none where they are {@link independent}.
 */
export function conflictsBetween(a: Delta, b: Delta): JsonPointer[] {
  return new Footprint(a).meets(b)
}
