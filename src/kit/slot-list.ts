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
 * A member may be parked: it keeps its slot, and walks do not meet it. They pass a stretch of 64 slots in which
 * there is nobody to meet in one step, so a walk costs next to nothing for those who are parked.
 *
 * Rejected: `Set`, whose walk meets members that were added during it and costs three times as much;
 * copy on write, which makes each subscribe O(n); `splice`, which makes each unsubscribe O(n).
 *
 * Invariants: `members[m.slot] === m` for every member m; order is the order of adding; `walked` is
 * `members` without those who are parked; `walkedIn[i]` is how many are walked of the slots 64 i to 64 i + 63.
 */

/** What a {@link SlotList} holds: it remembers where it stands. -1 means: in no list. */
export interface Slotted {
  slot: number
}

const COMPACT_MIN_HOLES = 32
const STRETCH_BITS = 6
const STRETCH_MASK = (1 << STRETCH_BITS) - 1

export class SlotList<T extends Slotted> {
  readonly #members: (T | undefined)[] = []
  readonly #walked: (T | undefined)[] = []
  readonly #walkedIn: number[] = []
  #size = 0

  /** How many members there are. */
  get size(): number {
    return this.#size
  }

  /** How many slots there are, holes among them: the end of a walk that starts now. */
  get end(): number {
    return this.#members.length
  }

  /** What {@link at} returns, by slot: for a walk so hot that it pays to look only once for the array. */
  get walked(): readonly (T | undefined)[] {
    return this.#walked
  }

  /** The member that a walk meets in a slot, or `undefined` where it parks or has left. */
  at(slot: number): T | undefined {
    return this.#walked[slot]
  }

  /** The last of the slots from `slot` on that a walk may pass because there is nobody; else `slot` itself. */
  lastEmpty(slot: number): number {
    const isStretch = (slot & STRETCH_MASK) === 0 && this.#walkedIn[slot >> STRETCH_BITS] === 0
    return isStretch ? slot | STRETCH_MASK : slot
  }

  add(member: T): void {
    const slot = this.#members.length
    member.slot = slot
    this.#members.push(member)
    this.#walked.push(member)
    this.#countIn(slot, 1)
    this.#size += 1
  }

  /** Removes a member; does nothing if it is in no list. */
  remove(member: T): void {
    const { slot } = member
    if (slot < 0) return
    this.park(member)
    this.#members[slot] = undefined
    member.slot = -1
    this.#size -= 1
  }

  /** Lets walks pass a member, which stays in the list. */
  park(member: T): void {
    const { slot } = member
    if (this.#walked[slot] === undefined) return
    this.#walked[slot] = undefined
    this.#countIn(slot, -1)
  }

  /** Lets walks meet a member again; does nothing if it is in no list. */
  unpark(member: T): void {
    const { slot } = member
    if (slot < 0 || this.#walked[slot] !== undefined) return
    this.#walked[slot] = member
    this.#countIn(slot, 1)
  }

  /** Cuts off the holes at the end, and closes all once they are the larger part. Only while nobody walks. */
  compact(): void {
    // Whoever joined last is often the first to leave.
    while (this.end > 0 && this.#members[this.end - 1] === undefined) {
      this.#members.pop()
      this.#walked.pop()
    }
    const holes = this.#members.length - this.#size
    if (holes < COMPACT_MIN_HOLES || holes <= this.#size) return
    this.#walkedIn.fill(0)
    let slot = 0
    for (const member of this.#members) {
      if (member === undefined) continue
      const walked = this.#walked[member.slot]
      if (walked !== undefined) this.#countIn(slot, 1)
      member.slot = slot
      this.#walked[slot] = walked
      this.#members[slot] = member
      slot += 1
    }
    this.#members.length = slot
    this.#walked.length = slot
  }

  /** The members in order, as a new array; also those who are parked. */
  toArray(): T[] {
    return this.#members.filter((member) => member !== undefined)
  }

  #countIn(slot: number, change: number): void {
    const stretch = slot >> STRETCH_BITS
    this.#walkedIn[stretch] = (this.#walkedIn[stretch] ?? 0) + change
  }
}
