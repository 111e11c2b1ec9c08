import { useState } from 'react'
import { HeadgateError, type Immutable } from '../kit/index.ts'
import type { Readable, Snapshot } from '../store/index.ts'

type Predicate<S> = (state: Immutable<S>, snapshot: Snapshot<S>) => boolean

/** What is waited for: a component that suspends while it mounts keeps nothing itself. */
const waiting = new WeakMap<object, WeakMap<Predicate<never>, Promise<unknown>>>()

/**
 * Suspends a component while it mounts, until a predicate holds; returns the snapshot for which it did. Afterwards it
 * does not suspend again, whatever is written: show changes with `useStore`. To wait again, give the component
 * another `key`.
 *
 * @param predicate - declare it outside the component: each new function is a new wait.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { useStore, useWaitFor } from 'headgate/react'
 *
 * const link = createStore({ status: 'connecting', ping: 0 })
 * const isUp = ({ status }: { readonly status: string }) => status === 'up'
 *
 * // <Suspense fallback="connecting …"><Ping /></Suspense>
 * function Ping() {
 *   useWaitFor(link, isUp)
 *   return `${useStore(link, 'ping')} ms`
 * }
 * ```
 *
 * @throws What the predicate throws, and `STORE_DESTROYED` if it can no longer hold: to the nearest error boundary.
 */
export function useWaitFor<S>(store: Readable<S>, predicate: Predicate<S>): Snapshot<S> {
  const [snapshot] = useState(() => {
    const { published } = store
    if (published.version >= 0 && predicate(published.state, published)) return published
    if (store.closed)
      throw new HeadgateError('STORE_DESTROYED', { store: store.name, operation: 'useWaitFor()' })
    // How React is told to wait, also before it had `use`.
    throw promiseOf(store, predicate)
  })
  return snapshot
}

function promiseOf<S>(store: Readable<S>, predicate: Predicate<S>): Promise<unknown> {
  const ofStore = waiting.get(store) ?? new WeakMap<Predicate<never>, Promise<unknown>>()
  waiting.set(store, ofStore)
  let promise = ofStore.get(predicate)
  if (promise === undefined) {
    const forget = (): void => void ofStore.delete(predicate)
    // However it ends, the next render finds out.
    promise = store.waitFor(predicate).then(forget, forget)
    ofStore.set(predicate, promise)
  }
  return promise
}
