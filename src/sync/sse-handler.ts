/** The server's half of {@link sseSocket}: a request handler for `node:http`, without dependencies. */
import { randomUuid } from '../kit/index.ts'
import type { FrameData } from './frames.ts'
import type { RequestLike } from './origins.ts'
import { BaseSocket, type SyncSocket } from './socket.ts'
import { writeEvent } from './sse-events.ts'

/** The part of a `node:http` request that is used. */
export interface HttpRequest extends RequestLike {
  readonly method?: string | undefined
  readonly url?: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: Node types each event by itself
  on(event: 'data' | 'end' | 'close', listener: (piece: any) => void): unknown
  destroy(): unknown
}

/** The part of a `node:http` response that is used. */
export interface HttpResponse {
  readonly writableLength: number
  writeHead(status: number, headers?: Record<string, string>): unknown
  flushHeaders(): void
  write(text: string): unknown
  end(text?: string): unknown
  on(event: 'close', listener: () => void): unknown
}

/** The part of a server that is needed. */
export interface SseAcceptor {
  accept(socket: SyncSocket, request?: RequestLike): void
  allowsOrigin(origin: string | undefined): boolean
}

/** Where a server accepts clients over server-sent events, and how much they may have in flight. */
export interface SseHandlerOptions {
  /** The path it answers; default `/sync`. */
  readonly path?: string
  /** How many bytes a client may have in flight to the server; default 2 097 152. */
  readonly postBytesMax?: number
}

class SseServerSocket extends BaseSocket {
  /** Bytes of POSTs that have begun and are not whole. */
  postedBytes = 0
  readonly #response: HttpResponse

  constructor(response: HttpResponse) {
    super()
    this.#response = response
    response.on('close', () => this.closed(1006))
    this.opened()
  }

  get bufferedBytes(): number {
    return this.#response.writableLength
  }

  transmit(frame: FrameData): void {
    const text = typeof frame === 'string' ? frame : new TextDecoder().decode(frame)
    this.#response.write(writeEvent(text))
  }

  end(code: number): void {
    this.#response.write(writeEvent(String(code), 'end'))
    this.#response.end()
  }
}

/**
 * Accepts connections of {@link sseSocket}, and of pages without the package: an `EventSource` plus `fetch`.
 *
 * `GET` opens a stream. Its first event, `session`, is the id that each `POST` names (`?session=…`); the body of a
 * `POST` is frames, one per line. Each other event is a frame; `end` has the code of a close. Pages from origins that
 * the server does not allow get 403.
 *
 * @returns a listener for `createServer`. Requests for other paths get 404, or go to `otherwise`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createStore } from 'headgate'
 * import { serve, sseHandler } from 'headgate/sync'
 *
 * const server = serve(createStore({ battery: 90 }))
 * const page = '<script>new EventSource("/sync").onmessage = ({ data }) => console.log(data)</script>'
 * const http = createServer(sseHandler(server, {}, (_request, response) => response.end(page)))
 * server[Symbol.dispose]()
 * http.close()
 * ```
 */
export function sseHandler<Request extends HttpRequest, Response extends HttpResponse>(
  server: SseAcceptor,
  options: SseHandlerOptions = {},
  otherwise: (request: Request, response: Response) => unknown = (_request, response) =>
    answer(response, 404),
): (request: Request, response: Response) => void {
  const { path = '/sync', postBytesMax = 2_097_152 } = options
  const sessions = new Map<string, SseServerSocket>()

  const open = (request: HttpRequest, response: HttpResponse, headers: Record<string, string>): void => {
    const session = randomUuid()
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // nginx holds what it proxies back, unless it is told not to.
      'x-accel-buffering': 'no',
    })
    response.write(writeEvent(session, 'session'))
    const socket = new SseServerSocket(response)
    sessions.set(session, socket)
    response.on('close', () => sessions.delete(session))
    try {
      server.accept(socket, request)
    } catch {
      socket.close(1001, 'CLOSED') // the server is closed: thrown here, it would end the process
    }
  }

  return (request, response) => {
    const [pathname, query] = (request.url ?? '').split('?', 2)
    if (pathname !== path) {
      otherwise(request, response)
      return
    }
    const { origin } = request.headers
    if (!server.allowsOrigin(origin)) {
      answer(response, 403)
      return
    }
    const headers: Record<string, string> =
      origin === undefined ? {} : { 'access-control-allow-origin': origin, vary: 'origin' }
    if (request.method === 'GET') open(request, response, headers)
    else if (request.method === 'POST') {
      const socket = sessions.get(new URLSearchParams(query).get('session') ?? '')
      if (socket === undefined) answer(response, 404, headers)
      else take(socket, request, postBytesMax, (status) => answer(response, status, headers))
    } else answer(response, 405, headers)
  }
}

/** Reads frames, one a line, when all of them are there. */
function take(
  socket: SseServerSocket,
  request: HttpRequest,
  bytesMax: number,
  done: (status: number) => void,
): void {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  request.on('data', (piece: Uint8Array) => {
    bytes += piece.byteLength
    socket.postedBytes += piece.byteLength
    if (socket.postedBytes > bytesMax) {
      socket.close(1009, 'PROTOCOL_INVALID')
      request.destroy()
    } else text += decoder.decode(piece, { stream: true })
  })
  request.on('end', () => {
    for (const line of text.split('\n')) if (line !== '') socket.received(line)
    done(204)
  })
  request.on('close', () => {
    socket.postedBytes -= bytes
  })
}

function answer(response: HttpResponse, status: number, headers?: Record<string, string>): void {
  response.writeHead(status, headers)
  response.end()
}
