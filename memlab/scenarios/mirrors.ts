/** Mirrors that come, are cut off and go, of a store that lives on. */
import { createStore } from '../../src/index.ts'
import { type Mirror, mirror, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import type { Claim, ScenarioOptions } from '../support/scenario.ts'

export const claim = 'A mirror that was closed, or whose connection was cut, leaves nothing on either side.'

interface State {
  readonly tick: number
}

type End = (mirrored: Mirror<State>, socket: SyncSocket) => void

/** Frames of a pair arrive in microtasks of their own; a hello, its welcome and the first state are a few of them. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done))

function mirrors(name: string, end: End): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = createStore<State>({ tick: 0 })
    // By id, so that those who come later do not find the results of those who went.
    const server = serve(store, { historyVersions: 4, clientsMax: 1_000_000 })
    const kept: unknown[] = [store, server]
    let open: [Mirror<State>, SyncSocket][] = []
    let tick = 0
    return {
      async act(count: number) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const [here, there] = socketPair()
          server.accept(here)
          const mirrored = mirror<State>(() => there, { onFault: () => {} })
          mirrored.store.subscribe(() => {
            held.seen += 1
          })
          open.push([mirrored, here])
          if (leak) kept.push(mirrored)
        }
        await settled()
      },
      async release() {
        if (!leak) for (const [mirrored, socket] of open) end(mirrored, socket)
        open = []
        await settled()
      },
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  }
  return { name, create }
}

export const claims: readonly Claim[] = [
  mirrors('mirrors that are closed', (mirrored) => mirrored.close()),
  mirrors('mirrors that are cut off, and then closed', (mirrored, socket) => {
    socket.close(1_006, 'cut')
    mirrored.close()
  }),
]
