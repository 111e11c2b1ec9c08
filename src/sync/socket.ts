/** What carries frames: a WebSocket, a port to a worker, a pair in one process. */
import type { FrameData } from './frames.ts'

/**
 * A connection as sync sees it. Frames arrive whole, in order, each at most once.
 *
 * `onFrame` and `onClose` are set by whoever is given the socket. `onClose` is called once, whoever closed it.
 */
export interface SyncSocket {
  /** Sends a frame; before the connection stands, it waits for that. After its end it does nothing. */
  send(frame: FrameData): void
  /** Ends it; the code is one of WebSocket's. */
  close(code: number, reason: string): void
  /** Bytes that were sent and are not in the network yet; 0 where that is not known. */
  readonly bufferedBytes: number
  /** Whether it sends bytes as the text that they are of: then what goes to many clients is encoded once for all. */
  readonly takesEncoded?: boolean
  onFrame: (frame: FrameData) => void
  onClose: (code: number) => void
}

/** A socket that somebody else has made: what it throws is told, and goes no further. */
export class ContainedSocket implements Omit<SyncSocket, 'onFrame' | 'onClose'> {
  readonly #socket: SyncSocket
  readonly #broke: (error: unknown) => void

  constructor(socket: SyncSocket, broke: (error: unknown) => void) {
    this.#socket = socket
    this.#broke = broke
  }

  get takesEncoded(): boolean {
    return this.#socket.takesEncoded === true
  }

  get bufferedBytes(): number {
    try {
      return this.#socket.bufferedBytes
    } catch (error) {
      this.#broke(error)
      return 0
    }
  }

  send(frame: FrameData): void {
    try {
      this.#socket.send(frame)
    } catch (error) {
      this.#broke(error)
    }
  }

  close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason)
    } catch (error) {
      this.#broke(error)
    }
  }
}

const ignore = (): void => {}

/** What sockets of all kinds have in common: what waits for the connection, and the one end. */
export abstract class BaseSocket implements SyncSocket {
  onFrame: (frame: FrameData) => void = ignore
  abstract readonly bufferedBytes: number
  readonly takesEncoded: boolean = false
  #waiting: FrameData[] | undefined = []
  #closed = false
  #onClose: (code: number) => void = ignore
  /** The code of an end that nobody has been told of. */
  #untold: number | undefined

  abstract transmit(frame: FrameData): void
  abstract end(code: number, reason: string): void

  get onClose(): (code: number) => void {
    return this.#onClose
  }

  /** Whoever comes after the end is told of it all the same. */
  set onClose(listener: (code: number) => void) {
    const code = this.#untold
    this.#untold = undefined
    if (code !== undefined) queueMicrotask(() => listener(code))
    else if (!this.#closed) this.#onClose = listener
  }

  send(frame: FrameData): void {
    if (this.#closed) return
    if (this.#waiting === undefined) this.transmit(frame)
    else this.#waiting.push(frame)
  }

  close(code: number, reason: string): void {
    if (this.#closed) return
    this.end(code, reason)
    this.closed(code)
  }

  /** The connection stands. */
  opened(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const frame of waiting) this.send(frame)
  }

  received(frame: FrameData): void {
    if (!this.#closed) this.onFrame(frame)
  }

  closed(code: number): void {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = undefined
    const onClose = this.#onClose
    this.onFrame = ignore
    this.#onClose = ignore
    if (onClose === ignore) this.#untold = code
    else onClose(code)
  }
}
