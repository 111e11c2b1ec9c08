/** A client and a server that are written by hand: they say what they are told to, and keep what they hear. */
import { type SyncSocket, socketPair } from '../../../src/sync/index.ts'
import { turn } from './bench.ts'

export type Frame = Record<string, unknown>

export class HandWritten {
  readonly heard: Frame[] = []
  closed: number | undefined
  readonly #socket: SyncSocket

  constructor(bench: { connect(): SyncSocket }) {
    this.#socket = bench.connect()
    this.#socket.onFrame = (data) => this.heard.push(JSON.parse(String(data)) as Frame)
    this.#socket.onClose = (code) => {
      this.closed = code
    }
  }

  /** Says a frame, or any text or bytes, and waits until it is answered. */
  async say(frame: Frame | string | Uint8Array): Promise<void> {
    const isData = typeof frame === 'string' || frame instanceof Uint8Array
    this.#socket.send(isData ? frame : JSON.stringify(frame))
    await turn()
  }

  async hello(more: Frame = {}): Promise<void> {
    await this.say({ t: 'hello', protocol: 1, clientId: 'hand', ...more })
  }

  /** Takes what was heard. */
  take(): Frame[] {
    return this.heard.splice(0)
  }
}

/** Serves `{ n }` to one mirror; `connect` is what the mirror is given. */
export class HandServer {
  readonly heard: Frame[] = []
  /** Its ends of the sockets, oldest first. */
  readonly sockets: SyncSocket[] = []

  readonly connect = (): SyncSocket => {
    const [here, there] = socketPair()
    here.onFrame = (data) => this.heard.push(JSON.parse(String(data)) as Frame)
    this.sockets.push(here)
    return there
  }

  /** Says frames on the newest socket, and waits until they are answered. */
  async say(...frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) this.sockets.at(-1)?.send(JSON.stringify(frame))
    await turn()
  }

  welcome(more: Frame = {}): Promise<void> {
    const grant = { read: true, write: true }
    return this.say({
      t: 'welcome',
      epoch: 'one',
      mode: 'snapshot',
      version: 0,
      heartbeatMs: 1_000,
      window: 8,
      grant,
      ...more,
    })
  }

  /** Takes what was heard. */
  take(): Frame[] {
    return this.heard.splice(0)
  }
}

const head = (version: number): Frame => ({
  version,
  missed: 0,
  reason: 'SET',
  source: 'hand',
  tsWall: 0,
  metadata: {},
})

/** A delta that sets `n` to its version. */
export const deltaOf = (from: number, version: number): Frame => ({
  t: 'delta',
  from,
  ...head(version),
  ops: [{ op: 'replace', path: '/n', value: version }],
})

/** The chunks of `{ n }` at a version. */
export function chunksOf(version: number, count = 1): Frame[] {
  const text = JSON.stringify({ n: version })
  const length = Math.ceil(text.length / count)
  return Array.from({ length: count }, (_, index) => ({
    t: 'chunk',
    version,
    index,
    count,
    text: text.slice(index * length, (index + 1) * length),
    ...(index === 0 && { head: head(version) }),
  }))
}
