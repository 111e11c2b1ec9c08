/**
 * What one would write for the one case alone: a literal copy, an array of callbacks, a table, a ring. It
 * guarantees nothing, and shows where the limit is.
 */
export default {
  name: 'by hand',
  reference: true,
  keepsSnapshots: true,

  scalars(initial) {
    let state = { ...initial }
    return {
      write(n) {
        const { b, c, d, e, f, g, h } = state
        state = { a: n, b, c, d, e, f, g, h }
      },
      snapshot: () => state,
      a: (snapshot) => snapshot.a,
    }
  },

  arrayRecipe(numbers) {
    let state = numbers
    return {
      write(index, n) {
        const next = [...state]
        next[index] = n
        state = next
      },
      snapshot: () => state,
      at: (snapshot, index) => snapshot[index],
    }
  },

  watched() {
    let state = 0
    const callbacks = []
    const places = []
    return {
      write(n) {
        state = n
        for (let i = 0; i < callbacks.length; i += 1) callbacks[i](n)
      },
      read: () => state,
      subscribe(callback) {
        const place = { at: callbacks.length }
        callbacks.push(callback)
        places.push(place)
        return () => {
          // The last one takes the place: no search and no gap, but the order is lost.
          const last = places.pop()
          const moved = callbacks.pop()
          if (last === place) return
          callbacks[place.at] = moved
          places[place.at] = last
          last.at = place.at
        }
      },
    }
  },

  machine() {
    const table = { A: { NEXT: 'B' }, B: { NEXT: 'C' }, C: { NEXT: 'D' }, D: { NEXT: 'E' }, E: { NEXT: 'A' } }
    let state = { current: 'A', events: 0 }
    return {
      send(event) {
        const target = table[state.current][event.type]
        if (state.current === 'C' && !(event.count > 0)) return
        state = { current: target, events: state.events + 1 }
      },
      state: () => state.current,
    }
  },

  bounded({ buffers, capacity, takes }) {
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
  },
}

/** A ring of its own for each consumer: an array with a head and a size. */
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
