/**
 * Whoever looks below a place of the trie, by key: a Map, but below a collection an array by the places of its ids.
 *
 *   ids       r1  r2  r3  …          shared by all versions of the collection, only ever appended to
 *   children  [ L   ·   N  … ]       L looks at r1, nobody at r2, more than one at or below r3
 *
 * A comparison of two versions says which places differ, so it finds those to wake with one array load, and an entity
 * that is followed costs a slot here and no entry of a Map. Ids that the collection has never had are in a Map.
 */
import type { Places } from '../../collection/index.ts'

export interface Children<Child> {
  readonly size: number
  get(key: unknown): Child | undefined
  set(key: unknown, child: Child): unknown
  delete(key: unknown): unknown
  values(): Iterable<Child>
}

export class ChildrenByPlace<Child> implements Children<Child> {
  size = 0
  readonly places: Places
  readonly #placed: (Child | undefined)[] = []
  readonly #others = new Map<unknown, Child>()

  constructor(places: Places, others?: Children<Child & { readonly key: unknown }>) {
    this.places = places
    for (const child of others?.values() ?? []) this.set(child.key, child)
  }

  /** Whoever looks at the id of a place. */
  at(place: number): Child | undefined {
    const child = this.#placed[place]
    return child !== undefined || this.#others.size === 0 ? child : this.#others.get(this.places.ids[place])
  }

  get(key: unknown): Child | undefined {
    const place = this.#placeOf(key)
    return place === undefined ? this.#others.get(key) : this.at(place)
  }

  set(key: unknown, child: Child): void {
    this.delete(key)
    this.size += 1
    const place = this.#placeOf(key)
    if (place === undefined) this.#others.set(key, child)
    else this.#placed[place] = child
  }

  delete(key: unknown): void {
    if (this.get(key) === undefined) return
    this.size -= 1
    // The cast holds: whoever is not among the others has a place.
    if (!this.#others.delete(key)) this.#placed[this.#placeOf(key) as number] = undefined
  }

  values(): Child[] {
    // The array may be sparse: a walk by index would visit each hole.
    const all = [...Object.values(this.#placed), ...this.#others.values()]
    return all.filter((child) => child !== undefined)
  }

  // The cast holds: the Map behind it has no place for any other key.
  #placeOf(key: unknown): number | undefined {
    return this.places.placeOf(key as string)
  }
}
