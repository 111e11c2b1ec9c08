/**
 * What a client is sent and has not acknowledged: at most a window of it. What does not fit waits, and with it the
 * policy of the client, which then conflates, drops or holds as for any slow subscriber.
 *
 * Acknowledgements and not the buffer of the socket: the network swallows megabytes before that fills, and all of it
 * is stale when it is read.
 */
import { bytesOf } from './read-frame.ts'
import type { ContainedSocket } from './socket.ts'

/** What a frame that is to be acknowledged is of. */
export interface PostedOf {
  readonly version: number
  /** Which chunk of a snapshot; of a delta undefined. */
  readonly index: number | undefined
  /** Whether the client has the version with it. */
  readonly isLast: boolean
}

/** A frame that is to be acknowledged: one object for all who are sent it, encoded once. */
export class Posted {
  readonly of: PostedOf
  readonly text: string
  readonly bytes: number
  #encoded: Uint8Array | undefined

  constructor(of: PostedOf, text: string) {
    this.of = of
    this.text = text
    this.bytes = bytesOf(text)
  }

  get encoded(): Uint8Array {
    this.#encoded ??= encoder.encode(this.text)
    return this.#encoded
  }
}

interface Unacknowledged {
  readonly posted: Posted
  readonly sentAt: number
}

const encoder = new TextEncoder()

/** A sum over all clients of a server. */
export interface HeldBytes {
  bytes: number
}

export interface OutboxOptions {
  /** Frames. */
  readonly window: number
  readonly windowBytes: number
  /** Has added to it what is not acknowledged, or waits to be sent. */
  readonly held: HeldBytes
  /** Milliseconds of a monotonic clock. */
  now(): number
}

export class Outbox {
  acknowledgedVersion = -1
  bytesSent = 0
  readonly #socket: ContainedSocket
  readonly #options: OutboxOptions
  #waiting: Posted[] = []
  #isHeldBack = false
  #isClosed = false
  #heldBytes = 0
  readonly #unacknowledged: Unacknowledged[] = []
  #unacknowledgedBytes = 0
  #freed: (() => void) | undefined

  constructor(socket: ContainedSocket, options: OutboxOptions) {
    this.#socket = socket
    this.#options = options
  }

  /** How long the oldest frame has been without an answer; 0 without one. */
  get lagMs(): number {
    const [oldest] = this.#unacknowledged
    return oldest === undefined ? 0 : this.#options.now() - oldest.sentAt
  }

  /** Sends frames as there is room for them; what it returns resolves when there is room for more. */
  post(frames: readonly Posted[]): Promise<void> | undefined {
    if (this.#isClosed) return undefined
    for (const each of frames) {
      this.#waiting.push(each)
      this.#hold(each.bytes)
    }
    this.#pump()
    if (!this.#isBusy) return undefined
    return new Promise((resolve) => {
      this.#freed = resolve
    })
  }

  /** The client has applied a frame, and so all before it. @returns whether it was sent, and had no answer. */
  acknowledge(version: number, index: number | undefined): boolean {
    const sent = this.#unacknowledged
    const at = sent.findIndex(({ posted: { of } }) => of.version === version && of.index === index)
    for (const { posted } of sent.splice(0, at + 1)) {
      this.#unacknowledgedBytes -= posted.bytes
      this.#hold(-posted.bytes)
      if (posted.of.isLast) this.acknowledgedVersion = posted.of.version
    }
    this.settle()
    return at >= 0
  }

  /** Looks whether there is room again; also asked from time to time, for what the socket alone knows. */
  settle(): void {
    this.#pump()
    if (this.#isBusy) return
    this.#freed?.()
    this.#freed = undefined
  }

  /** What is posted meanwhile is sent behind what this sends. */
  sendAhead(send: () => void): void {
    this.#isHeldBack = true
    try {
      send()
    } finally {
      this.#isHeldBack = false
      this.settle()
    }
  }

  /** Nothing more is sent, and nobody waits. */
  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#unacknowledged.length = 0
    this.#unacknowledgedBytes = 0
    this.#hold(-this.#heldBytes)
    this.#freed?.()
    this.#freed = undefined
  }

  get #isFull(): boolean {
    const { window, windowBytes } = this.#options
    return (
      this.#unacknowledged.length >= window ||
      this.#unacknowledgedBytes >= windowBytes ||
      this.#socket.bufferedBytes > windowBytes
    )
  }

  get #isBusy(): boolean {
    return this.#waiting.length > 0 || this.#isFull
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes
    this.#options.held.bytes += bytes
  }

  #pump(): void {
    while (!this.#isHeldBack && !this.#isFull) {
      const posted = this.#waiting.shift()
      if (posted === undefined) return
      this.#unacknowledged.push({ posted, sentAt: this.#options.now() })
      this.#unacknowledgedBytes += posted.bytes
      this.bytesSent += posted.bytes
      this.#socket.send(this.#socket.takesEncoded ? posted.encoded : posted.text)
    }
  }
}
