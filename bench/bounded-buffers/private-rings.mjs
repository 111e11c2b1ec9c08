/** What one writes by hand: an array with a head and a size for each consumer, fed in a loop. */
class Ring {
  items
  head = 0
  size = 0
  dropped = 0

  constructor(capacity) {
    this.items = new Array(capacity).fill(0)
  }

  push(item) {
    const { items } = this
    if (this.size === items.length) {
      items[this.head] = item
      this.head = this.head + 1 === items.length ? 0 : this.head + 1
      this.dropped += 1
      return
    }
    const end = this.head + this.size
    items[end < items.length ? end : end - items.length] = item
    this.size += 1
  }

  shift() {
    if (this.size === 0) return undefined
    const item = this.items[this.head]
    this.head = this.head + 1 === this.items.length ? 0 : this.head + 1
    this.size -= 1
    return item
  }
}

export function open({ buffers, capacity, takes }) {
  const rings = Array.from({ length: buffers }, () => new Ring(capacity))
  return {
    publish(first, count) {
      let hash = 0
      for (let value = first; value < first + count; value += 1) {
        for (const ring of rings) ring.push(value)
        if (takes) for (const ring of rings) hash = (hash * 31 + ring.shift()) | 0
      }
      return hash
    },
    dropped: () => rings.map((ring) => ring.dropped),
    drain: () =>
      rings.map((ring) => {
        const values = []
        while (ring.size > 0) values.push(ring.shift())
        return values
      }),
  }
}
