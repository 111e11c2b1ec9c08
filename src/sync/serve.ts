import { merge, type Observable, type Subscription } from 'rxjs'
import { reportServer, type ServerHealth } from '../health/index.ts'
import { kernelOf } from '../kernel/index.ts'
import { defineDispose, HeadgateError } from '../kit/index.ts'
import type { Store, SubscriberFault } from '../store/index.ts'
import type { ClientStats } from './channel.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import { allowsOrigin, type RequestLike } from './origins.ts'
import type { HeldBytes } from './outbox.ts'
import type { ServeOptions, ServeSettings } from './serve-options.ts'
import { serveSettings } from './serve-options.ts'
import { ServedStore } from './served-store.ts'
import type { SyncSocket } from './socket.ts'

/** What a server has done since it began. */
export interface SyncMetrics {
  /** Connections accepted, and those still open. */
  readonly accepted: number
  readonly connections: number
  readonly clients: number
  /** Connections turned away: the origin was not allowed, or there were too many. */
  readonly turnedAway: number
  /** Connections ended because of what they sent. */
  readonly protocolErrors: number
  /** Texts that were encoded; each may have gone to many clients. */
  readonly deltasMade: number
  readonly statesMade: number
  /** Bytes currently waiting for clients. */
  readonly heldBytes: number
}

/** Serves stores to clients: accepts their connections, and keeps the account of each. */
export interface SyncServer extends Disposable {
  /** Accepts a connection; if given the request it began with, only from an allowed origin. */
  accept(socket: SyncSocket, request?: RequestLike): void
  /** Whether `origins` allows a page of this origin. A request without an origin is not a page, and is allowed. */
  allowsOrigin(origin: string | undefined): boolean
  /** The figures of each connected client. */
  readonly clients: readonly ClientStats[]
  metrics(): SyncMetrics
  /** Faults of the clients of all stores. */
  readonly faults$: Observable<SubscriberFault>
}

// biome-ignore lint/suspicious/noExplicitAny: stores of any kind
type Stores = Readonly<Record<string, Store<any>>>

/**
 * Serves a store, or a record of them, to mirrors, over sockets passed to `accept`.
 *
 * Each client is a subscriber of the store, with its own policy and counters; it is busy while a full window of frames
 * is unacknowledged.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { mirror, serve, socketPair } from 'headgate/sync'
 *
 * const store = createStore({ battery: 90 })
 * const server = serve(store)
 * const [here, there] = socketPair()
 * server.accept(here)
 *
 * const robot = mirror<{ battery: number }>(() => there)
 * await robot.store.waitFor(({ battery }) => battery === 90)
 * store.set({ battery: 89 })
 * await robot.store.waitFor(({ battery }) => battery === 89)
 * console.log(robot.store.snapshot.version) // → 1
 * robot.close()
 * server[Symbol.dispose]()
 * ```
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`; `KERNEL_ABSENT` for anything that is not a store; `CODEC_INVALID`
 *   for a state that JSON cannot hold.
 */
export function serve<S>(store: Store<S>, options?: ServeOptions<S>): SyncServer
export function serve(stores: Stores, options?: ServeOptions): SyncServer
export function serve(given: object, options?: ServeOptions): SyncServer {
  const settings = serveSettings(options)
  const stores = isStore(given) ? { '': given } : (given as Stores)
  return new Server(stores, settings)
}

function isStore(given: object): given is Store<unknown> {
  try {
    kernelOf(given)
    return true
  } catch {
    return false
  }
}

// biome-ignore lint/correctness/noUnusedVariables: the member of Disposable is defined in the static block
interface Server extends Disposable {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: as above
class Server implements SyncServer, ConnectionHost {
  static {
    defineDispose(Server.prototype, function () {
      this.#close()
    })
  }

  readonly settings: ServeSettings
  readonly held: HeldBytes = { bytes: 0 }
  readonly faults$: Observable<SubscriberFault>
  readonly #served: ReadonlyMap<string, ServedStore>
  readonly #connections = new Set<Connection>()
  readonly #unreport: readonly (() => void)[]
  #heartbeat: Subscription | undefined
  #isClosed = false
  #accepted = 0
  #turnedAway = 0
  #protocolErrors = 0

