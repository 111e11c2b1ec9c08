/**
 * Mirrors over server-sent events that come and go, and connections that are cut.
 *
 * HTTP is made here, in one process: what `sseSocket` fetches is handed to `sseHandler` as Node would hand it. Node keeps
 * sockets and parsers of its own for the next request, each with the last one that it had, and they would count.
 */
import { createStore } from '../../src/index.ts'
import { mirror, serve, sseHandler, sseSocket } from '../../src/sync/index.ts'
import { mirrorsThatClose, until } from '../support/mirrors.ts'
import { type Claim, turn } from '../support/scenario.ts'

export const claim =
  'A mirror over server-sent events that is closed, or cut off, leaves no stream and no session.'

export const noGrowth = 'streams of the platform are made and let go of in its own time'

interface State {
  readonly tick: number
}

type Handler = ReturnType<typeof sseHandler>
type Listener = (piece?: unknown) => void

/** Who listens to what, as far as `sseHandler` asks for it. */
class Events {
  readonly #listeners = new Map<string, Listener[]>()

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }

  emit(event: string, piece?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(piece)
  }
}

interface Request {
  readonly method?: string
  readonly body?: string
  readonly signal?: AbortSignal
}

type Fetch = (url: string, request: Request) => Promise<object>

/** By their hosts: many scenarios live at the same time. */
const servers = new Map<string, Fetch>()
globalThis.fetch = ((url: string, request: Request = {}) =>
  servers.get(new URL(url).host)?.(url, request)) as unknown as typeof fetch

/** Answers what is fetched of one server; `cuts` has what ends each stream that is open. */
function fetchFrom(handler: Handler, cuts: Set<() => void>): Fetch {
  const encoder = new TextEncoder()
  return (url: string, { method = 'GET', body, signal }: Request): Promise<object> =>
    new Promise((resolve) => {
      const [request, response] = [new Events(), new Events()]
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined
      const stream = new ReadableStream<Uint8Array>({
        start(its) {
          controller = its
        },
      })
      const close = (): void => {
        if (controller === undefined) return
        const ended = controller
        controller = undefined
        cuts.delete(close)
        signal?.removeEventListener('abort', close)
        ended.close()
        response.emit('close')
      }
      handler(
        Object.assign(request, { method, url: url.slice(url.indexOf('/sync')), headers: {}, destroy: close }),
        Object.assign(response, {
          writableLength: 0,
          writeHead: (status: number) => resolve({ ok: status < 300, body: stream }),
          flushHeaders: () => {},
          write: (text: string) => controller?.enqueue(encoder.encode(text)),
          end: close,
        }),
      )
      signal?.addEventListener('abort', close)
      if (method === 'GET') cuts.add(close)
      else {
        request.emit('data', encoder.encode(body))
        request.emit('end')
        request.emit('close')
      }
    })
}

const HOUR_MS = 3_600_000

const served = () => {
  const store = createStore<State>({ tick: 0 })
  // No beat comes between two snapshots.
  const server = serve(store, {
    historyVersions: 4,
    clientsMax: 1_000_000,
    heartbeatMs: HOUR_MS,
    deadMs: HOUR_MS,
  })
  const cuts = new Set<() => void>()
  const host = `server-${servers.size}`
  servers.set(host, fetchFrom(sseHandler(server), cuts))
  const connect = () => sseSocket(`http://${host}/sync`)
  let tick = 0
  const write = (): void => {
    tick += 1
    store.set({ tick })
  }
  return { store, server, cuts, connect, write }
}

const quiet = { onFault: () => {}, backoffMs: { least: 0, most: 0 } }

const mirrors: Claim = {
  name: 'mirrors over server-sent events, closed',
  count: 200,
  create(options) {
    const { connect, write, ...sides } = served()
    return { ...mirrorsThatClose(sides, connect, options), write }
  },
}

const cut: Claim = {
  name: 'streams of a mirror, cut',
  count: 200,
  create({ leak, witness }) {
    const { store, server, cuts, connect, write } = served()
    let opened = 0
    const kept: unknown[] = [store, server]
    const mirrored = mirror<State>(
      () => {
        opened += 1
        const held = witness()
        const socket = connect()
        const { send } = socket
        socket.send = (frame) => {
          held.seen += 1
          send.call(socket, frame)
        }
        if (leak) kept.push(socket)
        return socket
      },
      { ...quiet, clientId: 'one' },
    )
    kept.push(mirrored)
    const again = async (): Promise<void> => {
      const before = opened
      await until(() => server.clients.length === 1)
      for (const end of [...cuts]) end()
      await until(() => opened > before && server.clients.length === 1)
      await turn()
    }
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) await again()
      },
      // The newest lives: it is cut as well, and what lives then is new.
      release: again,
      write,
    }
  },
}

export const claims: readonly Claim[] = [mirrors, cut]
