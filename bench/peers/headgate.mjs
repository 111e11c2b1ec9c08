/** A store as its users write it, with every default. Entities are in a `collection`. */
import { Subject } from 'rxjs'
import { headgate } from '../support/headgate.mjs'
import { Skip } from '../support/skip.mjs'

const { buffer, collection, createMachineStore, createStore, defineMachine, latest } = headgate

function requireCollection() {
  if (collection === undefined) throw new Skip('this build exports no `collection`')
}

export default {
  name: 'Headgate',
  keepsSnapshots: true,

  scalars(initial) {
    const store = createStore({ ...initial })
    return {
      write: (n) => store.set({ ...store.state, a: n }),
      snapshot: () => store.snapshot,
      a: ({ state }) => state.a,
    }
  },

  scalarRecipe(initial) {
    const store = createStore({ ...initial })
    return {
      write: (n) =>
        store.update((draft) => {
          draft.a = n
        }),
      snapshot: () => store.snapshot,
      a: ({ state }) => state.a,
    }
  },

  entities(entities) {
    requireCollection()
    const store = createStore({ robots: collection(Object.entries(entities)) })
    return {
      write(id, n) {
        const { robots } = store.state
        store.set({ robots: robots.set(id, { ...robots.get(id), x: n }) })
      },
      snapshot: () => store.snapshot,
      x: ({ state }, id) => state.robots.get(id).x,
    }
  },

  entityRecipe(entities) {
    requireCollection()
    const store = createStore({ robots: collection(Object.entries(entities)) })
    return {
      write: (id, n) =>
        store.update((draft) => {
          draft.robots = draft.robots.update(id, (robot) => {
            robot.x = n
          })
        }),
      snapshot: () => store.snapshot,
      x: ({ state }, id) => state.robots.get(id).x,
    }
  },

  arrayRecipe(numbers) {
    const store = createStore({ numbers })
    return {
      write: (index, n) =>
        store.update((draft) => {
          draft.numbers[index] = n
        }),
      snapshot: () => store.snapshot,
      at: ({ state }, index) => state.numbers[index],
    }
  },

  watched: () => watched(latest()),

  promises() {
    const store = createStore(0, { onFault: () => {} })
    return { write: (n) => store.set(n), subscribe: (consumer) => store.subscribe(consumer) }
  },

  keyed(entities) {
    requireCollection()
    const store = createStore({ robots: collection(Object.entries(entities)) })
    return {
      write(id, n) {
        const { robots } = store.state
        store.set({ robots: robots.set(id, { ...robots.get(id), x: n }) })
      },
      subscribe(id, callback) {
        const subscription = store.select('robots', id).subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  machine: () => machine(),

  bounded({ buffers, capacity, takes }) {
    const policy = buffer({ capacity, overflow: 'drop-oldest' })
    return takes ? openStreams(buffers, policy) : openBusy(buffers, policy)
  },
}

export function watched(policy) {
  const store = createStore(0)
  return {
    write: (n) => store.set(n),
    read: () => store.state,
    subscribe: (callback) => store.subscribe(callback, { policy }),
  }
}

export function machine(historyLimit) {
  const ring = defineMachine({
    id: 'ring',
    initial: 'A',
    context: {},
    ...(historyLimit === undefined ? {} : { historyLimit }),
    states: {
      A: { on: { NEXT: 'B' } },
      B: { on: { NEXT: 'C' } },
      C: { on: { NEXT: { target: 'D', guard: (_context, event) => event.count > 0 } } },
      D: { on: { NEXT: 'E' } },
      E: { on: { NEXT: 'A' } },
    },
  })
  const store = createMachineStore(ring)
  return { send: (event) => store.send(event), state: () => store.current }
}

/** Subscribers that work on what the replay gave them until the end, so that everything after it has to wait. */
function openBusy(buffers, policy) {
  const store = createStore(0)
  const work = new Subject()
  const held = Array.from({ length: buffers }, () => [])
  const handles = held.map((values) =>
    store.subscribe(
      ({ state, version }) => {
        if (version === 0) return work
        values.push(state)
        return undefined
      },
      { policy },
    ),
  )
  return {
    publish(first, count) {
      for (let value = first; value < first + count; value += 1) store.set(value)
      return 0
    },
    dropped: () => handles.map((handle) => handle.stats().dropped),
    drain() {
      work.complete()
      return held
    },
  }
}

/** Streams that are polled: each poll is demand for one. */
function openStreams(buffers, policy) {
  const store = createStore(0)
  const streams = Array.from({ length: buffers }, () => store.stream({ policy, replay: false }))
  return {
    publish(first, count) {
      let hash = 0
      for (let value = first; value < first + count; value += 1) {
        store.set(value)
        for (const stream of streams) hash = (hash * 31 + stream.poll().state) | 0
      }
      return hash
    },
    dropped: () => streams.map((stream) => stream.stats().dropped),
    drain: () =>
      streams.map((stream) => {
        const values = []
        for (let next = stream.poll(); next !== undefined; next = stream.poll()) values.push(next.state)
        return values
      }),
  }
}
