/**
 * The order of a collection's ids while some are put between others: a linked list with a map to its places.
 *
 *   HEAD ⇄ r1 ⇄ r3 ⇄ HEAD      insert('r2', 'r3')  →  HEAD ⇄ r1 ⇄ r2 ⇄ r3 ⇄ HEAD
 */
interface Place {
  readonly id: string
  previous: Place
  next: Place
}

export class IdOrder {
  readonly #places = new Map<string, Place>()
  readonly #head: Place

  constructor(ids: Iterable<string>) {
    const head = { id: '' } as Place // it is its own neighbour, so it can only be finished now
    head.previous = head
    head.next = head
    this.#head = head
    for (const id of ids) this.insert(id)
  }

  /** Puts an id that is not there ahead of another; at the end where that one is not there. */
  insert(id: string, before?: string): void {
    const next = (before === undefined ? undefined : this.#places.get(before)) ?? this.#head
    const place = { id, previous: next.previous, next }
    next.previous.next = place
    next.previous = place
    this.#places.set(id, place)
  }

  remove(id: string): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    place.previous.next = place.next
    place.next.previous = place.previous
    this.#places.delete(id)
  }

  *[Symbol.iterator](): Generator<string, undefined> {
    for (let place = this.#head.next; place !== this.#head; place = place.next) yield place.id
  }
}
