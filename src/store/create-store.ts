import type { Store, StoreOptions, UninitializedStore } from './store.ts'
import { StoreCore } from './store-core.ts'

/**
 * Makes a store.
 *
 * @param initial - the first state, version 0; it is deeply frozen in place, as by {@link Store.set}.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`, `STATE_INVALID`
 */
export function createStore<S>(initial: S, options?: StoreOptions): Store<S>
/**
 * Makes a store without a state. It is *uninitialized*: its version is -1, its state `undefined`, subscribers receive
 * nothing, and `update` and `modify` are refused until `initialize`, `set` or `put` has given it a state.
 *
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function createStore<S>(initial?: undefined, options?: StoreOptions): UninitializedStore<S>
export function createStore<S>(initial?: S, options?: StoreOptions): Store<S> {
  return new StoreCore(initial as S | undefined, options)
}

/**
 * Tells whether a store that was made without a state has one now.
 *
 * @example
 * ```ts
 * import { createStore, isInitialized } from 'headgate'
 *
 * const store = createStore<{ battery: number }>()
 * console.log(store.state?.battery) // → undefined
 * store.initialize({ battery: 90 })
 * if (isInitialized(store)) console.log(store.state.battery) // → 90
 * ```
 */
export function isInitialized<S>(store: UninitializedStore<S> | Store<S>): store is Store<S> {
  return store.snapshot.version >= 0
}
