/** The other libraries, each as its documentation says. */
import { configureStore, createSlice } from '@reduxjs/toolkit'
import { atom, createStore as createAtoms, useAtomValue } from 'jotai'
import { observable, runInAction } from 'mobx'
import { observer } from 'mobx-react-lite'
import { Provider, useSelector } from 'react-redux'
import { proxy, useSnapshot } from 'valtio'
import { createStore, useStore } from 'zustand'

const record = (ids) => Object.fromEntries(ids.map((id) => [id, 0]))

const zustand = {
  counter() {
    const store = createStore(() => ({ count: 0 }))
    return {
      useCount: () => useStore(store, ({ count }) => count),
      change: (by) => store.setState(({ count }) => ({ count: by(count) })),
    }
  },
  entities(ids) {
    const store = createStore(() => ({ entities: record(ids) }))
    return {
      useEntity: (id) => useStore(store, ({ entities }) => entities[id]),
      write: (id, value) => store.setState(({ entities }) => ({ entities: { ...entities, [id]: value } })),
    }
  },
}

const jotai = {
  counter() {
    const store = createAtoms()
    const count = atom(0)
    return {
      useCount: () => useAtomValue(count, { store }),
      change: (by) => store.set(count, by(store.get(count))),
    }
  },
  entities(ids) {
    const store = createAtoms()
    const atoms = Object.fromEntries(ids.map((id) => [id, atom(0)]))
    return {
      useEntity: (id) => useAtomValue(atoms[id], { store }),
      write: (id, value) => store.set(atoms[id], value),
    }
  },
}

function redux(initialState, reducer) {
  const slice = createSlice({ name: 'suite', initialState, reducers: { change: reducer } })
  const store = configureStore({
    reducer: slice.reducer,
    middleware: (defaults) => defaults({ serializableCheck: false, immutableCheck: false }),
  })
  const { change } = slice.actions
  return { store, change: (payload) => store.dispatch(change(payload)) }
}

const reactRedux = {
  counter() {
    const { store, change } = redux({ count: 0 }, (state, { payload }) => {
      state.count = payload
    })
    return {
      Provider: ({ children }) => <Provider store={store}>{children}</Provider>,
      useCount: () => useSelector(({ count }) => count),
      change: (by) => change(by(store.getState().count)),
    }
  },
  entities(ids) {
    const { store, change } = redux(record(ids), (state, { payload: [id, value] }) => {
      state[id] = value
    })
    return {
      Provider: ({ children }) => <Provider store={store}>{children}</Provider>,
      useEntity: (id) => useSelector((state) => state[id]),
      write: (id, value) => change([id, value]),
    }
  },
}

const valtio = {
  counter() {
    const state = proxy({ count: 0 })
    return {
      useCount: () => useSnapshot(state, { sync: true }).count,
      change: (by) => {
        state.count = by(state.count)
      },
    }
  },
  entities(ids) {
    const state = Object.fromEntries(ids.map((id) => [id, proxy({ value: 0 })]))
    return {
      useEntity: (id) => useSnapshot(state[id], { sync: true }).value,
      write: (id, value) => {
        state[id].value = value
      },
    }
  },
}

const mobx = {
  counter() {
    const state = observable({ count: 0 })
    return {
      wrap: observer,
      useCount: () => state.count,
      change: (by) =>
        runInAction(() => {
          state.count = by(state.count)
        }),
    }
  },
  entities(ids) {
    const state = observable.map(record(ids))
    return {
      wrap: observer,
      useEntity: (id) => state.get(id),
      write: (id, value) => runInAction(() => state.set(id, value)),
    }
  },
}

export const peers = { zustand, jotai, 'react-redux': reactRedux, valtio, 'mobx-react-lite': mobx }
