/**
 * Watches stores for pages. What the pages are shown are the states of two stores of its own, which are made anew at an
 * interval while there is a page, and never from inside a commit: so the figures of what is watched are what they
 * would be, and no writer waits for a page.
 *
 *   commit ──> memory (one object)
 *                 │
 *   interval ─────┴──> facts, looks ──> a page at its own pace
 */
import { identityOf, lastMade } from '../derive/index.ts'
import { messageOf, VERSION } from '../kit/index.ts'
import { createStore, type Store } from '../store/index.ts'
import type { Edge, Facts, KeptVersion, Look, StoreFacts } from './facts.ts'
import { type InspectorSettings, refuse } from './inspector-options.ts'
import { isMachine } from './machine-facts.ts'
import { cut } from './plain.ts'
import { SystemWatch } from './system-watch.ts'
import { Watch } from './watch.ts'
import { isSystem, isWatchable, type Watchable, type WatchedStore } from './watched.ts'

const WATCHABLES = "stores, machine stores, systems, mirrors' stores, derived values or views"

/** Stores that are watched; further ones are left out. */
export const STORES_MAX = 1_000

/** What may be watched: asked again at each interval, so stores may come and go. */
export type Watchables = Iterable<Watchable> | (() => Iterable<Watchable>)

export type Looks = Readonly<Record<string, Look>>

/** What became of an event that a page sent. */
export type ControlResult = 'handled' | 'not handled' | 'unknown'

/** The pages that are open. */
export interface Pages {
  areThere(): boolean
  /** The ids of the stores that they look at; `*` for all. */
  lookAt(): Iterable<string>
}

interface Watched {
  readonly watch: Watch
  readonly system: SystemWatch | undefined
}

export class Inspector {
  readonly facts: Store<Facts>
  readonly looks: Store<Looks> = createStore<Looks>({}, { name: 'inspector looks' })
  readonly settings: InspectorSettings
  readonly #watchables: () => Iterable<Watchable>
  readonly #watched = new Map<Watchable, Watched>()
  #serial = 0
  #problem = ''
  #timer: ReturnType<typeof setInterval> | undefined
  #isClosed = false
  /** Asked at each interval. */
  pages: Pages = { areThere: () => false, lookAt: () => [] }

  constructor(watchables: Watchables, settings: InspectorSettings) {
    this.settings = settings
    // What can be gone through once only, such as the values of a Map, is what it was then.
    const isOnce =
      typeof watchables !== 'function' && (watchables[Symbol.iterator]() as unknown) === watchables
    const given = isOnce ? [...watchables] : watchables
    this.#watchables = typeof given === 'function' ? given : () => given
    this.#take()
    this.facts = createStore<Facts>(this.#facts([]), { name: 'inspector facts' })
  }

  /** Looks at an interval from now on; at once, too. */
  run(): void {
    this.refresh()
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => {
      if (this.pages.areThere()) this.refresh()
      else this.#pause()
    }, this.settings.intervalMs)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  #pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.looks.set({})
  }

  /** Makes anew what pages are shown. */
  refresh(): void {
    if (this.#isClosed) return
    this.#takeAgain()
    this.facts.set(this.#facts(this.facts.state.stores))
    const wanted = new Set(this.pages.lookAt())
    if (wanted.size === 0 && Object.keys(this.looks.state).length === 0) return
    const looked = [...this.#watched.values()].filter(({ watch }) => wanted.has(watch.id) || wanted.has('*'))
    const looks = Object.fromEntries(
      looked.map(({ watch, system }) => [watch.id, watch.look(system?.facts())]),
    )
    // `sanitize` and guards are foreign code: one of them may have closed it.
    if (!this.#isClosed) this.looks.set(looks)
  }

  version(id: string, version: number): Promise<KeptVersion | undefined> {
    return this.#find(id)?.version(version) ?? Promise.resolve(undefined)
  }

  /** Sends an event to a machine. @throws what the machine throws */
  send(id: string, event: { readonly type: string }): ControlResult {
    const store = this.#find(id)?.store
    if (store === undefined || !isMachine(store)) return 'unknown'
    return store.send(event, { source: 'inspector' }).handled ? 'handled' : 'not handled'
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#pause()
    for (const watchable of [...this.#watched.keys()]) this.#forget(watchable)
    this.facts.destroy()
    this.looks.destroy()
  }

  #find(id: string): Watch | undefined {
    for (const { watch } of this.#watched.values()) if (watch.id === id) return watch
    return undefined
  }

  /** What throws in the middle of a program is told on the page, and what was watched before still is. */
  #takeAgain(): void {
    try {
      this.#take()
      this.#problem = ''
    } catch (error) {
      this.#problem = cut(`The stores to watch could not be listed: ${messageOf(error)}`)
    }
  }

  /** Watches what is new, and lets go of what is gone. */
  #take(): void {
    const present = new Set(this.#watchables())
    for (const each of present) if (!isWatchable(each)) refuse('stores', WATCHABLES, each)
    for (const watchable of [...this.#watched.keys()]) if (!present.has(watchable)) this.#forget(watchable)
    for (const watchable of present) {
      if (this.#watched.size >= STORES_MAX) return
      if (!this.#watched.has(watchable)) this.#watch(watchable)
    }
  }

  #watch(watchable: Watchable): void {
    const store = isSystem(watchable) ? watchable.get('root') : watchable
    if (store === undefined) return
    const { historyLimit, sanitize, journals } = this.settings
    this.#serial += 1
    this.#watched.set(watchable, {
      watch: new Watch(store, { id: `s${this.#serial}`, historyLimit, sanitize, journals }),
      system: isSystem(watchable) ? new SystemWatch(watchable) : undefined,
    })
  }

  #forget(watchable: Watchable): void {
    const watched = this.#watched.get(watchable)
    watched?.watch.forget()
    watched?.system?.forget()
    this.#watched.delete(watchable)
  }

  /** @param before - lines that are as they were stay the same objects, so that they are not sent again. */
  #facts(before: readonly StoreFacts[]): Facts {
    const { program, intervalMs, allowControl } = this.settings
    const known = new Map(before.map((line) => [line.id, line]))
    const stores = Array.from(this.#watched.values(), ({ watch }) => {
      const line = watch.facts()
      const old = known.get(line.id)
      return old !== undefined && JSON.stringify(old) === JSON.stringify(line) ? old : line
    })
    return {
      program: `${program} · headgate ${VERSION}`,
      at: Date.now(),
      intervalMs,
      allowControl,
      problem: this.#problem,
      stores,
      edges: this.#edges(),
    }
  }

  #edges(): Edge[] {
    const ids = new Map(
      Array.from(this.#watched.values(), ({ watch }) => [identityOf(watch.store), watch.id] as const),
    )
    return Array.from(this.#watched.values()).flatMap(({ watch }) =>
      sourcesOf(watch.store).flatMap((source) => {
        const from = ids.get(source)
        return from === undefined ? [] : [{ from, to: watch.id }]
      }),
    )
  }
}

/** What a view or a derived value stands on. */
function sourcesOf(store: WatchedStore): readonly object[] {
  if (!('source' in store) || typeof store.source !== 'object' || store.source === null)
    return lastMade(store)?.sources ?? []
  const identity = identityOf(store.source)
  return identity === undefined ? [] : [identity]
}
