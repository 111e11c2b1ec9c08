/** alien-signals: a signal for each value, written in place. It keeps no snapshots. */
import { effect, signal } from 'alien-signals'

const signalsOf = (entities) => new Map(Object.entries(entities).map(([id, robot]) => [id, signal(robot)]))

export default {
  name: 'alien-signals',
  keepsSnapshots: false,

  scalars(initial) {
    const signals = Object.fromEntries(Object.entries(initial).map(([key, value]) => [key, signal(value)]))
    return { write: (n) => signals.a(n), snapshot: () => signals, a: (live) => live.a() }
  },

  entities(entities) {
    const robots = signalsOf(entities)
    return {
      write(id, n) {
        const robot = robots.get(id)
        robot({ ...robot(), x: n })
      },
      snapshot: () => robots,
      x: (live, id) => live.get(id)().x,
    }
  },

  watched() {
    const value = signal(0)
    return {
      write: (n) => value(n),
      read: () => value(),
      subscribe: (callback) =>
        effect(() => {
          callback(value())
        }),
    }
  },

  keyed(entities) {
    const robots = signalsOf(entities)
    return {
      write(id, n) {
        const robot = robots.get(id)
        robot({ ...robot(), x: n })
      },
      subscribe(id, callback) {
        const robot = robots.get(id)
        return effect(() => {
          callback(robot())
        })
      },
    }
  },
}
