/**
 * One socket, at the server: reads its frames within bounds, and hands each to the channel of its store. Whatever is
 * wrong ends this connection, and touches nobody else.
 */
import { isHeadgateError, messageOf } from '../kit/index.ts'
import { Channel } from './channel.ts'
import {
  type ByeCode,
  type ClientFrame,
  type Grant,
  type Hello,
  PROTOCOL,
  type ServerFrame,
  writeFrame,
} from './frames.ts'
import type { HeldBytes } from './outbox.ts'
import { protocolInvalid, readClientFrame } from './read-frame.ts'
import type { ServeSettings } from './serve-options.ts'
import type { ServedStore } from './served-store.ts'
import { ContainedSocket, type SyncSocket } from './socket.ts'

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly settings: ServeSettings
  served(name: string): ServedStore | undefined
  /** What waits for the clients of all connections. */
  readonly held: HeldBytes
  /** Whether as much waits for clients as may. */
  readonly isFull: boolean
  protocolError(): void
  /** @param store - undefined: whichever it is told for all */
  failed(store: ServedStore | undefined, clientId: string, error: unknown): void
  closed(connection: Connection): void
}

/** The codes of WebSocket that go with a bye. */
const CLOSE_CODES: Readonly<Record<ByeCode, number>> = {
  CLIENTS_FULL: 1013,
  CLOSED: 1001,
  DEAD: 1001,
  DESTROYED: 1000,
  FAILED: 1011,
  ORIGIN_FORBIDDEN: 1008,
  OVERFLOW: 1000,
  PROTOCOL_INVALID: 1002,
  REPLACED: 1000,
  STORE_UNKNOWN: 1008,
  UNAUTHORIZED: 1008,
}

export class Connection {
  /** Whatever it throws ends it. */
  readonly socket: ContainedSocket
  /** Heartbeats since something was heard of a client that is let in, or since the socket was opened. */
  silentBeats = 0
  readonly #host: ConnectionHost
  /** By the names of the stores. */
  readonly #channels = new Map<string, Channel>()
  /** Those that are looked at, likewise. */
  readonly #hellos = new Map<string, Hello>()
  #isOver = false
  #framesInBeat = 0
  /** Characters of answers since its socket had room. */
  #unread = 0

