/**
 * Valtio: proxies written in place, subscribers told synchronously. A snapshot is made when asked for
 * (`snapshot(state)`), which is not part of a write here.
 */
import { proxy, subscribe } from 'valtio/vanilla'

export default {
  name: 'valtio',
  keepsSnapshots: false,

  scalars(initial) {
    const state = proxy({ ...initial })
    return {
      write(n) {
        state.a = n
      },
      snapshot: () => state,
      a: (live) => live.a,
    }
  },

  entities(entities) {
    const state = proxy({ robots: entities })
    return {
      write(id, n) {
        state.robots[id].x = n
      },
      snapshot: () => state,
      x: (live, id) => live.robots[id].x,
    }
  },

  arrayRecipe(numbers) {
    const state = proxy({ numbers })
    return {
      write(index, n) {
        state.numbers[index] = n
      },
      snapshot: () => state,
      at: (live, index) => live.numbers[index],
    }
  },

  watched() {
    const state = proxy({ n: 0 })
    return {
      write(n) {
        state.n = n
      },
      read: () => state.n,
      subscribe: (callback) => subscribe(state, callback, true),
    }
  },

  keyed(entities) {
    const state = proxy({ robots: entities })
    return {
      write(id, n) {
        state.robots[id].x = n
      },
      subscribe: (id, callback) => subscribe(state.robots[id], callback, true),
    }
  },
}
