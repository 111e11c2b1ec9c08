/** React components that are mounted and unmounted, in a document of jsdom. */
import type { FunctionComponent } from 'react'
import type { Root } from 'react-dom/client'
import { createStore, direct, paced, type Store } from '../../src/index.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'A component leaves nothing of its hooks when it is unmounted.'

interface State {
  readonly n: number
}

type Props = { readonly store: Store<State>; readonly held: Witness }

/** React looks for its surroundings when it is loaded: so they are made first, and it is loaded here. */
function load() {
  const { JSDOM } = require('jsdom') as {
    JSDOM: new (html: string) => { window: Window & typeof globalThis }
  }
  const { window } = new JSDOM('<!doctype html><body></body>')
  process.env.NODE_ENV = 'production'
  Object.assign(globalThis, { window, document: window.document })
  return {
    react: require('react') as typeof import('react'),
    dom: require('react-dom') as typeof import('react-dom'),
    client: require('react-dom/client') as typeof import('react-dom/client'),
    hooks: require('../../src/react/index.ts') as typeof import('../../src/react/index.ts'),
  }
}

const { react, dom, client, hooks } = load()

/** The closing of a view was scheduled before, so its timer is due before this one. */
const taskLater = (): Promise<void> => new Promise((done) => setTimeout(done, 1))

function components(name: string, component: FunctionComponent<Props>): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = createStore<State>({ n: 0 })
    let roots: Root[] = []
    const Forgetful: FunctionComponent<Props> = (props) => {
      react.useEffect(() => {
        // The twin forgets to return what ends it.
        props.store.subscribe(() => {
          props.held.seen += 1
        })
      }, [props])
      return component(props) as null
    }
    const mount = (count: number): void => {
      const root = client.createRoot(document.createElement('div'))
      const children = Array.from({ length: count }, (_, key) =>
        react.createElement(leak ? Forgetful : component, { key, store, held: witness() }),
      )
      dom.flushSync(() => root.render(children))
      roots.push(root)
    }
    const unmount = (): void => {
      dom.flushSync(() => {
        for (const root of roots) root.unmount()
      })
      roots = []
    }
    // What a store makes when it is needed first is there before the first snapshot.
    mount(1)
    unmount()
    return {
      act: mount,
      async release() {
        unmount()
        // What React holds of its last work is of this.
        mount(1)
        unmount()
        await taskLater()
      },
      write() {
        dom.flushSync(() => store.set({ n: store.state.n + 1 }))
      },
    }
  }
  // Of five claims: ten thousand.
  return { name, count: 2_000, writes: 1, create }
}

export const claims: readonly Claim[] = [
  components('by a path', ({ store, held }) => {
    held.seen += hooks.useStore(store, 'n')
    return null
  }),
  components('by a selector', ({ store, held }) => {
    hooks.useStore(store, ({ n }) => {
      held.seen += 1
      return n
    })
    return null
  }),
  components('of a view', ({ store, held }) => {
    held.seen += hooks.useStore(paced(store, direct()), 'n')
    return null
  }),
  components('with a consumer', ({ store, held }) => {
    hooks.useConsumer(store, () => {
      held.seen += 1
    })
    return null
  }),
  components('with a store of its own', ({ held }) => {
    const own = hooks.useOwnStore(() => createStore({ n: 1 }))
    held.seen += hooks.useStore(own, 'n')
    return null
  }),
]
