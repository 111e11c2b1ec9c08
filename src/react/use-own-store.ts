import { useState, useSyncExternalStore } from 'react'
import type { Snapshot, Store } from '../store/index.ts'

/** How long a store waits for its component to be mounted. */
const UNCLAIMED_MS = 10_000

/**
 * Creates a store that belongs to its component. It is destroyed when the component is unmounted or hidden, which
 * aborts the work that a machine invoked; when the component is shown again, `create` is called with the last snapshot.
 * Strict Mode does both at once.
 *
 * If a component rendered but was never mounted, as on a server or when React discards a render, its store lives for
 * ten more seconds.
 *
 * @param create - the one of the first render counts, as with `useState`; receives the last snapshot of the destroyed
 *   store, if there was one.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { useOwnStore, useStore } from 'headgate/react'
 * import { createElement } from 'react'
 *
 * function Counter() {
 *   const store = useOwnStore<{ count: number }>((resumed) => createStore(resumed?.state ?? { count: 0 }))
 *   const count = useStore(store, 'count')
 *   return createElement('button', { onClick: () => store.set({ count: count + 1 }) }, count)
 * }
 * ```
 */
export function useOwnStore<S, Own extends Store<S> = Store<S>>(
  create: (resumed: Snapshot<S> | undefined) => Own,
): Own {
  const [owner] = useState(() => ownerOf(create))
  return useSyncExternalStore(owner.claim, owner.store, owner.store)
}

/**
 *   render ── create(undefined) ──> unclaimed ── mounted ──> claimed
 *                                       │ ten seconds           │ hidden, unmounted
 *                                       └────> destroyed <──────┘
 *                                                  └── shown ── create(its last snapshot) ──> claimed
 *
 * The box is what a component keeps, not the store: an effect that depends on the store which it replaces runs again.
 */
function ownerOf<S, Own extends Store<S>>(create: (resumed: Snapshot<S> | undefined) => Own) {
  let own: Own | undefined
  let unclaimed: ReturnType<typeof setTimeout> | undefined

  const store = (): Own => {
    if (own === undefined) {
      own = create(undefined)
      unclaimed = setTimeout(() => own?.destroy(), UNCLAIMED_MS)
      // On a server, nothing waits for it.
      ;(unclaimed as { unref?(): void }).unref?.()
    }
    return own
  }
  const claim = (wake: () => void): (() => void) => {
    clearTimeout(unclaimed)
    const { closed, snapshot } = store()
    if (closed) {
      own = create(snapshot.version < 0 ? undefined : snapshot)
      wake()
    }
    return () => own?.destroy()
  }
  return { store, claim }
}
