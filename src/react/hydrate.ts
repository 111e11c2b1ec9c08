import type { Readable, Snapshot, Store, UninitializedStore, View } from '../store/index.ts'

/** What the server rendered of each store. */
const rendered = new WeakMap<object, Snapshot<unknown>>()

/**
 * Gives a store the snapshot that the server rendered: puts it, and remembers it for hydrating components, as long as
 * the store lives. They show it while they hydrate and the published state afterwards, so writing to the store before
 * React is done causes no mismatch.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { hydrate } from 'headgate/react'
 *
 * const onServer = createStore({ count: 3 })
 * const sent = JSON.stringify(onServer.published) // a script of the page; with a codec where a state is not JSON
 *
 * const store = createStore<{ count: number }>()
 * hydrate(store, JSON.parse(sent))
 * console.log(store.state?.count) // → 3
 * ```
 *
 * @throws `SNAPSHOT_INVALID`, and the refusals of every write.
 */
export function hydrate<S>(store: Store<S> | UninitializedStore<S>, snapshot: Snapshot<S>): void {
  rendered.set(store, store.put(snapshot))
}

/** Returns the snapshot of a readable that the server rendered; if none was given, the published one. */
export function serverSnapshot<S>(readable: Readable<S>): Snapshot<S> {
  // The casts hold: what is remembered of a store is a snapshot of it, and a view shows its source's.
  for (let at = readable as Partial<View<S>> | undefined; at !== undefined; at = at.source as typeof at) {
    const snapshot = rendered.get(at)
    if (snapshot !== undefined) return snapshot as Snapshot<S>
  }
  return readable.published
}
