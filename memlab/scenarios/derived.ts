/** Values derived from stores that live on, and transactions over them. */
import { createStore, derive, type Readable, type Store, transact } from '../../src/index.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'A derived value whose followers have left, or that was only read, leaves nothing in the stores that it stands on.'

type Numbers = readonly [Store<number>, Store<number>]

/** Uses derived values of two stores that live on, and ends, or forgets, what it was told to end. */
function derived(name: string, use: (sources: Numbers, held: Witness) => () => void): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const sources = [createStore(0), createStore(0)] as const
    const ends: (() => void)[] = []
    let tick = 0
    // The first that stands on a store gives it an input, which all others share and which stays with the store.
    use(sources, witness())()
    return {
      act(count: number) {
        for (let index = 0; index < count; index += 1) ends.push(use(sources, witness()))
      },
      release() {
        if (!leak) for (const end of ends) end()
        ends.length = 0
      },
      write() {
        tick += 1
        transact(sources, () => {
          for (const source of sources) source.set(tick)
        })
      },
    }
  }
  return { name, create }
}

const followed = (readable: Readable<unknown>, held: Witness): (() => void) => {
  const handle = readable.subscribe(() => {
    held.seen += 1
  })
  return () => handle.unsubscribe()
}

/** Reads what nobody follows; the twin keeps all of it. */
const onlyRead: Claim = {
  name: 'derived and only read',
  create({ leak, witness }) {
    const store = createStore(0)
    const kept: Readable<number>[] = []
    let tick = 0
    derive([store], (n) => n) // as above
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const next = derive([store], (n) => n + held.seen)
          held.seen += next.state
          kept.push(next)
        }
      },
      release() {
        if (!leak) kept.length = 0
      },
      write() {
        tick += 1
        store.set(tick)
      },
    }
  },
}

export const claims: readonly Claim[] = [
  onlyRead,
  derived('derived from two stores, followed', ([one, other], held) =>
    followed(
      derive([one, other], (a, b) => {
        held.seen += 1
        return a + b
      }),
      held,
    ),
  ),
  derived('derived from derived values, by what they read', ([one, other], held) => {
    const sum = derive((read) => {
      held.seen += 1
      return read(one) + read(other)
    })
    return followed(
      derive([sum, other], (a, b) => a + b),
      held,
    )
  }),
  derived('derived and selected', ([one, other], held) => {
    const pair = derive([one, other], (a, b) => ({ a, b, seen: held.seen }))
    const subscription = pair.select('a').subscribe(() => {
      held.seen += 1
    })
    return () => subscription.unsubscribe()
  }),
]
