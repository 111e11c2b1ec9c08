/**
 * A port on which a server of `headgate/sync` is reached by WebSocket: what is common to everything here that serves.
 *
 * `ws` is an optional peer, loaded when it is needed.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Ws = Pick<typeof import('ws'), 'WebSocket' | 'WebSocketServer'>

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

/** How long those who are connected may take to answer the end. */
const CLOSING_MS = 500

export interface ListenOptions {
  readonly port: number
  readonly host: string
  /** How long a connection may take until it is a WebSocket; milliseconds. */
  readonly openingMs: number
  /** Bytes of the longest message that is read. */
  readonly messageBytesMax: number
  /** Given each connection that stands, and the request that it came with. */
  accept(socket: object, request: IncomingMessage): void
}

export interface ListeningPort {
  readonly port: number
  /** Takes no more connections, and ends those that are open: those that do not answer, after a while. */
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
  })
  // The same that `listening` below rejects with; nobody else hears it.
  sockets.on('error', () => {})
  sockets.on('connection', (socket, request) => options.accept(socket, request))
  http.listen(port, host)
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = once(http, 'close')
      http.close()
      // What was said last, as why they are ended, is on its way.
      for (const socket of sockets.clients) socket.close(1001)
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
        http.closeAllConnections()
      }, CLOSING_MS)
      sockets.close()
      http.closeIdleConnections()
      await closed
      clearTimeout(timer)
    },
  }
}