  constructor(stores: Stores, settings: ServeSettings) {
    this.settings = settings
    const served = Object.entries(stores).map(([name, store]) => new ServedStore(name, store, settings))
    this.#served = new Map(served.map((each) => [each.name, each]))
    this.#unreport = served.map((each) => reportServer(each.kernel, () => this.#healthOf(each)))
    this.faults$ = merge(...served.map(({ store }) => store.faults$))
  }

  accept(socket: SyncSocket, request?: RequestLike): void {
    if (this.#isClosed) throw new HeadgateError('SERVER_CLOSED', {})
    const isForeign = request !== undefined && !this.allowsOrigin(request.headers.origin)
    const connection = new Connection(this, socket)
    this.#connections.add(connection)
    if (isForeign) {
      this.#turnedAway += 1
      connection.end('ORIGIN_FORBIDDEN', 'the server takes no connections from pages of this origin')
      return
    }
    if (this.#connections.size > this.settings.clientsMax) {
      this.#turnedAway += 1
      connection.end('CLIENTS_FULL', 'the server is full: try again later')
      return
    }
    this.#accepted += 1
    this.#heartbeat ??= this.settings.scheduler.schedule(() => this.#beat(), this.settings.heartbeatMs)
  }

  allowsOrigin(origin: string | undefined): boolean {
    try {
      return allowsOrigin(this.settings.origins, origin)
    } catch (error) {
      this.failed(undefined, 'sync', error)
      return false
    }
  }

  get clients(): readonly ClientStats[] {
    return [...this.#served.values()]
      .flatMap(({ channels }) => Array.from(channels.values(), ({ stats }) => stats))
      .filter((stats) => stats !== undefined)
  }

  metrics(): SyncMetrics {
    const served = [...this.#served.values()]
    const sum = (count: (each: ServedStore) => number): number =>
      served.reduce((total, each) => total + count(each), 0)
    return {
      accepted: this.#accepted,
      connections: this.#connections.size,
      clients: sum(({ channels }) => channels.size),
      turnedAway: this.#turnedAway,
      protocolErrors: this.#protocolErrors,
      deltasMade: sum(({ texts }) => texts.deltasMade),
      statesMade: sum(({ texts }) => texts.statesMade),
      heldBytes: this.held.bytes,
    }
  }

  #healthOf({ name, channels, texts }: ServedStore): ServerHealth {
    const clients = [...channels.values()]
    const lags = clients.map(({ lag }) => lag)
    return {
      name,
      clients: clients.length,
      lagging: lags.filter(({ versions, ms }) => versions > 0 || ms > 0),
      deltasMade: texts.deltasMade,
      statesMade: texts.statesMade,
      heldBytes: this.held.bytes,
      connections: this.#connections.size,
      accepted: this.#accepted,
      turnedAway: this.#turnedAway,
      protocolErrors: this.#protocolErrors,
    }
  }

  // ---- what a connection asks for ----

  served(name: string): ServedStore | undefined {
    return this.#served.get(name)
  }

  get isFull(): boolean {
    return this.held.bytes > this.settings.heldBytesMax
  }

  protocolError(): void {
    this.#protocolErrors += 1
  }

  failed(store: ServedStore | undefined, subscriberId: string, error: unknown): void {
    const { kernel } = store ?? [...this.#served.values()][0] ?? {}
    kernel?.report({ subscriberId, phase: 'kernel', error, version: kernel.head.version, failures: 1 })
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection)
    if (this.#connections.size > 0) return
    this.#heartbeat?.unsubscribe()
    this.#heartbeat = undefined
  }

  /** Asks those who are silent, and gives up those who stay so. */
  #beat(): void {
    // Counted in beats: a clock that jumps, or a process that slept, ends nobody.
    const { heartbeatMs, deadMs, scheduler } = this.settings
    // First of all: with the last connection it ends, and whatever fails below does not end it.
    this.#heartbeat = scheduler.schedule(() => this.#beat(), heartbeatMs)
    for (const connection of this.#connections) {
      connection.beat()
      if (connection.silentBeats * heartbeatMs >= deadMs + heartbeatMs) {
        connection.end('DEAD', `nothing was heard for ${deadMs} ms`)
      } else if (connection.silentBeats > 1) connection.send({ t: 'ping', at: Date.now() })
    }
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const connection of [...this.#connections]) connection.end('CLOSED', 'the server is closed')
    for (const { unfollow } of this.#served.values()) unfollow()
    for (const unreport of this.#unreport) unreport()
  }
}
