/** Journals of a store that lives on: they follow it, and hold commits until the disk has them. */
import { type Journal, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import type { Tick } from '../support/claims.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A journal that is closed lets go of its store, and of those who waited for the disk.'

export const claims: readonly Claim[] = [
  {
    name: 'openJournal, closed',
    create({ leak, witness }) {
      const kept: object[] = []
      let opening: Promise<Journal<Tick>>[] = []
      return {
        act(count) {
          for (let index = 0; index < count; index += 1) {
            const held = witness()
            const store = createStore<Tick>({ tick: 0 })
            const seal = {
              encode: (text: string): string => {
                held.seen += 1
                return text
              },
              decode: (text: string): string => text,
            }
            opening.push(openJournal(store, memoryEngine(), { seal }))
            // Kept: what the journal has put into the store must be gone.
            if (leak) kept.push(store)
          }
        },
        async release() {
          const ending = opening
          opening = []
          const journals = await Promise.all(ending)
          if (leak) return
          await Promise.all(journals.map((journal) => journal.close()))
        },
        write() {},
      }
    },
  },
]
