/**
 * A TCP proxy that does to connections what networks do: it cuts them, also in the middle of a message, holds what is
 * under way, is late, is slow, and delivers in pieces.
 *
 *   client ──> proxy ══ faults ══> server          both ways
 *
 * It loses, reorders and repeats nothing: TCP hides that. What is held while the proxy is a black hole arrives when it
 * is one no more, as what TCP sends again.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { defineDispose, describeValue, HeadgateError } from '../kit/index.ts'

/** What happens to connections from now on; what is absent does not. */
export interface NetworkFaults {
  /** New connections are reset at once. */
  refuse?: boolean | undefined
  /** Nothing arrives, in either direction, and nothing is said of it. */
  blackHole?: boolean | undefined
  /** How late everything is; milliseconds. */
  delayMs?: number | undefined
  /** Bytes a second, in each direction. */
  bytesPerSecond?: number | undefined
  /** The most bytes that arrive at once: pieces of 1 to so many. */
  piecesMax?: number | undefined
  /** After how many more bytes a connection is reset: inside of a message, mostly. */
  resetAfterBytes?: number | undefined
}

/** A proxy on loopback whose network fails on demand. */
export interface FaultProxy extends Disposable {
  readonly host: string
  readonly port: number
  /** Connections that are open, and those that were taken. */
  readonly open: number
  readonly accepted: number
  /** Sets the faults: of connections that are open, too. Without any, all is well again. */
  set(faults?: NetworkFaults): void
  /** Ends every open connection with a reset; what is under way is lost, and none is open from here on. */
  cut(): void
  /** Cuts all, and takes no more. */
  close(): Promise<void>
}

/** The server behind a {@link FaultProxy}. */
export interface FaultProxyOptions {
  /** Of the server. */
  port: number
  /** Default `'127.0.0.1'`. */
  host?: string | undefined
  /** Draws the sizes of pieces; default `Math.random`. */
  random?: (() => number) | undefined
}

const isPort = (port: unknown): boolean =>
  Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535

/**
 * Listens on a port of loopback, in front of a server.
 *
 * @example
 * ```ts
 * import { type AddressInfo, connect, createServer } from 'node:net'
 * import { once } from 'node:events'
 * import { faultProxy } from 'headgate/testing'
 *
 * const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
 * await once(server, 'listening')
 * const { port } = server.address() as AddressInfo
 * const proxy = await faultProxy({ port })
 * proxy.set({ piecesMax: 2 })
 *
 * const client = connect(proxy.port, proxy.host)
 * let text = ''
 * client.on('data', (piece) => { text += piece })
 * await once(client, 'close')
 * console.log(text) // → hello
 * await proxy.close()
 * server.close()
 * ```
 *
 * @throws `OPTION_INVALID` for a port that is none; what Node says where it cannot listen.
 */
export async function faultProxy({
  port,
  host = '127.0.0.1',
  random = Math.random,
}: FaultProxyOptions): Promise<FaultProxy> {
  if (!isPort(port)) {
    throw new HeadgateError('OPTION_INVALID', {
      option: 'port',
      expected: 'a port from 1 to 65535',
      received: describeValue(port),
    })
  }
  const proxy = new TcpProxy(port, host, random)
  await proxy.listen()
  return proxy
}

// biome-ignore lint/correctness/noUnusedVariables: the member of Disposable is defined in the static block
interface TcpProxy extends Disposable {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: as above
class TcpProxy implements FaultProxy {
  static {
    defineDispose(TcpProxy.prototype, function () {
      void this.close()
    })
  }

  readonly host = '127.0.0.1'
  accepted = 0
  faults: NetworkFaults = {}
  readonly random: () => number
  readonly #target: { readonly port: number; readonly host: string }
  readonly #server: Server
  readonly #pipes = new Set<Pipe>()

  constructor(port: number, host: string, random: () => number) {
    this.#target = { port, host }
    this.random = random
    this.#server = createServer((client) => this.#accept(client))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get open(): number {
    return this.#pipes.size / 2
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host)
    await once(this.#server, 'listening')
  }

  set(faults: NetworkFaults = {}): void {
    this.faults = faults
    for (const pipe of [...this.#pipes]) pipe.changed()
  }

  cut(): void {
    const pipes = [...this.#pipes]
    this.#pipes.clear()
    for (const pipe of pipes) pipe.reset()
  }

  async close(): Promise<void> {
    this.cut()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    client.on('error', () => {}) // it is followed by the close
    if (this.faults.refuse === true) {
      client.resetAndDestroy()
      return
    }
    this.accepted += 1
    const server = connect(this.#target)
    server.on('error', () => {})
    const pipes = [new Pipe(this, client, server), new Pipe(this, server, client)]
    for (const pipe of pipes) this.#pipes.add(pipe)
    const closed = (wasReset: boolean): void => {
      for (const pipe of pipes) {
        if (wasReset) pipe.reset()
        else pipe.end()
        this.#pipes.delete(pipe)
      }
    }
    client.on('close', closed)
    server.on('close', closed)
  }
}

/** Node 20 spins for ever on a socket that is reset while its end is under way. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

/** One direction of a connection. */
class Pipe {
  readonly #proxy: TcpProxy
  readonly #from: Socket
  readonly #to: Socket
  readonly #queue: Buffer[] = []
  #ended = false
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Bytes that were sent before the faults of now were set. */
  #sentBefore = 0

  constructor(proxy: TcpProxy, from: Socket, to: Socket) {
    this.#proxy = proxy
    this.#from = from
    this.#to = to
    from.setNoDelay(true)
    from.on('data', (bytes: Buffer) => {
      this.#queue.push(bytes)
      // As a window of TCP that is full: whoever sends finds out.
      from.pause()
      this.#later()
    })
    from.on('end', () => {
      this.#ended = true
      this.#later()
    })
  }

  /** The faults are others. */
  changed(): void {
    this.#sentBefore = this.#sent
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#later()
  }

  reset(): void {
    this.#forget()
    reset(this.#to)
  }

  end(): void {
    this.#forget()
    this.#to.destroy()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#queue.length = 0
  }

  #later(waitMs: number = this.#proxy.faults.delayMs ?? 0): void {
    if (this.#timer !== undefined || this.#proxy.faults.blackHole === true) return
    if (waitMs === 0) this.#move()
    else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#move()
      }, waitMs)
    }
  }

  /** Hands over the next piece, and all others in their turn. */
  #move(): void {
    const { piecesMax, bytesPerSecond, resetAfterBytes } = this.#proxy.faults
    const bytes = this.#queue.shift()
    if (bytes === undefined) {
      if (this.#ended) this.#to.end()
      else this.#from.resume()
      return
    }
    let size = bytes.length
    if (piecesMax !== undefined) size = Math.min(size, 1 + Math.floor(this.#proxy.random() * piecesMax))
    if (bytesPerSecond !== undefined) size = Math.min(size, Math.max(1, Math.ceil(bytesPerSecond / 100)))
    const left = (resetAfterBytes ?? Number.POSITIVE_INFINITY) - (this.#sent - this.#sentBefore)
    this.#sent += size
    if (size < bytes.length) this.#queue.unshift(bytes.subarray(size))
    this.#to.write(bytes.subarray(0, Math.min(size, left)))
    if (size >= left) {
      this.reset()
      reset(this.#from)
    } else if (bytesPerSecond !== undefined) this.#later((size * 1_000) / bytesPerSecond)
    else setImmediate(() => this.#later(0))
  }
}
