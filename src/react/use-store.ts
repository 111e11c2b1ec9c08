import { useMemo, useState, useSyncExternalStore } from 'react'
import type { Immutable } from '../kit/index.ts'
import {
  type PathKey,
  type Readable,
  type Snapshot,
  type UninitializedStore,
  type ValueAt,
  valueAt,
} from '../store/index.ts'
import { follow } from './follow.ts'
import { serverSnapshot } from './hydrate.ts'
import { type Equal, type Kept, type Selector, selected } from './selected.ts'

const NO_KEYS: readonly unknown[] = []

/**
 * Returns the state of a store, or a part of it, and renders the component again when that changes: the whole state,
 * the value at a path of up to five keys, or what a selector returns.
 *
 * Prefer a path: the component wakes only when something below it changes, so a thousand of them cost as much as one.
 * A selector runs once per version in each component that has one. It may be written inline, and may return a new
 * object each time if `equal` (`shallow`, `deepEqual`) says which results are the same.
 *
 * All components that read the same store, or the same view, show the same published version in a React commit, never
 * one from inside a batch. For a slower pace, let them share a view: `useStore(paced(store, frame()))`. A destroyed
 * store keeps its last value; a store without a state is `undefined`.
 *
 * @example
 * ```ts no-run
 * import { createStore, frame, paced, shallow } from 'headgate'
 * import { useStore } from 'headgate/react'
 *
 * const store = createStore({ robots: { r1: { battery: 90 } } as Record<string, { battery: number }> })
 *
 * function Battery({ id }: { id: string }) {
 *   return `${useStore(store, 'robots', id)?.battery} %`
 * }
 *
 * function Fleet() {
 *   const ids = useStore(paced(store, frame()), ({ robots }) => Object.keys(robots), shallow)
 *   return ids.join(', ')
 * }
 * ```
 *
 * @param selector - a synchronous function of the state.
 * @param equal - whether two results count as the same; default `Object.is`. The component then keeps the older one.
 * @throws What the selector or `equal` throws, in the render.
 */
export function useStore<S>(store: Readable<S>): Immutable<S>
export function useStore<S>(store: UninitializedStore<S>): Immutable<S> | undefined
export function useStore<S, R>(
  store: Readable<S>,
  selector: (state: Immutable<S>) => R,
  equal?: (previous: R, current: R) => boolean,
): R
export function useStore<S, K1 extends PathKey<S>>(store: Readable<S>, key: K1): Immutable<ValueAt<S, [K1]>>
export function useStore<S, K1 extends PathKey<S>, K2 extends PathKey<ValueAt<S, [K1]>>>(
  store: Readable<S>,
  key1: K1,
  key2: K2,
): Immutable<ValueAt<S, [K1, K2]>>
export function useStore<
  S,
  K1 extends PathKey<S>,
  K2 extends PathKey<ValueAt<S, [K1]>>,
  K3 extends PathKey<ValueAt<S, [K1, K2]>>,
>(store: Readable<S>, key1: K1, key2: K2, key3: K3): Immutable<ValueAt<S, [K1, K2, K3]>>
export function useStore<
  S,
  K1 extends PathKey<S>,
  K2 extends PathKey<ValueAt<S, [K1]>>,
  K3 extends PathKey<ValueAt<S, [K1, K2]>>,
  K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
>(store: Readable<S>, key1: K1, key2: K2, key3: K3, key4: K4): Immutable<ValueAt<S, [K1, K2, K3, K4]>>
export function useStore<
  S,
  K1 extends PathKey<S>,
  K2 extends PathKey<ValueAt<S, [K1]>>,
  K3 extends PathKey<ValueAt<S, [K1, K2]>>,
  K4 extends PathKey<ValueAt<S, [K1, K2, K3]>>,
  K5 extends PathKey<ValueAt<S, [K1, K2, K3, K4]>>,
>(
  store: Readable<S>,
  key1: K1,
  key2: K2,
  key3: K3,
  key4: K4,
  key5: K5,
): Immutable<ValueAt<S, [K1, K2, K3, K4, K5]>>
export function useStore(store: unknown, ...what: readonly unknown[]): unknown {
  // The casts erase the state's type, which nobody in here looks at.
  const readable = store as Readable<unknown>
  const bySelector = typeof what[0] === 'function'
  const [selector, equal = Object.is] = (bySelector ? what : []) as [Selector?, Equal?]
  const path = useSame(bySelector ? NO_KEYS : what)
  const [kept] = useState<Kept>(() => ({}))

  const subscribe = useMemo(() => follow(sourceOf(readable, path)), [readable, path])
  const [read, readServer] = useMemo(() => {
    const reader = (): ((of: Snapshot<unknown>) => unknown) =>
      selector === undefined ? ({ state }) => valueAt(state, path) : selected(selector, equal, kept)
    const [now, onServer] = [reader(), reader()]
    return [() => now(readable.published), () => onServer(serverSnapshot(readable))]
  }, [readable, path, selector, equal, kept])
  return useSyncExternalStore(subscribe, read, readServer)
}

/** The keys of the render before, as long as they are the same. */
function useSame(keys: readonly unknown[]): readonly unknown[] {
  const [same] = useState({ keys })
  const isSame =
    keys.length === same.keys.length && keys.every((key, index) => Object.is(key, same.keys[index]))
  // A render that React throws away may do so too: who compares next finds out.
  if (!isSame) same.keys = keys
  return same.keys
}

function sourceOf(readable: Readable<unknown>, path: readonly unknown[]): Parameters<typeof follow>[0] {
  if (path.length === 0) return readable.snapshot$
  return (readable.select as (...keys: readonly unknown[]) => Parameters<typeof follow>[0])(...path)
}
