/**
 * The collection: a version is a vector of entities, its size, and the index that all versions share.
 *
 *   index   r1→0  r2→1  r3→2  …                 shared, only ever appended to (slot-index.ts)
 *   v1      [ R1  R2  R3 ]      size 3
 *   v2      [ R1  R2' R3 ]      size 3          set('r2', …): the way to slot 1 is copied (vector.ts)
 *   v3      [ R1  †   R3 ]      size 2          remove('r2')
 *
 * When more slots are dead than alive, removed here or the slots of other branches, the living move to a
 * new vector with a new index. That costs O(n) once in n changes, and a diff across it too. Where the slots
 * of other branches are in the way, it is the version itself that moves, so that the next branch from it need
 * not move again.
 *
 * What must stay true: the entries of a version never change; two versions with the same index agree on the id of every
 * slot, so that whatever node they share holds the same entities of the same ids.
 */
import type { Draft } from 'immer'
import type { Immutable } from '../kit/index.ts'
import {
  type Collection,
  type CollectionDiff,
  markCollection,
  type Places,
  type VisitChange,
} from './collection.ts'
import { CLONING, contentsOf } from './contents.ts'
import { requireId, runEntityRecipe, settledEntity } from './entity.ts'
import { SlotIndex } from './slot-index.ts'
import { Vector, type VectorNode, type VisitDifference, WIDTH } from './vector.ts'

/** Stands where an entity was removed. */
const TOMBSTONE = Symbol('removed')

/** Whether a slot of a vector holds an entity: not a gap, and not what stands where one was removed. */
export const isEntity = (item: unknown): boolean => item !== undefined && item !== TOMBSTONE

export class PersistentCollection<Entity> implements Collection<Entity> {
  /** What `structuredClone` stumbles on; see contents.ts. */
  readonly cloning: symbol
  /** What libraries compare; see contents.ts. */
  readonly contents: object
  readonly #size: number
  #index: SlotIndex
  #vector: Vector
  /** Its number among the versions of its index. */
  #step: number

  private constructor(index: SlotIndex, vector: Vector, size: number, step: number) {
    this.#index = index
    this.#vector = vector
    this.#size = size
    this.#step = step
    this.cloning = CLONING
    this.contents = contentsOf(this)
    Object.freeze(this)
  }

  get size(): number {
    return this.#size
  }

  /** A collection of nothing, with an index of its own. */
  static empty<Entity>(): PersistentCollection<Entity> {
    return new PersistentCollection(new SlotIndex(), Vector.empty, 0, 0)
  }

  /** For tests, which count what two versions share. */
  static rootOf(of: PersistentCollection<unknown>): VectorNode {
    return of.#vector.root
  }

  get(id: string): Immutable<Entity> | undefined {
    return this.#entityIn(this.#slotOf(id))
  }

  has(id: string): boolean {
    return this.#slotOf(id) >= 0
  }

  *ids(): Generator<string, undefined> {
    for (const [id] of this.entries()) yield id
  }

  *values(): Generator<Immutable<Entity>, undefined> {
    for (const [, entity] of this.entries()) yield entity
  }

  *entries(): Generator<[id: string, entity: Immutable<Entity>], undefined> {
    const { ids } = this.#index
    const vector = this.#vector // both are kept: the collection may move while somebody walks
    for (let first = 0; first < vector.length; first += WIDTH) {
      const leaf = vector.leafOf(first) ?? []
      for (let at = 0; at < leaf.length; at += 1) {
        // The casts hold because every slot of the vector is one of the index, and holds an entity if it
        // holds neither nothing nor a tombstone.
        if (isEntity(leaf[at])) yield [ids[first + at] as string, leaf[at] as Immutable<Entity>]
      }
    }
  }

  [Symbol.iterator](): Generator<[id: string, entity: Immutable<Entity>], undefined> {
    return this.entries()
  }

  set(id: string, entity: Entity | Immutable<Entity>): PersistentCollection<Entity> {
    return this.#put(id, entity)
  }

  update(id: string, recipe: (draft: Draft<Entity>) => void | Entity | Draft<Entity>): Collection<Entity> {
    const previous = this.get(id)
    return previous === undefined ? this : this.#put(id, runEntityRecipe(previous, recipe))
  }

  remove(id: string): Collection<Entity> {
    const slot = this.#slotOf(id)
    if (slot < 0) return this
    const vector = this.#vector.with(slot, TOMBSTONE)
    const rest = this.#stepTo(slot, vector, this.size - 1)
    return rest.#isSparse(vector.length) ? rest.#rebuilt() : rest
  }

  upsertMany(
    entries: Iterable<readonly [id: string, entity: Entity | Immutable<Entity>]>,
  ): PersistentCollection<Entity> {
    const edit = new Set<VectorNode>()
    let next: PersistentCollection<Entity> = this
    for (const [id, entity] of entries) next = next.#put(id, entity, edit)
    return next
  }

