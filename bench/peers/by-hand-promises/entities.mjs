/** Frozen versions of many entities: a tree of arrays of 32, of which a change copies the way to one entity. */
const BITS = 5
const WIDTH = 1 << BITS

export class Entities {
  /** Where each entity is; entities neither come nor go. */
  #places = new Map()
  #height = 0

  /** The tree of the first version. */
  constructor(entities) {
    let level = Object.entries(entities).map(([id, entity], place) => {
      this.#places.set(id, place)
      return Object.freeze({ ...entity })
    })
    for (; level.length > 1; this.#height += BITS) {
      level = Array.from({ length: Math.ceil(level.length / WIDTH) }, (_, i) =>
        Object.freeze(level.slice(i * WIDTH, (i + 1) * WIDTH)),
      )
    }
    this.first = level[0]
  }

  placeOf(id) {
    return this.#places.get(id)
  }

  at(tree, place) {
    let node = tree
    for (let shift = this.#height - BITS; shift >= 0; shift -= BITS)
      node = node[(place >> shift) & (WIDTH - 1)]
    return node
  }

  /** The tree with another entity in one place. */
  with(tree, place, entity) {
    return this.#with(tree, place, entity, this.#height - BITS)
  }

  #with(node, place, entity, shift) {
    if (shift < 0) return entity
    const i = (place >> shift) & (WIDTH - 1)
    const copy = [...node]
    copy[i] = this.#with(node[i], place, entity, shift - BITS)
    return Object.freeze(copy)
  }
}
