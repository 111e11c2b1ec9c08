/** Headgate as an adapter: synchronous by path, and through views of different pace. */
import { useEffect, useState } from 'react'
import {
  collection,
  createStore,
  frame,
  paced,
  type Readable,
  type SinglePolicy,
  throttle,
} from '../../src/index.ts'
import { useStore } from '../../src/react/index.ts'
import type { Adapter } from './adapter.ts'

function adapter(look: <S>(store: Readable<S>) => Readable<S>): Adapter {
  return {
    counter() {
      const store = createStore({ count: 0 })
      const shown = look(store)
      return {
        useCount: () => useStore(shown, 'count'),
        change: (by) => void store.set({ count: by(store.state.count) }),
      }
    },
    entities(ids) {
      const store = createStore({
        entities: collection(ids.map((id): [string, { value: number }] => [id, { value: 0 }])),
      })
      const shown = look(store)
      return {
        useEntity: (id) => useStore(shown, 'entities', id, 'value') ?? 0,
        write: (id, value) => void store.set({ entities: store.state.entities.set(id, { value }) }),
      }
    },
  }
}

const through = (policy: SinglePolicy): Adapter => adapter((store) => paced(store, policy))

/** What not to do: a policy in each component, which lets each show another version. */
const apart: Adapter = {
  ...adapter((store) => store),
  counter() {
    const store = createStore({ count: 0 })
    return {
      useCount: () => {
        const [count, show] = useState(store.published.state.count)
        useEffect(
          () => store.subscribe(({ state }) => show(state.count), { policy: throttle({ ms: 100 }) }),
          [],
        )
        return count
      },
      change: (by) => void store.set({ count: by(store.state.count) }),
    }
  },
}

export const headgate: Readonly<Record<string, Adapter>> = {
  headgate: adapter((store) => store),
  'headgate, frame()': through(frame()),
  'headgate, throttle(100)': through(throttle({ ms: 100 })),
  'headgate, a policy in each component': apart,
}
