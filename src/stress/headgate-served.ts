import { findWs, type ListeningPort, listenForSockets } from '../process/index.ts'
import { createStore, type Store } from '../store/index.ts'
import {
  type Hello,
  type Mirror,
  mirror,
  type SyncServer,
  type SyncSocket,
  serve,
  socketPair,
  wsSocket,
} from '../sync/index.ts'
import type { MirroredStore, ServedStore, StressState } from './adapter.ts'

type Ws = NonNullable<Awaited<ReturnType<typeof findWs>>>

const HOST = '127.0.0.1'
const FRAME_BYTES_MAX = 65_536
/** Known to those who may see and write the store under test; strangers may see another one. */
const PASSWORD = 'friend'
const STORE = 'stress'
const LOBBY = 'lobby'
/** So often a connection is asked for a sign of life before it is given up. */
const BEATS = 3

/** Serves a store of Headgate over WebSocket; undefined where `ws` is not installed. */
export async function serveUnderTest(
  initial: StressState,
  silentMs: number,
): Promise<ServedStore | undefined> {
  const ws = await findWs()
  if (ws === undefined) return undefined
  const store = createStore<StressState>(initial, { name: STORE, onFault: () => {} })
  const lobby = createStore({ open: true }, { name: LOBBY, onFault: () => {} })
  const server = serve(
    { [STORE]: store, [LOBBY]: lobby },
    {
      authorize,
      frameBytesMax: FRAME_BYTES_MAX,
      heartbeatMs: Math.ceil(silentMs / BEATS),
      deadMs: silentMs,
    },
  )
  const listening = await listenForSockets(ws, {
    port: 0,
    host: HOST,
    openingMs: silentMs,
    messageBytesMax: FRAME_BYTES_MAX,
    accept: (socket, request) => server.accept(wsSocket(socket), request),
  })
  return new ServedUnderTest(ws, store, server, listening)
}

function authorize({ store, token }: Hello): { read: boolean; write: boolean } | undefined {
  if (store === LOBBY) return { read: true, write: true }
  return token === PASSWORD ? { read: true, write: true } : undefined
}

class ServedUnderTest implements ServedStore {
  readonly port: number
  readonly #ws: Ws
  readonly #store: Store<StressState>
  readonly #server: SyncServer
  readonly #listening: ListeningPort
  readonly #mirrors: MirroredStore[] = []

  constructor(ws: Ws, store: Store<StressState>, server: SyncServer, listening: ListeningPort) {
    this.port = listening.port
    this.#ws = ws
    this.#store = store
    this.#server = server
    this.#listening = listening
  }

  read(): StressState {
    return this.#store.state as StressState
  }

  write(state: StressState, reason: string): void {
    this.#store.set(state, reason)
  }

  mirror(port: number, clientId: string): MirroredStore {
    const { WebSocket } = this.#ws
    const connect = (): SyncSocket =>
      wsSocket(new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false }))
    const made = mirrorUnderTest(
      mirror<StressState>(connect, {
        store: STORE,
        clientId,
        token: () => PASSWORD,
        backoffMs: { least: 1, most: 500 },
        onFault: () => {},
      }),
    )
    this.#mirrors.push(made)
    return made
  }

  heldBytes(): number {
    return this.#server.metrics().heldBytes
  }

  ledgers(): ReturnType<NonNullable<ServedStore['ledgers']>> {
    const friends = this.#server.clients.filter(({ store }) => store === STORE)
    return friends.map((client) => ({ ...client, id: client.clientId }))
  }

  stranger(heard: (frame: string) => void): ReturnType<NonNullable<ServedStore['stranger']>> {
    const [here, there] = socketPair()
    let isOpen = true
    there.onFrame = (frame) => heard(String(frame))
    there.onClose = () => {
      isOpen = false
    }
    this.#server.accept(here)
    return {
      send: (frame) => there.send(frame),
      get isOpen() {
        return isOpen
      },
      close: () => there.close(1000, 'CLOSED'),
    }
  }

  frames(): string[] {
    const { instanceId: epoch } = this.#store
    const { version: base } = this.#store.snapshot
    const ops = [{ op: 'replace', path: '/current', value: 'STOLEN' }]
    const write = { id: 'w1', epoch, base, reason: 'STOLEN', ops }
    const hello = { protocol: 1, clientId: 'stranger' }
    return [
      { t: 'hello', ...hello, store: LOBBY, resume: { epoch, version: base } },
      { t: 'hello', ...hello, store: STORE, token: 'guess' },
      { t: 'ack', store: LOBBY, version: 0, index: 0 },
      { t: 'write', store: STORE, ...write },
      { t: 'write', store: LOBBY, ...write },
      { t: 'send', store: LOBBY, id: 's1', event: { type: 'STEAL' } },
      { t: 'leave', store: LOBBY },
      { t: 'ping', at: 1 },
    ].map((frame) => JSON.stringify(frame))
  }

  async close(): Promise<void> {
    for (const each of this.#mirrors) each.close()
    this.#server[Symbol.dispose]()
    await this.#listening.close()
    this.#store.destroy()
  }
}

/** Longer than any scenario: whether a write was done is asked until it is known. */
const ANSWER_MS = 3_600_000

function mirrorUnderTest(made: Mirror<StressState>): MirroredStore {
  const { store } = made
  return {
    read: () => (store.published.version < 0 ? undefined : (store.state as StressState)),
    subscribe(consumer) {
      store.subscribe(({ state }, { missed }) => consumer(state as StressState, missed), { replay: false })
    },
    async update(change) {
      const recipe = (): StressState => change(store.state as StressState)
      const result = await made.update(recipe, { retries: 100_000, timeoutMs: ANSWER_MS })
      if (result.committed) return true
      return result.reason === 'timeout' ? undefined : false
    },
    close: () => made.close(),
  }
}