  diff(earlier: Collection<Entity>): CollectionDiff {
    const diff = { added: [] as string[], updated: [] as string[], removed: [] as string[] }
    const note = (id: string, was: unknown, is: unknown): void => {
      const list = was === undefined ? diff.added : is === undefined ? diff.removed : diff.updated
      list.push(id)
    }
    const { ids } = this.#index
    const visit: VisitChange = (place, was, is) => {
      note(ids[place] as string, was, is)
      return true
    }
    if (!visitChanges(earlier, this, visit)) compareIds(earlier, this, note)
    return diff
  }

  toJSON(): [id: string, entity: Immutable<Entity>][] {
    return [...this.entries()]
  }

  static placesOf(of: PersistentCollection<unknown>): Places {
    return of.#index
  }

  /** What two versions of one index are made of; `undefined` for others. */
  static slotsOf(before: Collection<unknown>, after: Collection<unknown>): Slots | undefined {
    // A collection may be of the other copy of the package, whose private fields cannot be read.
    if (!(#index in before && #index in after) || before.#index !== after.#index) return undefined
    const step = after.#index.stepBetween(before.#step, after.#step)
    return { index: after.#index, before: before.#vector, after: after.#vector, step }
  }

  /** Where an id is, or -1; see slot-index.ts. */
  #slotOf(id: string): number {
    let slot = this.#index.newestOf(id)
    while (slot !== undefined) {
      const item = this.#vector.get(slot)
      if (item === TOMBSTONE) return -1
      if (item !== undefined) return slot
      if (this.#index.isLitter) {
        this.#move()
        return this.#index.newestOf(id) ?? -1
      }
      slot = this.#index.earlierThan(slot)
    }
    return -1
  }

  #entityIn(slot: number): Immutable<Entity> | undefined {
    return slot < 0 ? undefined : (this.#vector.get(slot) as Immutable<Entity>)
  }

  #put(id: string, entity: unknown, edit?: Set<VectorNode>): PersistentCollection<Entity> {
    requireId(id)
    const found = this.#slotOf(id)
    const previous = this.#entityIn(found)
    if (found >= 0 && Object.is(previous, entity)) return this
    const index = this.#index
    const settled = settledEntity(entity, previous)
    // A getter that looked at this version may have moved it.
    const slot = this.#index === index ? found : this.#slotOf(id)
    if (slot < 0) return this.#append(id, settled, edit)
    return this.#stepTo(slot, this.#vector.with(slot, settled, edit), this.size)
  }

  #append(id: string, entity: unknown, edit?: Set<VectorNode>): PersistentCollection<Entity> {
    if (this.#isSparse(this.#index.ids.length)) this.#move()
    const slot = this.#index.append(id, this.#vector.length)
    return this.#stepTo(slot, this.#vector.with(slot, entity, edit), this.size + 1)
  }

  /** The version that a write to one slot has made of this one. */
  #stepTo(slot: number, vector: Vector, size: number): PersistentCollection<Entity> {
    return new PersistentCollection(this.#index, vector, size, this.#index.step(this.#step, slot))
  }

  /** Whether, of so many slots, more than half are not alive here; a few never matter. */
  #isSparse(slots: number): boolean {
    return slots - this.size > Math.max(this.size, WIDTH)
  }

  /** Moves the living of this very version: those who branch from it often find an index without litter. */
  #move(): void {
    const moved = this.#rebuilt()
    this.#index = moved.#index
    this.#vector = moved.#vector
    this.#step = moved.#step
  }

  #rebuilt(): PersistentCollection<Entity> {
    return PersistentCollection.empty<Entity>().upsertMany(this)
  }
}

/** Two versions of one index, and what either has in its slots. */
export interface Slots {
  readonly index: SlotIndex
  readonly before: Vector
  readonly after: Vector
  /** The only slot in which they differ, where that is known; else -1. */
  readonly step: number
}

/** Visits the slots in which two versions differ, in order; false if the walk was ended. */
export function visitSlots({ before, after, step }: Slots, visit: VisitDifference): boolean {
  if (step < 0) return before.differences(after, visit)
  const was = before.get(step)
  const is = after.get(step)
  return Object.is(was, is) || visit(step, was, is)
}

/** Compares only what the two do not share. */
function visitChanges(before: Collection<unknown>, after: Collection<unknown>, visit: VisitChange): boolean {
  const slots = PersistentCollection.slotsOf(before, after)
  if (slots === undefined) return false
  const { index } = slots
  return visitSlots(slots, (slot, was, is) => {
    if (isEntity(was)) {
      if (isEntity(is)) return visit(index.placeAt(slot), was, is)
      // Where it has left its slot, it may have been added again in another one.
      const entity = after.get(index.ids[slot] as string)
      return Object.is(entity, was) || visit(index.placeAt(slot), was, entity)
    }
    return !isEntity(is) || before.has(index.ids[slot] as string) || visit(index.placeAt(slot), undefined, is)
  })
}

/** Compares every entity: for two collections that share nothing. */
function compareIds(
  before: Collection<unknown>,
  after: Collection<unknown>,
  note: (id: string, was: unknown, is: unknown) => void,
): void {
  for (const [id, was] of before) {
    const is = after.get(id)
    if (!Object.is(was, is)) note(id, was, is)
  }
  for (const [id, is] of after) if (!before.has(id)) note(id, undefined, is)
}

markCollection(PersistentCollection.prototype, { placesOf: PersistentCollection.placesOf, visitChanges })
