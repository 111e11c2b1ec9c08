/**
 * One browser tab serves the others: it has the store, and with it the journal or connection of which there should be
 * only one. When it closes, the next tab opens them.
 *
 *   tab 1   lock ── open ── store <── server <── BroadcastChannel ──┐
 *              └──────────── mirror ──┘                             │
 *   tab 2   waits for the lock            mirror ───────────────────┤
 *   tab 3   waits for the lock            mirror ───────────────────┘
 *
 * Every tab has a mirror, even the one that serves, so nothing changes for its program when it gets the lock.
 */
import { asyncScheduler, firstValueFrom, race, type SchedulerLike, Subject, timer } from 'rxjs'
import { kernelOf } from '../kernel/index.ts'
import { checkTimerMs, HeadgateError } from '../kit/index.ts'
import type { Snapshot, Store, SubscriberFault } from '../store/index.ts'
import { acceptBroadcast, broadcastSocket } from './broadcast-socket.ts'
import { type Mirror, mirror } from './mirror.ts'
import { socketPair } from './port-socket.ts'
import { type SyncServer, serve } from './serve.ts'
import type { ServeOptions } from './serve-options.ts'
import type { SyncSocket } from './socket.ts'

/** What the serving tab has opened. */
export interface OpenedStore<S> {
  readonly store: Store<S>
  /** Closes what the store was opened with, such as its journal; the next tab waits for it. */
  readonly close?: () => unknown
}

/** How tabs share a store: its name, its journal, and who may write. */
export interface ShareOptions<S> {
  /** How the other tabs are served; by default they read and write. */
  readonly serve?: ServeOptions<S>
  /** How long a tab waits before it retries after `open` has failed; milliseconds, default 1 000. */
  readonly retryMs?: number
  readonly scheduler?: SchedulerLike
  /** Called with each fault; default the console. */
  readonly onFault?: (fault: SubscriberFault) => void
}

/** A store that several tabs share, whichever of them serves it. */
export interface SharedStore<S> {
  /** The store, in every tab; `update` writes it. */
  readonly mirror: Mirror<S>
  /** Whether this tab serves the others. */
  readonly serves: boolean
  /** Stops sharing in this tab; resolves once another tab may serve. */
  close(): Promise<void>
}

/** What is used of Web Locks; the compiler knows them in browsers only. */
interface Locks {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<void>
}

/** Between two attempts to open the store. */
const RETRY_MS = 1_000
/** There is always somebody to connect to soon: a tab that waits long shows what is old. */
const BACKOFF = { least: 10, most: 1_000 }

/**
 * Shares a store between the tabs of an origin: one of them opens it and serves the others; when that tab closes, the
 * next one does (Web Locks, BroadcastChannel).
 *
 * @param name - the store's name within this origin.
 * @param open - called in the tab that serves, with the newest snapshot that this tab has seen, if any, so that a store
 *   without a journal can continue from it.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { levelEngine, openJournal } from 'headgate/journal'
 * import { shareTabs } from 'headgate/sync'
 * import { BrowserLevel } from 'browser-level'
 *
 * const share = () =>
 *   shareTabs('cart', async () => {
 *     const store = createStore({ items: [] as string[] })
 *     const journal = await openJournal(store, levelEngine(new BrowserLevel('cart')))
 *     return { store, close: () => journal.close() }
 *   })
 * ```
 * @throws `OPTION_INVALID`; `WEB_LOCKS_ABSENT` if the platform has none
 */
export function shareTabs<S>(
  name: string,
  open: (last: Snapshot<S> | undefined) => OpenedStore<S> | Promise<OpenedStore<S>>,
  options: ShareOptions<S> = {},
): SharedStore<S> {
  const { retryMs = RETRY_MS } = options
  checkTimerMs('retryMs', retryMs)
  const { locks } = (globalThis as { navigator?: { locks?: Locks } }).navigator ?? {}
  if (locks === undefined) throw new HeadgateError('WEB_LOCKS_ABSENT', { store: name })
  return new Tab(`headgate:tabs:${name}`, locks, open, options)
}

class Tab<S> implements SharedStore<S> {
  readonly mirror: Mirror<S>
  readonly #name: string
  readonly #open: (last: Snapshot<S> | undefined) => OpenedStore<S> | Promise<OpenedStore<S>>
  readonly #options: ShareOptions<S>
  readonly #abort = new AbortController()
  readonly #closed = new Subject<number>()
  readonly #over: Promise<void>
  #server: SyncServer | undefined
  #socket: SyncSocket | undefined

  constructor(
    name: string,
    locks: Locks,
    open: (last: Snapshot<S> | undefined) => OpenedStore<S> | Promise<OpenedStore<S>>,
    options: ShareOptions<S>,
  ) {
    this.#name = name
    this.#open = open
    this.#options = options
    const { scheduler, onFault } = options
    this.mirror = mirror<S>(() => this.#connect(), { backoffMs: BACKOFF, scheduler, onFault })
    this.#over = this.#stand(locks)
  }

  get serves(): boolean {
    return this.#server !== undefined
  }

  close(): Promise<void> {
    this.mirror.close()
    this.#abort.abort()
    this.#closed.next(0)
    return this.#over
  }

  /** To the server of this tab, or to that of another. */
  #connect(): SyncSocket {
    if (this.#server === undefined) {
      this.#socket = broadcastSocket(this.#name)
      return this.#socket
    }
    const [here, there] = socketPair()
    this.#server.accept(here)
    return there
  }

  /** Waits for its turn, and serves, until it is closed. Never rejects. */
  async #stand(locks: Locks): Promise<void> {
    const { signal } = this.#abort
    const { retryMs = RETRY_MS, scheduler = asyncScheduler } = this.#options
    while (!signal.aborted) {
      try {
        await locks.request(this.#name, { signal }, () => this.#serve())
      } catch (error) {
        if (signal.aborted) return
        this.#failed(error)
        // Another tab may be luckier, and has the lock meanwhile.
        await firstValueFrom(race(timer(retryMs, scheduler), this.#closed))
      }
    }
  }

  /** @throws what `open` throws */
  async #serve(): Promise<void> {
    const { published } = this.mirror.store
    const { store, close } = await this.#open(published.version < 0 ? undefined : published)
    try {
      if (!this.#abort.signal.aborted) await this.#serveUntilClosed(store)
    } finally {
      try {
        await close?.()
      } catch (error) {
        this.#failed(error)
      }
    }
  }

  async #serveUntilClosed(store: Store<S>): Promise<void> {
    const closed = firstValueFrom(this.#closed)
    const server = serve(store, { authorize: () => ({ read: true, write: true }), ...this.#options.serve })
    const stop = acceptBroadcast(server, this.#name)
    this.#server = server
    this.#socket?.close(1000, 'SERVES')
    await closed
    this.#server = undefined
    stop()
    server[Symbol.dispose]()
  }

  #failed(error: unknown): void {
    const { store } = this.mirror
    const { version } = store.published
    const fault: SubscriberFault = { subscriberId: 'tabs', phase: 'kernel', error, version, failures: 1 }
    kernelOf(store as Store<S>).report(fault)
  }
}
