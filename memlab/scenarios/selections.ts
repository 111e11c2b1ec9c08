/** Followers of a part of the state, by a function and by a path. */
import type { Unsubscribable } from 'rxjs'
import { buffer, createStore, latest, type Store } from '../../src/index.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'A selection that was unsubscribed leaves nothing in the store, nor in its index of paths.'

interface State {
  readonly robots: Readonly<Record<string, { readonly pose: number }>>
  readonly tick: number
}

interface Followed {
  subscribe(follow: () => void): Unsubscribable
}

type Select = (store: Store<State>, held: Witness) => Followed

function selection(name: string, select: Select): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = createStore<State>({ robots: { one: { pose: 0 }, two: { pose: 0 } }, tick: 0 })
    // What a store makes when it is needed first is there before the first snapshot.
    select(store, witness())
      .subscribe(() => {})
      .unsubscribe()
    const subscriptions: Unsubscribable[] = []
    let tick = 0
    return {
      act(count: number) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const follow = (): void => {
            held.seen += 1
          }
          subscriptions.push(select(store, held).subscribe(follow))
        }
      },
      release() {
        if (!leak) for (const subscription of subscriptions) subscription.unsubscribe()
        subscriptions.length = 0
      },
      write() {
        tick += 1
        store.set({ robots: { one: { pose: tick }, two: { pose: -tick } }, tick })
      },
    }
  }
  return { name: `select ${name}`, create }
}

export const claims: readonly Claim[] = [
  selection('by a function', (store, held) =>
    store.select((state) => {
      held.seen += 1
      return state.tick
    }),
  ),
  selection('by a path', (store) => store.select('robots', 'one', 'pose')),
  // Each its own path: the nodes of the index go too.
  selection('by a path of its own', (store, held) => {
    held.seen += 1
    nextRobot += 1
    return store.select('robots', `robot-${nextRobot}`, 'pose')
  }),
  selection('by a path, with a policy', (store) => ({
    subscribe: (follow) => store.select('tick').subscribe(follow, { policy: latest() }),
  })),
  selection('by a function, with a policy and a consumer that never ends', (store, held) => ({
    subscribe(follow) {
      const tick = store.select((state) => state.tick + Math.min(held.seen, 0))
      const consumer = (): Promise<void> => {
        follow()
        return new Promise(() => {})
      }
      return tick.subscribe(consumer, { policy: buffer({ capacity: 4 }) })
    },
  })),
  selection('of a selection', (store, held) =>
    store
      .select((state) => (held.seen < 0 ? {} : state.robots))
      .select((robots) => Object.keys(robots).length),
  ),
]

let nextRobot = 0
