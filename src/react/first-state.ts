import type { Immutable } from '../kit/index.ts'
import type { Readable, Store, UninitializedStore } from '../store/index.ts'

const first = new WeakMap<object, Promise<unknown>>()

/**
 * Returns the first state of a store created without one: always the same promise, as React's `use` requires. A
 * component suspends on it until `initialize`, `set` or `put` has given the store a state, and shows `useStore(store)`
 * from then on. It rejects with `STORE_DESTROYED` if the store ends first.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { firstState } from 'headgate/react'
 *
 * const store = createStore<{ battery: number }>()
 * console.log(firstState(store) === firstState(store)) // → true
 * store.initialize({ battery: 90 })
 * console.log((await firstState(store)).battery) // → 90
 * ```
 */
export function firstState<S>(store: Store<S> | UninitializedStore<S>): Promise<Immutable<S>> {
  let promise = first.get(store) as Promise<Immutable<S>> | undefined
  if (promise === undefined) {
    promise = (store as Readable<S>).waitFor(() => true).then(({ state }) => state)
    // A component that has left does not ask, and need not.
    promise.catch(() => {})
    first.set(store, promise)
  }
  return promise
}
