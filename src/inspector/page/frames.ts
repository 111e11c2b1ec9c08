/** The client's half of the frames of `headgate/sync`, as far as a page needs it: docs/protocol.md. */
import { applyOps, type Op } from './apply-ops.ts'

/** What carries frames, as {@link SyncSocket} does. */
export interface FrameSocket {
  send(frame: string): void
  close(code: number, reason: string): void
  onFrame: (frame: string | Uint8Array) => void
  onClose: (code: number) => void
}

/** One store of the server, as it is here. */
export interface FrameStore {
  readonly name: string
  /** Who asks; a store may be shown differently to each. */
  readonly clientId: string
  next(state: unknown, missed: number): void
}

interface Held {
  readonly store: FrameStore
  state: unknown
  version: number
  pieces: string[]
}

interface Frame {
  readonly t: string
  readonly store?: string
  readonly version: number
  readonly from: number
  readonly index: number
  readonly count: number
  readonly text: string
  readonly missed: number
  readonly head?: { readonly missed: number }
  readonly ops: readonly Op[]
  readonly at: number
}

/** Stores over one socket. */
export class Frames {
  readonly #socket: FrameSocket
  readonly #held = new Map<string, Held>()

  constructor(socket: FrameSocket) {
    this.#socket = socket
    socket.onFrame = (data) => this.#received(JSON.parse(String(data)) as Frame)
  }

  /** Follows a store, anew where it was followed by another client. */
  follow(store: FrameStore): void {
    if (this.#held.has(store.name)) this.#send({ t: 'leave', store: store.name })
    this.#held.set(store.name, { store, state: undefined, version: -1, pieces: [] })
    this.#hello(store)
  }

  leave(name: string): void {
    if (this.#held.delete(name)) this.#send({ t: 'leave', store: name })
  }

  #hello({ name, clientId }: FrameStore): void {
    this.#send({ t: 'hello', protocol: 1, clientId, store: name })
  }

  #received(frame: Frame): void {
    if (frame.t === 'ping') this.#send({ t: 'pong', at: frame.at })
    const held = this.#held.get(frame.store ?? '')
    if (held === undefined) return
    if (frame.t === 'chunk') this.#chunk(held, frame)
    else if (frame.t === 'delta') this.#delta(held, frame)
  }

  #chunk(held: Held, { version, index, count, text, head }: Frame): void {
    if (index === 0) held.pieces = []
    held.pieces.push(text)
    if (index === count - 1) {
      this.#next(held, JSON.parse(held.pieces.join('')), version, head?.missed ?? 0)
      held.pieces = []
    }
    this.#send({ t: 'ack', store: held.store.name, version, index })
  }

  #delta(held: Held, { from, version, missed, ops }: Frame): void {
    // One that does not fit belongs to a client that this store was followed by before.
    if (from !== held.version) return
    this.#next(held, applyOps(held.state, ops), version, missed)
    this.#send({ t: 'ack', store: held.store.name, version })
  }

  #next(held: Held, state: unknown, version: number, missed: number): void {
    held.state = state
    held.version = version
    held.store.next(state, missed)
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame))
  }
}
