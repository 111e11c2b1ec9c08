/**
 * A socket without WebSocket: frames arrive as server-sent events, and leave as the bodies of POSTs.
 *
 *   GET /sync               ──>  event: session   what POSTs name
 *                           <──  data: a frame …
 *                           <──  event: end       the code of a close
 *   POST /sync?session=…    ──>  frames, one a line
 *
 * One POST at a time keeps the order; frames sent meanwhile go with the next one.
 */
import type { FrameData } from './frames.ts'
import { bytesOf } from './read-frame.ts'
import { BaseSocket, type SyncSocket } from './socket.ts'
import { type SseEvent, SseReader } from './sse-events.ts'

/** How a client connects over server-sent events. */
export interface SseSocketOptions {
  /** Most characters of a frame from the server; default 16 777 216. */
  readonly frameCharactersMax?: number
  /** Headers of each request, such as a cookie that a proxy requires. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A POST ends with the first frame that takes it over so many bytes. */
const POST_BYTES = 65_536
/** How long the last frames may take to be delivered after a close. */
const CLOSE_MS = 1_000

const textOf = (frame: FrameData): string =>
  typeof frame === 'string' ? frame : new TextDecoder().decode(frame)

class SseSocket extends BaseSocket {
  bufferedBytes = 0
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #abort = new AbortController()
  readonly #reader: SseReader
  #session: string | undefined
  #frames: string[] = []
  #isPosting = false
  #isEnding = false

  constructor(url: string, { frameCharactersMax = 16_777_216, headers = {} }: SseSocketOptions) {
    super()
    this.#url = url
    this.#headers = headers
    this.#reader = new SseReader(frameCharactersMax)
    void this.#listen()
  }

  transmit(frame: FrameData): void {
    const text = textOf(frame)
    this.#frames.push(text)
    this.bufferedBytes += bytesOf(text)
    if (!this.#isPosting) void this.#post()
  }

  end(): void {
    this.#isEnding = true
    if (!this.#isPosting) {
      this.#abort.abort()
      return
    }
    // What was sent before a close is delivered, as on any socket.
    const timer = setTimeout(() => this.#abort.abort(), CLOSE_MS)
    ;(timer as { unref?: () => void }).unref?.()
    this.#abort.signal.addEventListener('abort', () => clearTimeout(timer))
  }

  /** Never rejects. */
  async #listen(): Promise<void> {
    try {
      const { body, ok } = await fetch(this.#url, {
        headers: { ...this.#headers, accept: 'text/event-stream' },
        cache: 'no-store',
        signal: this.#abort.signal,
      })
      const stream = body?.getReader()
      const decoder = new TextDecoder()
      while (ok && stream !== undefined) {
        const { value, done } = await stream.read()
        if (done) break
        const events = this.#reader.read(decoder.decode(value, { stream: true }))
        if (events === undefined) {
          this.closed(1009)
          break
        }
        for (const event of events) this.#take(event)
      }
    } catch {
      // A connection that is lost says all that there is to say by its end.
    }
    this.#lost()
  }

  #take({ name, data }: SseEvent): void {
    if (name === 'message') this.received(data)
    else if (name === 'session') {
      this.#session = data
      this.opened()
    } else if (name === 'end') this.closed(Number(data))
  }

  /** Never rejects. */
  async #post(): Promise<void> {
    this.#isPosting = true
    const url = `${this.#url}${this.#url.includes('?') ? '&' : '?'}session=${this.#session}`
    try {
      for (let body = this.#nextBody(); body !== undefined; body = this.#nextBody()) {
        const { ok } = await fetch(url, {
          method: 'POST',
          // The type that a browser sends to another origin without asking first.
          headers: { ...this.#headers, 'content-type': 'text/plain' },
          body,
          signal: this.#abort.signal,
        })
        if (!ok) throw new Error('the session is over')
        this.bufferedBytes -= bytesOf(body) - body.split('\n').length + 1
      }
    } catch {
      this.#lost()
    }
    this.#isPosting = false
    if (this.#isEnding) this.#abort.abort()
  }

  #nextBody(): string | undefined {
    let bytes = 0
    const count = this.#frames.findIndex((frame) => {
      bytes += bytesOf(frame)
      return bytes > POST_BYTES
    })
    const frames = this.#frames.splice(0, count < 0 ? this.#frames.length : count + 1)
    return frames.length === 0 ? undefined : frames.join('\n')
  }

  #lost(): void {
    this.#abort.abort()
    this.#frames = []
    this.closed(1006)
  }
}

/**
 * Creates a socket over server-sent events and POST, to a server with an {@link sseHandler}: for browsers and Node
 * behind proxies that block WebSocket. It does not need `ws`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createStore } from 'headgate'
 * import { mirror, serve, sseHandler, sseSocket } from 'headgate/sync'
 *
 * const server = serve(createStore({ battery: 90 }))
 * const http = createServer(sseHandler(server))
 * await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
 * const { port } = http.address() as { port: number }
 *
 * const robot = mirror<{ battery: number }>(() => sseSocket(`http://127.0.0.1:${port}/sync`))
 * console.log((await robot.store.waitFor(() => true)).state) // → { battery: 90 }
 * robot.close()
 * server[Symbol.dispose]()
 * http.close()
 * ```
 */
export function sseSocket(url: string, options: SseSocketOptions = {}): SyncSocket {
  return new SseSocket(url, options)
}
