/**
 * A persistent vector: a tree of arrays, 32 wide, that is never changed in place.
 *
 *   length 40      root ──┬── [ 0 … 31 ]          get(35): 35 = 1·32 + 3, so child 1, item 3
 *                         └── [ 32 … 39 ]
 *
 *   with(35, x)    root' ─┬── (the same leaf)     copies the way down, two arrays of at most 32;
 *                         └── [ 32 … x … 39 ]     all else is shared with the version before
 *
 * Five bits of the slot choose the child on each level; the length says how many levels there are. An
 * item is `undefined` where nothing was ever written: a vector may have gaps.
 *
 * Rejected: a tail buffer, which makes appending cheaper and everything else harder to read; nodes of 8
 * or 64, which cost more levels or more copying at the sizes that matter.
 *
 * What must stay true: a node that another vector can see is never written to. Bulk writes pass a set of
 * the nodes they have made themselves, and only those are changed in place.
 */
const BITS = 5
/** How many children a node has at most. */
export const WIDTH: number = 1 << BITS
const MASK = WIDTH - 1

/** Children, or on the lowest level items. */
export type VectorNode = readonly unknown[]

/** Which bits of a slot choose among the children of the root. */
const shiftOf = (length: number): number =>
  Math.floor((31 - Math.clz32(Math.max(length - 1, 1))) / BITS) * BITS

/** Copies the way to a slot, but for nodes that this edit has made itself. */
function write(
  node: VectorNode | undefined,
  shift: number,
  slot: number,
  item: unknown,
  edit: Set<VectorNode> | undefined,
): VectorNode {
  // The cast holds for a node of this edit: nobody else has seen it yet.
  const own = node !== undefined && edit?.has(node) ? (node as unknown[]) : (node?.slice() ?? [])
  edit?.add(own)
  const at = (slot >>> shift) & MASK
  own[at] = shift === 0 ? item : write(own[at] as VectorNode | undefined, shift - BITS, slot, item, edit)
  return own
}

const NOBODY: VectorNode = []

/** Told of a slot with the item of either vector; returns false to end the walk. */
export type VisitDifference = (slot: number, one: unknown, other: unknown) => boolean

function visitDifferences(
  one: VectorNode,
  other: VectorNode,
  shift: number,
  first: number,
  visit: VisitDifference,
): boolean {
  if (shift === 0) return visitItems(one, other, first, visit)
  const end = Math.max(one.length, other.length)
  for (let at = 0; at < end; at += 1) {
    const here = one[at] as VectorNode | undefined
    const there = other[at] as VectorNode | undefined
    if (here === there) continue
    const slot = first + (at << shift)
    if (!visitDifferences(here ?? NOBODY, there ?? NOBODY, shift - BITS, slot, visit)) return false
  }
  return true
}

/** Apart from the levels above: there the engine knows that what it compares are arrays. */
function visitItems(one: VectorNode, other: VectorNode, first: number, visit: VisitDifference): boolean {
  const end = Math.max(one.length, other.length)
  for (let at = 0; at < end; at += 1) {
    const here = one[at]
    const there = other[at]
    // What `Object.is` says; only a 0 and NaN need it.
    if ((here === there && here !== 0) || Object.is(here, there)) continue
    if (!visit(first + at, here, there)) return false
  }
  return true
}

export class Vector {
  /** The first vector of every history. */
  static readonly empty: Vector = new Vector([], 0)
  /** One more than the last slot that was ever written. */
  readonly length: number
  /** For tests, which count what two versions share. */
  readonly root: VectorNode

  private constructor(root: VectorNode, length: number) {
    this.root = root
    this.length = length
  }

  /** The item in a slot; `undefined` in a gap and behind the end. */
  get(slot: number): unknown {
    return this.leafOf(slot)?.[slot & MASK]
  }

  /** The lowest node that holds a slot, if there is one. */
  leafOf(slot: number): VectorNode | undefined {
    if (slot >= this.length) return undefined
    let node: VectorNode | undefined = this.root
    for (let shift = shiftOf(this.length); shift > 0 && node !== undefined; shift -= BITS) {
      node = node[(slot >>> shift) & MASK] as VectorNode | undefined
    }
    return node
  }

  /** A vector with one item written. */
  with(slot: number, item: unknown, edit?: Set<VectorNode>): Vector {
    const length = Math.max(this.length, slot + 1)
    const top = shiftOf(length)
    return new Vector(write(this.#rootAt(top), top, slot, item, edit), length)
  }

  /** Visits the slots whose items differ, in order, skipping what both share; false if it was ended. */
  differences(other: Vector, visit: VisitDifference): boolean {
    const top = shiftOf(Math.max(this.length, other.length))
    return visitDifferences(this.#rootAt(top), other.#rootAt(top), top, 0, visit)
  }

  /** The root as it is in a vector with more levels. */
  #rootAt(top: number): VectorNode {
    let { root } = this
    for (let shift = shiftOf(this.length); shift < top; shift += BITS) root = [root]
    return root
  }
}
