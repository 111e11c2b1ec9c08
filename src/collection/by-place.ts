/**
 * What somebody keeps for many keys, mostly ids of a collection: a Map, but by the places of the ids an array.
 *
 *   ids       r1  r2  r3  …          shared by all versions of the collection, only ever appended to
 *   placed    [ V   ·   V  … ]       something for r1 and r3, nothing for r2
 *
 * A comparison of two versions says which places differ, so what is kept for them is found with one array load, and
 * costs a slot and no entry of a Map. Keys that the collection has never had are in a Map.
 *
 * Made by {@link Places.keyed}, so that who follows entities need not load what makes them.
 */
import type { Places } from './collection.ts'

export class ByPlace<Value> {
  size = 0
  readonly places: Places
  readonly #placed: (Value | undefined)[] = []
  readonly #others = new Map<unknown, Value>()

  constructor(places: Places) {
    this.places = places
  }

  /** What is kept for the id of a place. */
  at(place: number): Value | undefined {
    const value = this.#placed[place]
    return value !== undefined || this.#others.size === 0 ? value : this.#others.get(this.places.ids[place])
  }

  get(key: unknown): Value | undefined {
    const place = this.#placeOf(key)
    return place === undefined ? this.#others.get(key) : this.at(place)
  }

  set(key: unknown, value: Value): void {
    this.delete(key)
    this.size += 1
    const place = this.#placeOf(key)
    if (place === undefined) this.#others.set(key, value)
    else this.#placed[place] = value
  }

  delete(key: unknown): void {
    if (this.get(key) === undefined) return
    this.size -= 1
    // The cast holds: whoever is not among the others has a place.
    if (!this.#others.delete(key)) this.#placed[this.#placeOf(key) as number] = undefined
  }

  values(): Value[] {
    // The array may be sparse: a walk by index would visit each hole.
    const all = [...Object.values(this.#placed), ...this.#others.values()]
    return all.filter((value) => value !== undefined)
  }

  // The cast holds: the Map behind it has no place for any other key.
  #placeOf(key: unknown): number | undefined {
    return this.places.placeOf(key as string)
  }
}
