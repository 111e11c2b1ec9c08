/** What carries frames: a WebSocket, a port to a worker, a pair in one process. */
import type { FrameData } from './frames.ts'

/**
 * A connection as sync sees it. Frames arrive whole, in order, each at most once.
 *
 * Whoever receives the socket sets `onFrame` and `onClose`. `onClose` is called once, whichever side closed it.
 */
export interface SyncSocket {
  /** Sends a frame, once the connection is open. After the socket has closed it does nothing. */
  send(frame: FrameData): void
  /** Closes the socket with a WebSocket close code. */
  close(code: number, reason: string): void
  /** Bytes sent but not yet handed to the network; 0 if unknown. */
  readonly bufferedBytes: number
  /** Whether it sends UTF-8 bytes as text messages: then a frame for many clients is encoded only once. */
  readonly takesEncoded?: boolean
  onFrame: (frame: FrameData) => void
  onClose: (code: number) => void
}

/** Wraps a foreign socket: what it throws is reported, and goes no further. */
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

  /** A listener set after the close is still called. */
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
