/** Servers of a store that lives on, those who connect to one, and connections of a mirror that lives on. */
import { createStore } from '../../src/index.ts'
import { mirror, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import type { Claim } from '../support/scenario.ts'

export const claim =
  'A server that is closed, a client that is gone and a connection that was cut leave nothing.'

interface State {
  readonly tick: number
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done))
const quiet = { onFault: () => {} }
const hello = (clientId: string): string => JSON.stringify({ t: 'hello', protocol: 1, clientId })

const servers: Claim = {
  name: 'servers that are closed',
  count: 300,
  create({ leak, witness }) {
    const store = createStore<State>({ tick: 0 })
    serve(store)[Symbol.dispose]() // makes what a store with servers has for good
    const kept: unknown[] = [store]
    let open: Disposable[] = []
    let tick = 0
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const server = serve(store, {
            historyVersions: 4,
            authorize: () => {
              held.seen += 1
              return { read: true, write: false }
            },
          })
          const [here, there] = socketPair()
          server.accept(here)
          there.send(hello('client'))
          open.push(server)
          if (leak) kept.push(server)
        }
        await settled()
      },
      async release() {
        if (!leak) for (const server of open) server[Symbol.dispose]()
        open = []
        await settled()
      },
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  },
}

/** How a client that is no mirror comes, and goes. */
type Visit = (there: SyncSocket, index: number) => void

const visits = (name: string, come: Visit, go: (there: SyncSocket) => void): Claim => ({
  name,
  create({ leak, witness }) {
    const store = createStore<State>({ tick: 0 }, quiet)
    const server = serve(store, { historyVersions: 4, clientsMax: 1_000_000 })
    const kept: unknown[] = [store, server]
    let open: SyncSocket[] = []
    let tick = 0
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const [here, there] = socketPair()
          there.onFrame = () => {
            held.seen += 1
          }
          server.accept(here)
          come(there, index)
          open.push(there)
          // A socket that is closed lets go of its callbacks.
          if (leak) kept.push(there, held)
        }
        await settled()
      },
      async release() {
        if (!leak) for (const there of open) go(there)
        open = []
        await settled()
      },
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  },
})

const close = (there: SyncSocket): void => there.close(1_000, 'gone')

/** One mirror goes on, and each of its connections is cut. */
const cuts: Claim = {
  name: 'connections of a mirror, cut',
  count: 300,
  create({ leak, witness }) {
    const store = createStore<State>({ tick: 0 })
    const server = serve(store, { historyVersions: 4 })
    let newest: SyncSocket | undefined
    const kept: unknown[] = [store, server]
    const mirrored = mirror<State>(
      () => {
        const held = witness()
        const [here, there] = socketPair()
        const { send } = there
        there.send = (frame) => {
          held.seen += 1
          send.call(there, frame)
        }
        server.accept(here)
        newest = here
        if (leak) kept.push(there)
        return there
      },
      { ...quiet, clientId: 'one', backoffMs: { least: 0, most: 0 } },
    )
    kept.push(mirrored)
    const cut = async (): Promise<void> => {
      const before = newest
      before?.close(1_006, 'cut')
      while (newest === before) await new Promise((done) => setTimeout(done, 0))
      await settled()
    }
    let tick = 0
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) await cut()
      },
      // The newest connection lives: it is cut as well, and what lives then is new.
      release: cut,
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  },
}

export const claims: readonly Claim[] = [
  servers,
  visits('clients that leave', (there, index) => there.send(hello(`client-${index}`)), close),
  visits(
    'strangers that are sent away',
    (there) => there.send('{"t":'),
    () => {},
  ),
  cuts,
]
