/**
 * A first-in first-out queue with an exact bound.
 *
 * The slots are a plain array whose length is a power of two, so that an index wraps with a mask. It
 * starts small and doubles up to the capacity: a bound of a million costs nothing until it is used.
 *
 *        head                tail = head + size
 *         v                   v
 *   [ . . a b c d e f g h i j . . . . ]        index & mask
 *
 * Rejected: `array.shift()`, which moves every item (27 µs at 10 000); a linked list, which allocates a
 * node for every item.
 *
 * Invariants: `size <= capacity`; a slot outside head..tail holds `undefined`, so nothing that left the
 * queue is kept alive by it.
 */
export class RingBuffer<T> {
  readonly capacity: number
  #slots: (T | undefined)[] = new Array(8)
  #head = 0
  #size = 0

  /** @param capacity - an integer from 1, or `Infinity`. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#size >= this.capacity
  }

  /** Appends an item. The caller has checked that there is room. */
  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item
    this.#size += 1
  }

  /** Removes and returns the oldest item; `undefined` when there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#size -= 1
    return item
  }

  /** Removes and returns everything, oldest first. */
  drain(): T[] {
    const mask = this.#slots.length - 1
    // The cast holds because the slots from head to tail are always filled.
    const items = Array.from({ length: this.#size }, (_, i) => this.#slots[(this.#head + i) & mask] as T)
    this.#slots = new Array(8)
    this.#head = 0
    this.#size = 0
    return items
  }

  #grow(): void {
    const { length } = this.#slots
    const wider = new Array<T | undefined>(length * 2)
    for (let i = 0; i < length; i += 1) wider[i] = this.#slots[(this.#head + i) & (length - 1)]
    this.#slots = wider
    this.#head = 0
  }
}