  constructor(host: ConnectionHost, socket: SyncSocket) {
    this.#host = host
    this.socket = new ContainedSocket(socket, (error) => this.#broke(error))
    socket.onFrame = (data) => this.#received(data)
    socket.onClose = () => this.#gone()
  }

  get channels(): Channel[] {
    return [...this.#channels.values()]
  }

  /** Whether nothing is mirrored over it, and nobody waits to be let in. */
  get #isIdle(): boolean {
    return this.#channels.size === 0 && this.#hellos.size === 0
  }

  get held(): HeldBytes {
    return this.#host.held
  }

  send(frame: ServerFrame): void {
    if (!this.#isOver) this.socket.send(writeFrame(frame))
  }

  /**
   * Sends what was asked for. Beside frames of stores, which wait for acknowledgements, only this is sent as often as a
   * client likes.
   *
   * @throws `PROTOCOL_INVALID` for one that asks and asks, and does not read.
   */
  answer(frame: ServerFrame): void {
    const { windowBytes } = this.#host.settings
    const text = writeFrame(frame)
    if (this.socket.bufferedBytes <= windowBytes) this.#unread = 0
    else this.#unread += text.length
    if (this.#unread > windowBytes) throw protocolInvalid('answers are read as they come')
    if (!this.#isOver) this.socket.send(text)
  }

  /** @throws `PROTOCOL_INVALID` for more than may come. */
  countFrame(): void {
    const { framesPerSecondMax, heartbeatMs } = this.#host.settings
    this.#framesInBeat += 1
    if (this.#framesInBeat > Math.max(1, (framesPerSecondMax * heartbeatMs) / 1_000)) {
      throw protocolInvalid(`more than ${framesPerSecondMax} frames came in a second`)
    }
  }

  /** A heartbeat: counts silence, and lets the next frames in. */
  beat(): void {
    this.silentBeats += 1
    this.#framesInBeat = 0
    for (const channel of this.channels) channel.settle()
  }

  /** Says why, and closes the socket. */
  end(code: ByeCode, message: string): void {
    if (this.#isOver) return
    this.send({ t: 'bye', store: undefined, code, message })
    this.socket.close(CLOSE_CODES[code], code)
    this.#gone()
  }

  /** The server can feed a channel nothing, now or later. */
  failed(channel: Channel, error: unknown): void {
    channel.close()
    this.#refuse(channel.facts, 'FAILED', `the server failed: ${messageOf(error)}`)
  }

  /** A channel is over. */
  forget(channel: Channel): void {
    const { store, clientId } = channel.facts
    if (this.#channels.get(store) === channel) this.#channels.delete(store)
    if (channel.served.channels.get(clientId) === channel) channel.served.channels.delete(clientId)
  }

  #gone(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const channel of this.channels) channel.close()
    this.#channels.clear()
    this.#hellos.clear()
    this.#host.closed(this)
  }

  #broke(error: unknown): void {
    if (this.#isOver) return
    const [channel] = this.channels
    this.#host.failed(channel?.served, channel?.facts.clientId ?? 'sync', error)
    this.#gone()
    this.socket.close(CLOSE_CODES.FAILED, 'FAILED')
  }

  #received(data: unknown): void {
    if (this.#isOver) return
    try {
      const frame = readClientFrame(data, this.#host.settings)
      if (!this.#isIdle || frame?.t === 'hello') this.silentBeats = 0
      // An acknowledgement counts where it is of nothing.
      if (frame?.t !== 'ack') this.countFrame()
      if (frame !== undefined) this.#take(frame)
    } catch (error) {
      if (!isHeadgateError(error, 'PROTOCOL_INVALID')) throw error
      this.#host.protocolError()
      this.end('PROTOCOL_INVALID', error.details.problem)
    }
  }

  #take(frame: ClientFrame): void {
    if (frame.t === 'ping') this.answer({ t: 'pong', at: frame.at })
    else if (frame.t === 'hello') this.#hello(frame)
    else if ('store' in frame) {
      const channel = this.#channels.get(frame.store)
      // What a client sends that has not heard yet that its channel is over is no fault of its.
      if (channel !== undefined) channel.received(frame)
      else if (frame.t === 'leave' && this.#hellos.delete(frame.store)) return
      else if (this.#isIdle || this.#hellos.has(frame.store)) {
        throw protocolInvalid(`a "${frame.t}" comes after a welcome`)
      } else if (frame.t === 'ack') this.countFrame()
    }
  }

  #hello(hello: Hello): void {
    if (hello.protocol !== PROTOCOL) throw protocolInvalid(`the protocol is ${PROTOCOL}`)
    if (this.#hellos.has(hello.store)) throw protocolInvalid('a hello waits for its answer')
    const served = this.#host.served(hello.store)
    if (served === undefined) {
      this.#refuse(hello, 'STORE_UNKNOWN', `no store is served as "${hello.store}"`)
      return
    }
    if (this.#host.isFull) {
      this.end('CLIENTS_FULL', 'the server is full: try again later')
      return
    }
    // One that asks again, for what it has lost, begins anew.
    this.#channels.get(hello.store)?.close()
    this.#hellos.set(hello.store, hello)
    void this.#authorize(hello, served)
  }

  /** Never rejects. */
  async #authorize(hello: Hello, served: ServedStore): Promise<void> {
    try {
      const grant = await this.#host.settings.authorize(hello)
      // It has left meanwhile, or is gone.
      if (!this.#isLookedAt(hello)) return
      if (grant?.read !== true) this.#refuse(hello, 'UNAUTHORIZED', 'the server does not let this client in')
      else if (served.kernel.destroyed) this.#refuse(hello, 'DESTROYED', 'the store is destroyed')
      else this.#open(hello, served, grant)
    } catch (error) {
      this.#host.failed(served, hello.clientId, error)
      if (!this.#isLookedAt(hello)) return
      // It may have been begun before it failed.
      this.#channels.get(hello.store)?.close()
      this.#refuse(hello, 'FAILED', `the server failed: ${messageOf(error)}`)
    }
  }

  #isLookedAt(hello: Hello): boolean {
    return this.#hellos.get(hello.store) === hello
  }

  #open(hello: Hello, served: ServedStore, grant: Grant): void {
    const channel = new Channel(this, served, hello, grant, this.#host.settings)
    const older = served.channels.get(hello.clientId)
    older?.end('REPLACED', 'the client has connected anew')
    served.channels.set(hello.clientId, channel)
    this.#channels.set(hello.store, channel)
    channel.begin(hello)
    this.#hellos.delete(hello.store)
  }

  /** Turns a client away; a connection that carries nothing else is over. */
  #refuse({ store }: Pick<Hello, 'store'>, code: ByeCode, message: string): void {
    this.#channels.delete(store)
    this.#hellos.delete(store)
    if (this.#isIdle) this.end(code, message)
    else this.send({ t: 'bye', store, code, message })
  }
}
