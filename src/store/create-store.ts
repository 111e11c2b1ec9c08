import type { Store, StoreOptions } from './store.ts'
import { StoreCore } from './store-core.ts'

/**
 * Makes a store.
 *
 * @param initial - the first state, version 0; it is deeply frozen in place, as by
 *   {@link Store.set}. Without it the store is
 *   *uninitialized*: its version is -1, its state `undefined`, nobody is told anything, and `update` and
 *   `modify` are refused until `initialize`, `set` or `put` gave it one.
 * @throws `OPTION_INVALID`
 */
export function createStore<S>(initial?: S, options?: StoreOptions): Store<S> {
  return new StoreCore(initial, options)
}
