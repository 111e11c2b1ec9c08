/** Nano Stores: an atom, and a map whose keys can be listened to. */
import { atom, listenKeys, map } from 'nanostores'

export default {
  name: 'nanostores',
  keepsSnapshots: true,

  scalars(initial) {
    const $state = map({ ...initial })
    return {
      write: (n) => $state.setKey('a', n),
      snapshot: () => $state.get(),
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const $robots = map(entities)
    return {
      write: (id, n) => $robots.setKey(id, { ...$robots.get()[id], x: n }),
      snapshot: () => $robots.get(),
      x: (snapshot, id) => snapshot[id].x,
    }
  },

  watched() {
    const $n = atom(0)
    return {
      write: (n) => $n.set(n),
      read: () => $n.get(),
      subscribe: (callback) => $n.listen(callback),
    }
  },

  keyed(entities) {
    const $robots = map(entities)
    return {
      write: (id, n) => $robots.setKey(id, { ...$robots.get()[id], x: n }),
      subscribe: (id, callback) => listenKeys($robots, [id], callback),
    }
  },
}
