/**
 * What one page remembers while it is open. It goes with the page: another one, on the same screen or of another
 * program, has its own.
 */
import { type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { KeptVersion, Look } from '../facts.ts'
import type { Layout } from './layout.ts'
import type { Recorder } from './recording.ts'

/** Versions that were asked for; `'gone'` where they are not kept. */
export type Fetched = ReadonlyMap<string, KeptVersion | 'gone'>

/** Versions that are remembered. */
const FETCHED_MAX = 100
/** Drawings that are remembered. */
const LAYOUTS_MAX = 50

/** A recording in progress. */
export interface Running {
  readonly recorder: Recorder
  readonly lines: number
  readonly stop: () => void
}

export class Session {
  /** `'auto'` is what the system says. */
  readonly theme: Signal<'auto' | 'dark' | 'light'> = signal<'auto' | 'dark' | 'light'>('auto')
  readonly fetched: Signal<Fetched> = signal<Fetched>(new Map())
  /** Branches of states that somebody has opened or closed, by their paths. */
  readonly toggled: Signal<ReadonlyMap<string, boolean>> = signal(new Map())
  /** The event whose form is open, and what is in it. */
  readonly form: Signal<{ readonly type: string; readonly text: string } | undefined> = signal(undefined)
  /** What became of the event that was sent last. */
  readonly answer: Signal<string> = signal('')
  readonly running: Signal<Running | undefined> = signal<Running | undefined>(undefined)
  /** Why a file was not opened. */
  readonly problem: Signal<string> = signal('')
  readonly #layouts = new Map<string, Layout>()
  #newest: { readonly look: Look; readonly before: unknown } | undefined

  remember(key: string, kept: KeptVersion | 'gone'): void {
    this.fetched.value = new Map([...[...this.fetched.value].slice(1 - FETCHED_MAX), [key, kept]])
  }

  /** The program is another one, or none: what it said of versions is over. */
  forget(): void {
    this.fetched.value = new Map()
    this.#newest = undefined
  }

  /** The state that was there before the newest one: what that is compared with. */
  beforeNewest(look: Look): unknown {
    const { look: known, before } = this.#newest ?? { look, before: look.state }
    if (this.#newest === undefined || known.id !== look.id) this.#newest = { look, before: look.state }
    else if (known.head.version !== look.head.version) this.#newest = { look, before: known.state }
    else this.#newest = { look, before }
    return this.#newest.before
  }

  /** A drawing, laid out once. @param key - all that it depends on. */
  layout(key: string, layOut: () => Layout): Layout {
    const layout = this.#layouts.get(key) ?? layOut()
    // Those that were looked at last stay.
    this.#layouts.delete(key)
    this.#layouts.set(key, layout)
    const [oldest] = this.#layouts.keys()
    if (this.#layouts.size > LAYOUTS_MAX && oldest !== undefined) this.#layouts.delete(oldest)
    return layout
  }
}

export const SessionContext: ReturnType<typeof createContext<Session>> = createContext(new Session())

export const useSession = (): Session => useContext(SessionContext)
