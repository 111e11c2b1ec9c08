/** What can be watched: anything that is read like a store, and systems of machines, which are known by their root. */
import type { Message, SystemSnapshot } from '../actors/index.ts'
import type { StoreMetrics } from '../counting/index.ts'
import type { Journal } from '../journal/index.ts'
import { type Kernel, kernelOf } from '../kernel/index.ts'
import type { Snapshot } from '../store/index.ts'

/** A store, a machine store, a mirror's store, a derived value or a view. */
export interface WatchedStore {
  readonly name: string
  readonly published: Snapshot<unknown>
  readonly closed: boolean
  readonly metrics?: (() => StoreMetrics) | undefined
}

/** A system of machines, as far as it is looked at; see `createSystem`. */
export interface WatchedSystem {
  readonly messages$: { subscribe(next: (message: Message) => void): { unsubscribe(): void } }
  // biome-ignore lint/suspicious/noExplicitAny: a system types its addresses
  get(address: any): WatchedStore | undefined
  snapshot(): SystemSnapshot
}

/** What the inspector can show: a store, or a system of actors. */
export type Watchable = WatchedStore | WatchedSystem

/** The journals whose versions can be scrubbed, by their stores. */
// biome-ignore lint/suspicious/noExplicitAny: journals of stores of any kind
export type Journals = ReadonlyMap<object, Pick<Journal<any>, 'at'>>

/** Runs nothing of what it is asked about. */
export const isWatchable = (value: unknown): value is Watchable =>
  typeof value === 'object' && value !== null && ('published' in value || 'messages$' in value)

export const isSystem = (watchable: Watchable): watchable is WatchedSystem => 'messages$' in watchable

/** The kernel of what has one: derived values and views have none. */
export function findKernel(store: WatchedStore): Kernel<unknown> | undefined {
  try {
    return kernelOf(store)
  } catch {
    return undefined
  }
}
