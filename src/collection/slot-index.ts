/**
 * Which slot an id has: append-only, and shared by every version and branch of a collection.
 *
 *   slot        0   1   2   3   4
 *   ids         a   b   c   b   d         newest: a→0 b→3 c→2 d→4      earlier: 3→1
 *
 *   version 1   A   B   C                 add a, b, c
 *   version 2   A   †   C                 from 1: remove b             † = tombstone
 *   version 3   A   †   C   B'            from 2: add b again, at the end, as in a Map
 *   branch      A   B   C   ·   D         from 1: add d                · = gap: the slot of another
 *
 * A slot belongs to one id for ever, and appending always takes the next free one, whoever appends. So
 * versions need neither an owner nor a copy of the index: a slot of another branch is a gap in one's own
 * vector. To find an id, a version looks at the id's newest slot, then at earlier ones:
 *
 *   item        it is there
 *   tombstone   it was removed here, and so were all before it: it is not there
 *   gap         somebody else's slot, or a later version's: look at the earlier slot
 *
 * In the newest version the first look decides. Only an older version or a branch looks further, once for
 * each time that others have added the same id again. Such looks are counted: once there were as many as there
 * are slots, whoever looks moves to an index of its own, which costs as much as they did.
 *
 * A slot of the same id behind one's own end is as good as a new one. So a branch that is made again and again
 * and thrown away takes its slot once.
 *
 * Rejected: copying the map for each branch (a write that is thrown away would make the next one O(n)); an
 * owner token, which says the same as the length and can be wrong; reusing the slot of a removed id, which
 * would lose the order of insertion.
 *
 * Versions are numbered, and the index knows in which slot the newest differs from the one that it was made of. So a
 * commit of one write is compared without a walk, which would touch 32 entities that nobody has asked for.
 *
 * What must stay true: `ids[slot]` never changes. The index holds ids only, never entities, so it keeps
 * nothing alive that a version has let go.
 */
import { ByPlace } from './by-place.ts'
import type { Places } from './collection.ts'

export class SlotIndex implements Places {
  /** The id of each slot. */
  readonly ids: string[] = []
  readonly #newest = new Map<string, number>()
  /** Of an id that was added more than once: the slot before. */
  readonly #earlier = new Map<number, number>()
  /** Of the slot of an id that was added more than once: its first one. */
  readonly #first = new Map<number, number>()
  /** The newest version is the number `#newestStep`: it differs from the version `#stepFrom` in the slot `#stepAt`. */
  #newestStep = 0
  #stepFrom = -1
  #stepAt = -1
  #furtherLooks = 0

  /** Whether looking past the slots of others has cost as much as moving away from them. */
  get isLitter(): boolean {
    return this.#furtherLooks > this.ids.length
  }

  keyed<Value>(): ByPlace<Value> {
    return new ByPlace(this)
  }

  /** The slot that an id was given last, by any version. */
  newestOf(id: string): number | undefined {
    return this.#newest.get(id)
  }

  /** The slot that the id of a slot had before. */
  earlierThan(slot: number): number | undefined {
    this.#furtherLooks += 1
    return this.#earlier.get(slot)
  }

  /** Notes that a version is made of another one by a write to one slot; returns its number. */
  step(from: number, slot: number): number {
    this.#newestStep += 1
    this.#stepFrom = from
    this.#stepAt = slot
    return this.#newestStep
  }

  /** The only slot in which two versions differ, where the one is the newest and made of the other; else -1. */
  stepBetween(before: number, after: number): number {
    return after === this.#newestStep && before === this.#stepFrom ? this.#stepAt : -1
  }

  /** The first slot of the id that has this slot: a number that the id keeps. */
  placeAt(slot: number): number {
    return this.#first.size === 0 ? slot : (this.#first.get(slot) ?? slot)
  }

  placeOf(id: string): number | undefined {
    const slot = this.#newest.get(id)
    return slot === undefined ? undefined : this.placeAt(slot)
  }

  /** Gives an id a slot behind the end of a version that does not have it: a new one, or that of a branch. */
  append(id: string, end: number): number {
    const earlier = this.#newest.get(id)
    if (earlier !== undefined && earlier >= end) return earlier
    const slot = this.ids.length
    if (earlier !== undefined) {
      this.#earlier.set(slot, earlier)
      this.#first.set(slot, this.placeAt(earlier))
    }
    this.#newest.set(id, slot)
    this.ids.push(id)
    return slot
  }
}
