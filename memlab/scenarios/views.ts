/** Views that come and go, of a store that lives on. */
import { buffer, createStore, direct, paced, type Store, type View } from '../../src/index.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'A view leaves nothing a task after it was read, followed or held last.'

interface State {
  readonly robots: Readonly<Record<string, number>>
  readonly tick: number
}

type Look = (view: View<number>, held: Witness) => () => void

/** The closing of a view was scheduled before, so its timer is due before this one. */
const taskLater = (): Promise<void> => new Promise((done) => setTimeout(done, 1))

function view(name: string, open: (store: Store<State>, held: Witness) => View<number>, look: Look): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = createStore<State>({ robots: {}, tick: 0 })
    // What a store makes when it is needed first is there before the first snapshot.
    const primed = open(store, witness())
    look(primed, witness())()
    const kept: unknown[] = [primed]
    let ends: (() => void)[] = []
    let tick = 0
    return {
      act(count: number) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const opened = open(store, held)
          ends.push(look(opened, held))
          // Nobody but the view's own reader would keep it: the twin keeps it in hand.
          if (leak) kept.push(opened)
        }
      },
      async release() {
        if (!leak) for (const end of ends) end()
        ends = []
        await taskLater()
      },
      write() {
        tick += 1
        store.set({ robots: { one: tick }, tick })
      },
    }
  }
  return { name, create }
}

const selected = (store: Store<State>, held: Witness): View<number> =>
  paced(
    store.select(({ tick }) => {
      held.seen += 1
      return tick
    }),
    direct(),
  )

/** Not a time: Node keeps a list for each duration until that has passed, and the runs would see them come and go. */
let capacity = 0

export const claims: readonly Claim[] = [
  view('a view with a subscriber', selected, (opened, held) =>
    opened.subscribe(() => {
      held.seen += 1
    }),
  ),
  view('a view with a follower of a selection', selected, (opened, held) => {
    const subscription = opened
      .select((tick) => tick % 2)
      .subscribe(() => {
        held.seen += 1
      })
    return () => subscription.unsubscribe()
  }),
  view('a view that is held', selected, (opened) => opened.hold()),
  view(
    'a view with a policy of its own',
    (store, held) => {
      held.seen += 1
      capacity += 1
      // The cast holds: nobody looks at the state.
      return paced(store, buffer({ capacity })) as unknown as View<number>
    },
    (opened, held) =>
      opened.subscribe(() => {
        held.seen += 1
      }),
  ),
]
