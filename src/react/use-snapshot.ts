import { useMemo, useSyncExternalStore } from 'react'
import type { Readable, Snapshot } from '../store/index.ts'
import { follow } from './follow.ts'
import { serverSnapshot } from './hydrate.ts'

/**
 * The newest published snapshot of a store or view: its version, reason, source and times beside the state. The
 * component renders with each version.
 */
export function useSnapshot<S>(store: Readable<S>): Snapshot<S> {
  const subscribe = useMemo(() => follow(store.snapshot$), [store])
  return useSyncExternalStore(
    subscribe,
    () => store.published,
    () => serverSnapshot(store),
  )
}
