/** Followers of a part of the state, by a function and by a path. */
import type { Observable, Subscription } from 'rxjs'
import { createStore, type Store } from '../../src/index.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'A selection that was unsubscribed leaves nothing in the store, nor in its index of paths.'

interface State {
  readonly robots: Readonly<Record<string, { readonly pose: number }>>
  readonly tick: number
}

type Select = (store: Store<State>, held: Witness) => Observable<unknown>

function selection(name: string, select: Select): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = createStore<State>({ robots: { one: { pose: 0 }, two: { pose: 0 } }, tick: 0 })
    const subscriptions: Subscription[] = []
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
]

let nextRobot = 0
