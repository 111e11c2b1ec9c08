/** A page: what a test does in it, through `globalThis.page`. */
import { BrowserLevel } from 'browser-level'
import { createStore } from '../../../src/index.ts'
import { levelEngine, openJournal } from '../../../src/journal/index.ts'
import { type Mirror, mirror, type SharedStore, shareTabs, sseSocket } from '../../../src/sync/index.ts'

interface State {
  n: number
}

let robot: Mirror<State>
let shared: SharedStore<State>

const add = (draft: State): void => {
  draft.n += 1
}

const page = {
  over(kind: 'ws' | 'sse'): void {
    robot = mirror<State>(kind === 'ws' ? `ws://${location.host}` : () => sseSocket('/sync'), {
      token: () => kind,
    })
  },
  share(): void {
    shared = shareTabs<State>('counter', async () => {
      const store = createStore<State>({ n: 0 }, { name: 'counter' })
      const journal = await openJournal(store, levelEngine(new BrowserLevel('counter')))
      return { store, close: () => journal.close() }
    })
    robot = shared.mirror
  },
  add: () => robot.update(add),
  look: () => ({
    n: robot.store.published.version < 0 ? undefined : robot.store.state.n,
    version: robot.store.published.version,
    serves: shared?.serves,
  }),
  close: () => shared.close(),
}
Object.assign(globalThis, { page })
