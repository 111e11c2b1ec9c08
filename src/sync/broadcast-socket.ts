/**
 * Sockets over a BroadcastChannel: between the tabs of an origin. Every tab hears every letter, so each letter
 * names its sender or its recipient.
 *
 *   client                        server
 *         <──────────────────────  serving    I am here: open, or reopen
 *   open   ─────────────────────>
 *         <──────────────────────  opened
 *   frame, close <──────────────>  frame, close
 *
 * A tab that is gone sends nothing. The server notices by heartbeats; clients, by the next tab that serves.
 */
import { randomUuid } from '../kit/index.ts'
import type { FrameData } from './frames.ts'
import { BaseSocket, type SyncSocket } from './socket.ts'

type Letter =
  | { readonly headgate: 'serving'; readonly server: string }
  | { readonly headgate: 'open'; readonly client: string }
  | { readonly headgate: 'opened'; readonly client: string; readonly server: string }
  | {
      readonly headgate: 'frame'
      readonly by: 'client' | 'server'
      readonly client: string
      readonly server: string
      readonly frame: FrameData
    }
  | {
      readonly headgate: 'close'
      readonly by: 'client' | 'server'
      readonly client: string
      readonly server: string
      readonly code: number
    }

const isLetter = (data: unknown): data is Letter =>
  typeof data === 'object' && data !== null && typeof (data as Partial<Letter>).headgate === 'string'

/** Hears the letters of a channel; anything else on it is ignored. */
function join(name: string, hear: (letter: Letter) => void): { post(letter: Letter): void; close(): void } {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: { readonly data: unknown }) => {
    if (isLetter(data)) hear(data)
  }
  return { post: (letter) => channel.postMessage(letter), close: () => channel.close() }
}

/** One end of a connection: a client's, or the server's of that client. */
class BroadcastSocket extends BaseSocket {
  readonly bufferedBytes = 0
  readonly client: string
  server = ''
  readonly #by: 'client' | 'server'
  readonly #post: (letter: Letter) => void
  readonly #leave: () => void

  constructor(by: 'client' | 'server', client: string, post: (letter: Letter) => void, leave: () => void) {
    super()
    this.#by = by
    this.client = client
    this.#post = post
    this.#leave = leave
  }

  openedTo(server: string): void {
    this.server = server
    this.opened()
  }

  transmit(frame: FrameData): void {
    const { client, server } = this
    this.#post({ headgate: 'frame', by: this.#by, client, server, frame })
  }

  end(code: number): void {
    const { client, server } = this
    if (server !== '') this.#post({ headgate: 'close', by: this.#by, client, server, code })
  }

  override closed(code: number): void {
    this.#leave()
    super.closed(code)
  }

  /** What the other side says. */
  hear(letter: Letter): void {
    const isTo = 'by' in letter && letter.by !== this.#by
    if (!isTo || letter.client !== this.client || letter.server !== this.server) return
    if (letter.headgate === 'frame') this.received(letter.frame)
    else this.closed(letter.code)
  }
}

/**
 * Opens a socket to the tab that serves on a BroadcastChannel ({@link acceptBroadcast}). It waits until there is one,
 * and closes when another tab takes over.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { acceptBroadcast, broadcastSocket, mirror, serve } from 'headgate/sync'
 *
 * const server = serve(createStore({ battery: 90 }))
 * const stop = acceptBroadcast(server, 'robot')
 * const robot = mirror<{ battery: number }>(() => broadcastSocket('robot'))
 * console.log((await robot.store.waitFor(() => true)).state) // → { battery: 90 }
 * robot.close()
 * stop()
 * server[Symbol.dispose]()
 * ```
 */
export function broadcastSocket(name: string): SyncSocket {
  const client = randomUuid()
  const channel = join(name, (letter) => {
    if (letter.headgate === 'serving') {
      if (socket.server === '') channel.post({ headgate: 'open', client })
      else if (socket.server !== letter.server) socket.closed(1006)
    } else if (letter.headgate === 'opened') {
      if (letter.client === client && socket.server === '') socket.openedTo(letter.server)
    } else socket.hear(letter)
  })
  const socket = new BroadcastSocket(
    'client',
    client,
    (letter) => channel.post(letter),
    () => channel.close(),
  )
  channel.post({ headgate: 'open', client })
  return socket
}

/**
 * Accepts connections from the tabs of this origin, on a BroadcastChannel. A tab that served there before no longer
 * does: its clients connect here.
 *
 * @returns a function that stops accepting, and closes the accepted connections
 */
export function acceptBroadcast(server: { accept(socket: SyncSocket): void }, name: string): () => void {
  const id = randomUuid()
  const sockets = new Map<string, BroadcastSocket>()
  const stop = (): void => {
    for (const socket of [...sockets.values()]) socket.close(1001, 'CLOSED')
    channel.close()
  }
  const open = (client: string): void => {
    if (sockets.has(client)) return
    const socket = new BroadcastSocket(
      'server',
      client,
      (letter) => channel.post(letter),
      () => sockets.delete(client),
    )
    sockets.set(client, socket)
    channel.post({ headgate: 'opened', client, server: id })
    socket.openedTo(id)
    try {
      server.accept(socket)
    } catch {
      stop() // the server is closed: nobody is served here any more
    }
  }
  const channel = join(name, (letter) => {
    if (letter.headgate === 'open') open(letter.client)
    else if (letter.headgate === 'serving') stop()
    else if ('client' in letter) sockets.get(letter.client)?.hear(letter)
  })
  channel.post({ headgate: 'serving', server: id })
  return stop
}
