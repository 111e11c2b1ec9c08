/** Zustand's vanilla store; recipes by its immer middleware, selectors by `subscribeWithSelector`. */
import { subscribeWithSelector } from 'zustand/middleware'
import { immer } from 'zustand/middleware/immer'
import { createStore } from 'zustand/vanilla'

export default {
  name: 'zustand',
  keepsSnapshots: true,

  scalars(initial) {
    const store = createStore(() => ({ ...initial }))
    return {
      write: (n) => store.setState({ a: n }),
      snapshot: () => store.getState(),
      a: (snapshot) => snapshot.a,
    }
  },

  scalarRecipe(initial) {
    const store = createStore(immer(() => ({ ...initial })))
    return {
      write: (n) =>
        store.setState((draft) => {
          draft.a = n
        }),
      snapshot: () => store.getState(),
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const store = createStore(() => ({ robots: entities }))
    return {
      write: (id, n) =>
        store.setState(({ robots }) => ({ robots: { ...robots, [id]: { ...robots[id], x: n } } })),
      snapshot: () => store.getState(),
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  entityRecipe(entities) {
    const store = createStore(immer(() => ({ robots: entities })))
    return {
      write: (id, n) =>
        store.setState((draft) => {
          draft.robots[id].x = n
        }),
      snapshot: () => store.getState(),
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  arrayRecipe(numbers) {
    const store = createStore(immer(() => ({ numbers })))
    return {
      write: (index, n) =>
        store.setState((draft) => {
          draft.numbers[index] = n
        }),
      snapshot: () => store.getState(),
      at: (snapshot, index) => snapshot.numbers[index],
    }
  },

  watched() {
    const store = createStore(() => ({ n: 0 }))
    return {
      write: (n) => store.setState({ n }),
      read: () => store.getState().n,
      subscribe: (callback) => store.subscribe(callback),
    }
  },

  keyed(entities) {
    const store = createStore(subscribeWithSelector(() => ({ robots: entities })))
    return {
      write: (id, n) =>
        store.setState(({ robots }) => ({ robots: { ...robots, [id]: { ...robots[id], x: n } } })),
      subscribe: (id, callback) => store.subscribe((state) => state.robots[id], callback),
    }
  },
}
