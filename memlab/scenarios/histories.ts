/** Histories of a store that lives on: their steps hold states, and their followers hold whoever made them. */
import { createHistory, type History } from '../../src/journal/index.ts'
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
]
