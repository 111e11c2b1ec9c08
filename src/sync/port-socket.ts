/** Sockets over message ports: workers, worker threads, `MessageChannel`, and a pair in one process. */
import type { FrameData } from './frames.ts'
import { BaseSocket, type SyncSocket } from './socket.ts'

/** A browser's `MessagePort` or `Worker`, or those of Node's worker threads. */
export interface PortLike {
  postMessage(message: unknown): void
  addEventListener?:
    | ((type: 'message', listener: (event: { readonly data: unknown }) => void) => void)
    | undefined
  removeEventListener?:
    | ((type: 'message', listener: (event: { readonly data: unknown }) => void) => void)
    | undefined
  /** Node only: the listener receives the message itself. */
  on?: ((type: 'message' | 'close', listener: (message: unknown) => void) => unknown) | undefined
  off?: ((type: 'message' | 'close', listener: (message: unknown) => void) => unknown) | undefined
  start?: (() => void) | undefined
  close?: (() => void) | undefined
}

/** Announces the end on a port, which has no close event of its own. */
interface Ending {
  readonly headgate: 'close'
  readonly code: number
}

const isEnding = (message: unknown): message is Ending =>
  typeof message === 'object' && message !== null && (message as Partial<Ending>).headgate === 'close'

class PortSocket extends BaseSocket {
  readonly bufferedBytes = 0
  readonly #port: PortLike
  readonly #detach: () => void

  constructor(port: PortLike) {
    super()
    this.#port = port
    const message = (data: unknown): void => {
      if (!isEnding(data)) this.received(data as FrameData)
      else {
        this.#detach()
        this.closed(data.code)
      }
    }
    if (port.on !== undefined) {
      const gone = (): void => this.closed(1006)
      port.on('message', message)
      port.on('close', gone)
      this.#detach = () => {
        port.off?.('message', message)
        port.off?.('close', gone)
      }
    } else {
      const listener = ({ data }: { readonly data: unknown }): void => message(data)
      port.addEventListener?.('message', listener)
      this.#detach = () => port.removeEventListener?.('message', listener)
    }
    port.start?.()
    this.opened()
  }

  transmit(frame: FrameData): void {
    this.#port.postMessage(frame)
  }

  end(code: number): void {
    this.#port.postMessage({ headgate: 'close', code } satisfies Ending)
    this.#detach()
  }
}

/**
 * Creates a socket over a `MessagePort`, a `Worker` or the `parentPort` of a worker thread. The port itself
 * stays open: close it when nothing else uses it.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { mirror, portSocket, serve } from 'headgate/sync'
 *
 * const { port1, port2 } = new MessageChannel()
 * const server = serve(createStore({ battery: 90 }))
 * server.accept(portSocket(port1))
 * const robot = mirror<{ battery: number }>(() => portSocket(port2))
 * console.log((await robot.store.waitFor(() => true)).state) // → { battery: 90 }
 * robot.close()
 * server[Symbol.dispose]()
 * port1.close()
 * ```
 */
export function portSocket(port: PortLike): SyncSocket {
  return new PortSocket(port)
}

class PairedSocket extends BaseSocket {
  readonly bufferedBytes = 0
  peer: PairedSocket | undefined

  transmit(frame: FrameData): void {
    const { peer } = this
    queueMicrotask(() => peer?.received(frame))
  }

  end(code: number): void {
    const { peer } = this
    queueMicrotask(() => peer?.closed(code))
  }
}

/** Creates two connected sockets in one process; each frame arrives in a microtask of its own. For tests. */
export function socketPair(): [SyncSocket, SyncSocket] {
  const pair: [PairedSocket, PairedSocket] = [new PairedSocket(), new PairedSocket()]
  pair[0].peer = pair[1]
  pair[1].peer = pair[0]
  for (const socket of pair) socket.opened()
  return pair
}
