/** Sockets of broadcast channels, and tabs that share a store, in one process: the locks are made here. */
import { createStore } from '../../src/index.ts'
import { acceptBroadcast, broadcastSocket, type SharedStore, serve, shareTabs } from '../../src/sync/index.ts'
import { mirrorsThatClose, until } from '../support/mirrors.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A tab that is closed leaves no channel, no lock and no store.'

export const noGrowth =
  'each channel that is kept makes every later message dearer: the twin does not come to its end'

interface State {
  readonly tick: number
}

let names = 0
const newName = (): string => {
  names += 1
  return `heap-${process.pid}-${names}`
}

/** One server, and mirrors that come and go over channels of its name. */
const sockets: Claim = {
  name: 'mirrors over a broadcast channel, closed',
  count: 100,
  create(options) {
    const store = createStore<State>({ tick: 0 })
    const server = serve(store, { historyVersions: 4, clientsMax: 1_000_000 })
    const name = newName()
    acceptBroadcast(server, name)
    let tick = 0
    return {
      ...mirrorsThatClose({ store, server }, () => broadcastSocket(name), options),
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  },
}

/** Nobody else wants them. */
const locks = {
  request: async (_name: string, _options: object, held: () => Promise<void>): Promise<void> => await held(),
}

/** Each tab is the only one of its store. */
const tabs: Claim = {
  name: 'shareTabs, closed',
  count: 100,
  create({ leak, witness }) {
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks } })
    const kept: unknown[] = []
    let open: SharedStore<State>[] = []
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const close = (): void => {
            held.seen += 1
          }
          const opened = () => ({ store: createStore<State>({ tick: 0 }), close })
          const tab = shareTabs<State>(newName(), opened, { onFault: () => {} })
          open.push(tab)
          if (leak) kept.push(tab)
          await until(() => tab.serves)
        }
      },
      async release() {
        if (!leak) await Promise.all(open.map((tab) => tab.close()))
        open = []
      },
      write() {},
    }
  },
}

export const claims: readonly Claim[] = [sockets, tabs]
