/** Redux Toolkit: a plain reducer for plain writes, `createSlice` and an entity adapter for recipes. */
import { configureStore, createEntityAdapter, createSlice } from '@reduxjs/toolkit'

const written = (id, n) => ({ type: 'written', id, n })

function reduceEntity(state, action) {
  if (action.type !== 'written') return state
  const { id, n } = action
  return { ...state, robots: { ...state.robots, [id]: { ...state.robots[id], x: n } } }
}

const plainStore = (robots) => configureStore({ reducer: reduceEntity, preloadedState: { robots } })

export default {
  name: 'Redux Toolkit',
  keepsSnapshots: true,

  scalars(initial) {
    const reducer = (state, action) => (action.type === 'written' ? { ...state, a: action.n } : state)
    const store = configureStore({ reducer, preloadedState: { ...initial } })
    return {
      write: (n) => store.dispatch(written('a', n)),
      snapshot: () => store.getState(),
      a: (snapshot) => snapshot.a,
    }
  },

  scalarRecipe(initial) {
    const slice = createSlice({
      name: 'scalars',
      initialState: { ...initial },
      reducers: {
        written(draft, { payload }) {
          draft.a = payload
        },
      },
    })
    const store = configureStore({ reducer: slice.reducer })
    return {
      write: (n) => store.dispatch(slice.actions.written(n)),
      snapshot: () => store.getState(),
      a: (snapshot) => snapshot.a,
    }
  },

  entities(entities) {
    const store = plainStore(entities)
    return {
      write: (id, n) => store.dispatch(written(id, n)),
      snapshot: () => store.getState(),
      x: (snapshot, id) => snapshot.robots[id].x,
    }
  },

  entityRecipe(entities) {
    const adapter = createEntityAdapter()
    const slice = createSlice({
      name: 'robots',
      initialState: adapter.getInitialState(undefined, Object.values(entities)),
      reducers: { moved: adapter.updateOne },
    })
    const store = configureStore({ reducer: slice.reducer })
    return {
      write: (id, n) => store.dispatch(slice.actions.moved({ id, changes: { x: n } })),
      snapshot: () => store.getState(),
      x: (snapshot, id) => snapshot.entities[id].x,
    }
  },

  arrayRecipe(numbers) {
    const slice = createSlice({
      name: 'numbers',
      initialState: numbers,
      reducers: {
        written(draft, { payload: { index, n } }) {
          draft[index] = n
        },
      },
    })
    const store = configureStore({ reducer: slice.reducer })
    return {
      write: (index, n) => store.dispatch(slice.actions.written({ index, n })),
      snapshot: () => store.getState(),
      at: (snapshot, index) => snapshot[index],
    }
  },

  watched() {
    const reducer = (state = 0, action) => (action.type === 'written' ? action.n : state)
    // Without the enhancer that batches by animation frame for actions that ask for it, as none asks.
    const store = configureStore({ reducer, enhancers: (defaults) => defaults({ autoBatch: false }) })
    return {
      write: (n) => store.dispatch(written('n', n)),
      read: () => store.getState(),
      subscribe: (callback) => store.subscribe(callback),
    }
  },

  keyed(entities) {
    const store = plainStore(entities)
    return {
      write: (id, n) => store.dispatch(written(id, n)),
      subscribe(id, callback) {
        let known = store.getState().robots[id]
        return store.subscribe(() => {
          const robot = store.getState().robots[id]
          if (robot === known) return
          known = robot
          callback()
        })
      },
    }
  },
}
