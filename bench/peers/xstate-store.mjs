/** `@xstate/store`: a context and pure functions by event. */
import { createStore } from '@xstate/store'

const AFTER = { A: 'B', B: 'C', C: 'D', D: 'E', E: 'A' }

const openEntities = (entities) =>
  createStore({
    context: { robots: entities },
    on: {
      written: (context, { id, n }) => ({
        ...context,
        robots: { ...context.robots, [id]: { ...context.robots[id], x: n } },
      }),
    },
  })

export default {
  name: 'xstate/store',
  keepsSnapshots: true,

  scalars(initial) {
    const store = createStore({
      context: { ...initial },
      on: { written: (context, { n }) => ({ ...context, a: n }) },
    })
    return {
      write: (n) => store.send({ type: 'written', n }),
      snapshot: () => store.getSnapshot().context,
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const store = openEntities(entities)
    return {
      write: (id, n) => store.send({ type: 'written', id, n }),
      snapshot: () => store.getSnapshot().context,
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  watched() {
    const store = createStore({ context: { n: 0 }, on: { written: (_context, { n }) => ({ n }) } })
    return {
      write: (n) => store.send({ type: 'written', n }),
      read: () => store.getSnapshot().context.n,
      subscribe(callback) {
        const subscription = store.subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  keyed(entities) {
    const store = openEntities(entities)
    return {
      write: (id, n) => store.send({ type: 'written', id, n }),
      subscribe(id, callback) {
        const subscription = store.select((context) => context.robots[id]).subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  machine() {
    const store = createStore({
      context: { state: 'A' },
      on: {
        NEXT: (context, event) =>
          context.state === 'C' && !(event.count > 0) ? context : { ...context, state: AFTER[context.state] },
      },
    })
    return { send: (event) => store.send(event), state: () => store.getSnapshot().context.state }
  },
}
