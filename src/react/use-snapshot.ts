import { useMemo, useSyncExternalStore } from 'react'
import type { Readable, Snapshot } from '../store/index.ts'
import { follow } from './follow.ts'
import { serverSnapshot } from './hydrate.ts'

/**
 * Returns the newest published snapshot of a store or view: the state with its version, reason, source and times. The
 * component renders with each version; to render only when a part changes, use {@link useStore}.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { useSnapshot } from 'headgate/react'
 *
 * const store = createStore({ battery: 90 })
 *
 * function Footer() {
 *   const { version, reason } = useSnapshot(store)
 *   return `v${version} ${reason}`
 * }
 * ```
 */
export function useSnapshot<S>(store: Readable<S>): Snapshot<S> {
  const subscribe = useMemo(() => follow(store.snapshot$), [store])
  return useSyncExternalStore(
    subscribe,
    () => store.published,
    () => serverSnapshot(store),
  )
}
