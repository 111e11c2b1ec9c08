/** Sockets over WebSocket: the platform's, and those of the package `ws`. */
import type { FrameData } from './frames.ts'
import { BaseSocket, type SyncSocket } from './socket.ts'

const CONNECTING = 0
const OPEN = 1

/** The part of the platform's `WebSocket` that is used. */
export interface WebSocketLike {
  readonly readyState: number
  readonly bufferedAmount: number
  binaryType: string
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  // biome-ignore lint/suspicious/noExplicitAny: the platforms differ in the types of their events
  addEventListener(type: string, listener: (event: any) => void): void
}

/** How long the other side may take to answer a close before the connection is cut. */
const CLOSE_MS = 1_000
const AS_TEXT = { binary: false }

class WebSocketSocket<Socket extends WebSocketLike = WebSocketLike> extends BaseSocket {
  readonly socket: Socket

  constructor(socket: Socket) {
    super()
    this.socket = socket
    socket.addEventListener('open', () => this.opened())
    // An error is followed by the close that tells the same.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', ({ code }: { readonly code: number }) => this.closed(code))
    this.listen()
    if (socket.readyState === OPEN) this.opened()
    else if (socket.readyState !== CONNECTING) this.closed(1006)
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount
  }

  listen(): void {
    this.socket.binaryType = 'arraybuffer'
    this.socket.addEventListener('message', ({ data }: { readonly data: unknown }) =>
      this.received(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as FrameData)),
    )
  }

  transmit(frame: FrameData): void {
    if (this.socket.readyState === OPEN) this.socket.send(frame as string)
  }

  end(code: number, reason: string): void {
    this.socket.close(code, reason)
  }
}

/** The part of a `WebSocket` of the package `ws` that is used. */
interface WsLike extends WebSocketLike {
  send(data: string | Uint8Array, options?: { readonly binary: boolean }): void
  on(event: 'message', listener: (data: Uint8Array, isBinary: boolean) => void): unknown
  /** Ends at once, without the other side's answer. */
  terminate(): void
}

/** Bytes go as the text that they are of; messages come without an event made for each. */
class WsSocket extends WebSocketSocket<WsLike> {
  override readonly takesEncoded = true

  override listen(): void {
    this.socket.on('message', (data, isBinary) => this.received(isBinary ? data : String(data)))
  }

  override transmit(frame: FrameData): void {
    if (this.socket.readyState === OPEN) this.socket.send(frame, AS_TEXT)
  }

  override end(code: number, reason: string): void {
    const { socket } = this
    super.end(code, reason)
    // Who does not read does not answer either: `ws` would wait half a minute.
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
    ;(timer as { unref?: () => void }).unref?.()
    socket.addEventListener('close', () => clearTimeout(timer))
  }
}

/**
 * Creates a socket over the platform's `WebSocket`: in a browser, Deno, Bun, or Node 22 and later.
 *
 * @example
 * ```ts
 * import { browserSocket, mirror } from 'headgate/sync'
 *
 * const connect = () => browserSocket(new WebSocket('ws://127.0.0.1:8080'))
 * ```
 */
export function browserSocket(socket: WebSocketLike): SyncSocket {
  return new WebSocketSocket(socket)
}

/**
 * Creates a socket over a `WebSocket` of the package `ws`, on either side. Give both sides `perMessageDeflate: false`:
 * with compression, one slow client can cost the server seconds of CPU time and hundreds of megabytes.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { serve, wsSocket } from 'headgate/sync'
 * import { WebSocketServer } from 'ws'
 *
 * const server = serve(createStore({ battery: 90 }))
 * const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
 * sockets.on('connection', (socket, request) => server.accept(wsSocket(socket), request))
 * sockets.close()
 * server[Symbol.dispose]()
 * ```
 */
export function wsSocket(socket: object): SyncSocket {
  // The cast holds: a WebSocket of `ws` has what the platform's has; its types differ in their events.
  return new WsSocket(socket as WsLike)
}
