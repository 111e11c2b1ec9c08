/**
 * An ordered list with O(1) add and remove, safe to change while it is walked.
 *
 * Every member knows its own slot. Removing writes a hole, so no other member moves and a walk in
 * progress stays valid; adding appends, so a walk that noted the length before it began does not meet
 * newcomers. Holes are closed later, when nobody walks and more than half of the list is holes.
 *
 *   add(d)      [ a b c ]        -> [ a b c d ]
 *   remove(b)   [ a b c d ]      -> [ a . c d ]
 *   compact     [ a . . . d . ]  -> [ a d ]         a.slot = 0, d.slot = 1
 *
 * Rejected: `Set`, whose walk meets members that were added during it and costs three times as much;
 * copy on write, which makes each subscribe O(n); `splice`, which makes each unsubscribe O(n).
 *
 * Invariants: `members[m.slot] === m` for every member m; order is the order of adding.
 */

/** What a {@link SlotList} holds: it remembers where it stands. -1 means: in no list. */
export interface Slotted {
  slot: number
}

const COMPACT_MIN_HOLES = 32

export class SlotList<T extends Slotted> {
  readonly #members: (T | undefined)[] = []
  #size = 0

  /** How many members there are. */
  get size(): number {
    return this.#size
  }

  /** How many slots there are, holes among them: the end of a walk that starts now. */
  get end(): number {
    return this.#members.length
  }

  /** The member in a slot, or `undefined` where it has left. */
  at(slot: number): T | undefined {
    return this.#members[slot]
  }

  add(member: T): void {
    member.slot = this.#members.length
    this.#members.push(member)
    this.#size += 1
  }

  /** Removes a member; does nothing if it is in no list. */
  remove(member: T): void {
    if (member.slot < 0) return
    this.#members[member.slot] = undefined
    member.slot = -1
    this.#size -= 1
  }

  /** Closes the holes once they are the larger part. Only while nobody walks. */
  compact(): void {
    const holes = this.#members.length - this.#size
    if (holes < COMPACT_MIN_HOLES || holes <= this.#size) return
    let slot = 0
    for (const member of this.#members) {
      if (member === undefined) continue
      member.slot = slot
      this.#members[slot] = member
      slot += 1
    }
    this.#members.length = slot
  }

  /** The members in order, as a new array. */
  toArray(): T[] {
    return this.#members.filter((member) => member !== undefined)
  }
}
