import type { Observable } from 'rxjs'
import type { MetricsSource } from '../health/index.ts'
import { HeadgateError } from '../kit/index.ts'
import type { Draft, Readable } from '../store/index.ts'
import { LINK_DEFAULTS, Link } from './link.ts'
import { checkLinking, checkMirror, type LinkingOptions, type MirrorOptions } from './mirror-options.ts'
import type { SyncSocket } from './socket.ts'
import { StoreMirror } from './store-mirror.ts'
import { browserSocket, type WebSocketLike } from './web-socket.ts'

/**
 * `connecting` until it has a state; `live` while the server sends it each new one; `stale` while the connection is
 * lost, or the mirror has asked for its state again; `closed` for good.
 */
export type MirrorStatus = 'connecting' | 'live' | 'stale' | 'closed'

/** The outcome of a write. */
export type WriteResult =
  | { readonly committed: true; readonly version: number }
  | {
      readonly committed: false
      /** `timeout`: no answer came, so the write may have been committed; the mirror's state will show. */
      readonly reason: 'conflict' | 'refused' | 'timeout'
      /** The server's current version. */
      readonly version: number
      readonly message?: string
    }

/** An immer recipe, computed on the state of the mirror. */
export type Recipe<S> = (draft: Draft<S>) => void | S | Draft<S>

/** How long a request to the server may take. */
export interface AskOptions {
  /** How long to wait for the answer; milliseconds, default 10 000. */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** How a mirror's write is labelled, and how often it is retried. */
export interface UpdateOptions extends AskOptions {
  /** The reason of the commit; default `'UPDATE'`. */
  reason?: string | undefined
  /** How often it is retried on a newer state; default 16. */
  retries?: number | undefined
  /** Shows the write in {@link Mirror.optimistic} until it is decided; default false. */
  optimistic?: boolean | undefined
}

/** A replica of a store in another process. */
export interface Mirror<S> {
  /** The replica, to read and follow, and its figures. A write to it is refused with `WRITE_ELSEWHERE`. */
  readonly store: Readable<S> & MetricsSource
  /**
   * What {@link Mirror.store} will be once the writes with `optimistic: true` are committed: they run again on each new
   * version. A write that is not committed is rolled back, and a fault says so (`WRITE_TAKEN_BACK`). It numbers its
   * versions itself.
   */
  readonly optimistic: Readable<S>
  /** The name by which the server knows it. */
  readonly clientId: string
  readonly status$: Observable<MirrorStatus>
  /** The number of versions it knows of but does not have; how long it has been behind or disconnected. */
  readonly lag: { readonly versions: number; readonly ms: number }
  /** How often it asked for a state again: after a delta that did not apply, a restart of the store, a gap. */
  readonly resyncs: { readonly damaged: number; readonly epoch: number; readonly gap: number }
  /**
   * Changes the store at the server: the recipe runs on the local state, and its result is committed there if the
   * version is still the same; otherwise it runs again on the newer state. Resolves when the mirror has the version.
   *
   * @throws what the recipe throws; `OPTION_INVALID`, `RECIPE_ASYNC`, `STATE_INVALID`, `STORE_UNINITIALIZED` before
   *   there is a state, `STORE_DESTROYED` after `close()`, `WRITES_FULL`, `CODEC_INVALID` for what JSON cannot hold, the
   *   signal's reason.
   */
  update(recipe: Recipe<S>, options?: UpdateOptions): Promise<WriteResult>
  /** Sends an event to the machine store at the server; resolves like {@link Mirror.update}. */
  send(event: string | { readonly type: string }, options?: AskOptions): Promise<WriteResult>
  /** Ends the mirror: its store is destroyed, and keeps its last state. */
  close(): void
}

/** A connection that several mirrors share. */
export interface SyncLink {
  /** @throws `MIRROR_TWICE` for a store it already mirrors. */
  mirror<S>(store: string, options?: Omit<MirrorOptions, 'store' | keyof LinkingOptions>): Mirror<S>
}

/** How to reach a server: a WebSocket address, or a function that opens a socket. */
export type ConnectTo = string | (() => SyncSocket)

/**
 * Connects to a server of several stores. The socket opens with the first mirror and closes with the last.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { linkTo, serve, socketPair } from 'headgate/sync'
 *
 * const server = serve({ robot: createStore({ battery: 90 }), fleet: createStore(['r1']) })
 * const [here, there] = socketPair()
 * server.accept(here)
 *
 * const link = linkTo(() => there)
 * const robot = link.mirror<{ battery: number }>('robot')
 * const fleet = link.mirror<string[]>('fleet')
 * await Promise.all([robot, fleet].map(({ store }) => store.waitFor(() => true)))
 * console.log(robot.store.state.battery, fleet.store.state) // → 90 [ 'r1' ]
 * robot.close()
 * fleet.close()
 * server[Symbol.dispose]()
 * ```
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function linkTo(connect: ConnectTo, options: LinkingOptions = {}): SyncLink {
  checkLinking(options, 'linkTo()')
  const { backoffMs = LINK_DEFAULTS.backoff, frameBytesMax = LINK_DEFAULTS.frameBytesMax } = options
  const { scheduler = LINK_DEFAULTS.scheduler } = options
  const link = new Link({ connect: opener(connect), backoff: backoffMs, frameBytesMax, scheduler })
  return {
    mirror: (store, own = {}) => {
      checkMirror(own, 'mirror()')
      if (link.has(store)) throw new HeadgateError('MIRROR_TWICE', { store })
      return new StoreMirror(link, { ...own, store }, scheduler)
    },
  }
}

/**
 * Mirrors a store of a server, at the pace that the server's policy gives it.
 *
 * It connects at once, reconnects whenever the connection is lost, resumes from the state it has, and reports to its
 * subscribers what it missed.
 *
 * @param connect - `'ws://…'` where the platform has a `WebSocket`; else what opens a socket:
 *   `() => wsSocket(new WebSocket(url, { perMessageDeflate: false }))` with the package `ws`.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function mirror<S>(connect: ConnectTo, options: MirrorOptions = {}): Mirror<S> {
  const { backoffMs, frameBytesMax, scheduler, store = '', ...own } = options
  return linkTo(connect, { backoffMs, frameBytesMax, scheduler }).mirror<S>(store, own)
}

function opener(connect: ConnectTo): () => SyncSocket {
  if (typeof connect === 'function') return connect
  return () => {
    const { WebSocket } = globalThis as { WebSocket?: new (url: string) => WebSocketLike }
    if (WebSocket === undefined) throw new HeadgateError('WEBSOCKET_ABSENT', { url: connect })
    return browserSocket(new WebSocket(connect))
  }
}
