/**
 * A connection to a server that several mirrors may share: it opens the socket, reopens it when it is lost, and
 * watches for signs of life.
 *
 *   connecting ──> open ──(welcome)──> heard ──(lost, silent)──> waiting ──> connecting …
 */
import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs'
import { isHeadgateError, TIMER_MS_MAX } from '../kit/index.ts'
import { asyncRefusal } from './async-refusal.ts'
import { type ClientFrame, type FrameData, type ServerFrame, writeFrame } from './frames.ts'
import { bytesOf, protocolInvalid, readServerFrame } from './read-frame.ts'
import type { SyncSocket } from './socket.ts'

/** The delay before reconnecting: random, up to `least × 2ⁿ` and at most `most`; milliseconds. */
export interface Backoff {
  readonly least: number
  readonly most: number
}

/** A mirror, as its link sees it. */
export interface LinkMember {
  /** The name of the store it mirrors. */
  readonly name: string
  /** The socket stands: it says hello. */
  opened(): void
  /** The socket is lost, and will be opened again. */
  lost(): void
  /** @param bytes - of the frame, as it came */
  received(frame: ServerFrame, bytes: number): void
  /** Receives what goes wrong with the connection. Must not throw. */
  failed(error: unknown): void
}

export interface LinkOptions {
  readonly connect: () => SyncSocket
  readonly backoff: Backoff
  readonly frameBytesMax: number
  readonly scheduler: SchedulerLike
}

/** Used until a server has announced its heartbeat. */
const HEARTBEAT_MS = 5_000
/** After this many beats without a sign of life, the connection is given up. */
const SILENT_BEATS_MAX = 3

export class Link {
  readonly #options: LinkOptions
  readonly #members = new Map<string, LinkMember>()
  #socket: SyncSocket | undefined
  #attempts = 0
  #retry: Subscription | undefined
  #heartbeat: Subscription | undefined
  #heartbeatMs = HEARTBEAT_MS
  #silentBeats = 0

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** Adds a mirror; with the first one the socket is opened. */
  add(member: LinkMember): void {
    this.#members.set(member.name, member)
    if (this.#socket !== undefined) member.opened()
    else if (this.#retry === undefined) this.#open()
  }

  /** Whether a store already has its mirror. */
  has(name: string): boolean {
    return this.#members.has(name)
  }

  /** Removes a mirror; with the last one the socket is closed. */
  remove(member: LinkMember): void {
    if (this.#members.get(member.name) !== member) return
    this.#members.delete(member.name)
    if (this.#members.size > 0) {
      this.send({ t: 'leave', store: member.name })
      return
    }
    const socket = this.#socket
    this.#forget()
    this.#retry?.unsubscribe()
    this.#retry = undefined
    this.#attempts = 0
    if (socket !== undefined) this.#end(socket, 1000, 'CLOSED')
  }

  /** Sends a frame if the socket is open; callers that need an answer send it again after a reconnect. */
  send(frame: ClientFrame): void {
    const socket = this.#socket
    try {
      socket?.send(writeFrame(frame))
    } catch (error) {
      this.#failed(error)
      this.reset(socket, 1011, 'FAILED')
    }
  }

  /** Whether other mirrors share this connection. */
  get isShared(): boolean {
    return this.#members.size > 1
  }

  /** The delay before another attempt, after this many attempts; milliseconds. */
  waitMs(attempts: number): number {
    const { least, most } = this.#options.backoff
    return Math.random() * Math.min(most, least * 2 ** Math.min(attempts, 30))
  }

  /** Gives up the connection, and reconnects. */
  reset(socket: SyncSocket | undefined = this.#socket, code = 1000, reason = 'RESET'): void {
    if (socket === undefined || socket !== this.#socket) return
    this.#forget()
    // Ahead of all that is told: whoever is told may add a mirror, or close the last one.
    this.#openLater()
    this.#end(socket, code, reason)
    for (const member of [...this.#members.values()]) member.lost()
  }

  #open(): void {
    this.#retry = undefined
    this.#attempts += 1
    let socket: SyncSocket
    try {
      socket = this.#options.connect()
      const refusal = asyncRefusal('connect', socket)
      if (refusal !== undefined) throw refusal
      // What an old socket still tells belongs to nobody.
      socket.onFrame = (data) => {
        if (socket === this.#socket) this.#received(socket, data)
      }
      socket.onClose = () => this.reset(socket)
    } catch (error) {
      this.#openLater()
      this.#failed(error)
      return
    }
    this.#socket = socket
    this.#silentBeats = 0
    this.#beatLater(socket)
    for (const member of [...this.#members.values()]) member.opened()
  }

  #received(socket: SyncSocket, data: unknown): void {
    this.#silentBeats = 0
    try {
      const frame = readServerFrame(data, this.#options)
      // It was read, so it is what carries a frame.
      if (frame !== undefined) this.#take(frame, bytesOf(data as FrameData))
    } catch (error) {
      this.#failed(error)
      if (!isHeadgateError(error, 'PROTOCOL_INVALID')) return
      this.reset(socket, 1002, 'PROTOCOL_INVALID')
    }
  }

  #take(frame: ServerFrame, bytes: number): void {
    if (frame.t === 'ping') {
      this.send({ t: 'pong', at: frame.at })
      return
    }
    if (!('store' in frame)) return
    if (frame.t === 'welcome') {
      this.#attempts = 0
      this.#heartbeatMs = Math.min(Math.max(1, frame.heartbeatMs), TIMER_MS_MAX)
    }
    if (frame.store !== undefined) this.#members.get(frame.store)?.received(frame, bytes)
    else {
      // The server says to all that it ends the connection.
      const socket = this.#socket
      for (const member of [...this.#members.values()]) member.received(frame, bytes)
      this.reset(socket)
    }
  }

  #beatLater(socket: SyncSocket): void {
    this.#heartbeat = this.#options.scheduler.schedule(() => {
      this.#silentBeats += 1
      if (this.#silentBeats <= SILENT_BEATS_MAX) this.#beatLater(socket)
      else {
        this.#failed(protocolInvalid('nothing was heard of the server'))
        this.reset(socket, 1001, 'DEAD')
      }
    }, this.#heartbeatMs)
  }

  #openLater(): void {
    if (this.#members.size === 0) return
    this.#retry = this.#options.scheduler.schedule(() => this.#open(), this.waitMs(this.#attempts))
  }

  #end(socket: SyncSocket, code: number, reason: string): void {
    try {
      socket.close(code, reason)
    } catch (error) {
      this.#failed(error)
    }
  }

  #forget(): void {
    this.#socket = undefined
    this.#heartbeat?.unsubscribe()
    this.#heartbeat = undefined
  }

  #failed(error: unknown): void {
    for (const member of this.#members.values()) member.failed(error)
  }
}

export const LINK_DEFAULTS: Omit<LinkOptions, 'connect'> = {
  backoff: { least: 100, most: 10_000 },
  frameBytesMax: 16_777_216,
  scheduler: asyncScheduler,
}
