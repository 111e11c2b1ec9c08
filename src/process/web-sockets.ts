/**
 * A port on which a server of `headgate/sync` is reached by WebSocket: what is common to everything here that serves.
 *
 * `ws` is an optional peer, loaded when it is needed.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Ws = typeof import('ws')

/** The package `ws`; undefined where it is not installed. */
export async function findWs(): Promise<Ws | undefined> {
  try {
    return await import('ws')
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

export interface ListenOptions {
  readonly port: number
  readonly host: string
  /** How long a connection may take until it is a WebSocket; milliseconds. */
  readonly openingMs: number
  /** Bytes of the longest message that is read. */
  readonly messageBytesMax: number
  /** Whether a page of an origin may connect; programs, which have none, may. */
  allows(origin: string): boolean
  /** Given each connection that stands. */
  accept(socket: object): void
}

export interface ListeningPort {
  readonly port: number
  /** Cuts every connection, and takes no more. */
  close(): Promise<void>
}

/** @throws what Node says where it cannot listen. */
export async function listenForSockets(ws: Ws, options: ListenOptions): Promise<ListeningPort> {
  const { port, host, openingMs, messageBytesMax } = options
  // Who sends the head of a request a byte at a time would hold a connection for a minute.
  const http = createServer({
    headersTimeout: openingMs,
    requestTimeout: openingMs,
    connectionsCheckingInterval: Math.max(1, Math.ceil(openingMs / 2)),
  })
  const sockets = new ws.WebSocketServer({
    server: http,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const { origin } = req.headers
      return origin === undefined || options.allows(origin)
    },
  })
  // The same that `listening` below rejects with; nobody else hears it.
  sockets.on('error', () => {})
  sockets.on('connection', (socket) => options.accept(socket))
  http.listen(port, host)
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}
