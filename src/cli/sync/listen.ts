/** Serves stores at an address, and tells who comes and goes. */
import { findWs, type ListeningPort, listenForSockets } from '../../process/index.ts'
import type { Store } from '../../store/index.ts'
import { type ServeOptions, type SyncServer, serve, wsSocket } from '../../sync/index.ts'
import { messageOf, UsageError } from '../usage-error.ts'

// biome-ignore lint/suspicious/noExplicitAny: stores of any kind
export type AnyStore = Store<any>

const OPENING_MS = 10_000
const FRAME_BYTES_MAX = 1_048_576

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Listening {
  readonly url: string
  readonly server: SyncServer
  close(): Promise<void>
}

/** Where a server cannot listen. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** @throws {@link UsageError} where `ws` is not installed, {@link ListenError} */
export async function listen(
  stores: AnyStore | Readonly<Record<string, AnyStore>>,
  { host, port }: Address,
  options: ServeOptions = {},
): Promise<Listening> {
  const ws = await findWs()
  if (ws === undefined) throw new UsageError('It needs the package ws: npm install ws.')
  const server = serve(stores as Readonly<Record<string, AnyStore>>, options)
  let listening: ListeningPort
  try {
    listening = await listenForSockets(ws, {
      host,
      port,
      openingMs: OPENING_MS,
      messageBytesMax: FRAME_BYTES_MAX,
      accept: (socket, request) => server.accept(wsSocket(socket), request),
    })
  } catch (error) {
    server[Symbol.dispose]()
    throw new ListenError(`Nothing can be served at ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${listening.port}`,
    server,
    async close() {
      server[Symbol.dispose]()
      await listening.close()
    },
  }
}
