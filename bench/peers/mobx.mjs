/** MobX: observable objects written in place, in actions. It keeps no snapshots. */
import { autorun, observable, runInAction } from 'mobx'

export default {
  name: 'MobX',
  keepsSnapshots: false,

  scalars(initial) {
    const state = observable({ ...initial })
    return {
      write: (n) =>
        runInAction(() => {
          state.a = n
        }),
      snapshot: () => state,
      a: (live) => live.a,
    }
  },

  entities(entities) {
    const robots = observable.map(Object.entries(entities))
    return {
      write: (id, n) =>
        runInAction(() => {
          robots.get(id).x = n
        }),
      snapshot: () => robots,
      x: (live, id) => live.get(id).x,
    }
  },

  arrayRecipe(numbers) {
    const list = observable.array(numbers)
    return {
      write: (index, n) =>
        runInAction(() => {
          list[index] = n
        }),
      snapshot: () => list,
      at: (live, index) => live[index],
    }
  },

  watched() {
    const value = observable.box(0)
    return {
      write: (n) => runInAction(() => value.set(n)),
      read: () => value.get(),
      subscribe: (callback) => autorun(() => callback(value.get())),
    }
  },

  keyed(entities) {
    const robots = observable.map(Object.entries(entities))
    return {
      write: (id, n) =>
        runInAction(() => {
          robots.get(id).x = n
        }),
      subscribe(id, callback) {
        const robot = robots.get(id)
        return autorun(() => callback(robot.x))
      },
    }
  },
}
