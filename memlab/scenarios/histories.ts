/** Histories of a store that lives on: their steps hold states, and their followers hold whoever made them. */
import { createHistory, type History } from '../../src/journal/index.ts'
import { createStore, type Store } from '../../src/store/index.ts'
import { type Tick, tickStore, writerOf } from '../support/claims.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A history that is disposed is let go of, with its steps and its functions.'

export const claims: readonly Claim[] = [
  {
    name: 'createHistory, disposed',
    create({ leak, witness }) {
      const store = tickStore()
      let histories: History<Tick>[] = []
      return {
        act(count) {
          for (let index = 0; index < count; index += 1) {
            const held = witness()
            const skip = (): boolean => {
              held.seen += 1
              return false
            }
            const history = createHistory(store, { skip, limit: 5 })
            history.changes$.subscribe(() => {
              held.seen += 1
            })
            histories.push(history)
          }
        },
        release() {
          const ending = histories
          histories = []
          if (leak) return
          for (const history of ending) history.dispose()
        },
        write: writerOf(() => store),
      }
    },
  },
  {
    name: 'steps behind the limit',
    create({ leak, witness }) {
      const store = createStore<{ readonly by: object }>({ by: {} }, { freeze: false })
      const history = createHistory(store, { limit: leak ? 1_000_000 : 2 })
      const write = (): void => {
        store.set({ by: {} })
      }
      return {
        act(count) {
          for (let index = 0; index < count; index += 1) store.set({ by: witness() })
          history.undo() // what could be redone ends with the next write
        },
        release: () => {
          for (let step = 0; step < 3; step += 1) write()
        },
        write,
      }
    },
  },
  {
    name: 'history of a store that is destroyed',
    create({ leak, witness }) {
      const kept: object[] = []
      let stores: Store<Tick>[] = []
      return {
        act(count) {
          for (let index = 0; index < count; index += 1) {
            const held = witness()
            const store = createStore<Tick>({ tick: 0 })
            const group = (): string => {
              held.seen += 1
              return 'one'
            }
            const history = createHistory(store, { group })
            store.set({ tick: 1 })
            // Kept: what it followed, and how, must be gone.
            if (leak) kept.push(history)
            stores.push(store)
          }
        },
        release() {
          const ending = stores
          stores = []
          for (const store of ending) store.destroy()
        },
        write() {},
      }
    },
  },
]
