/** How a component follows, in the form of React's `useSyncExternalStore`. */

interface Following {
  subscribe(next: () => void): { unsubscribe(): void }
}

/**
 * Wakes with everything that comes, and once at the start: React compares on each wake, and when it shows a hidden tree
 * again it compares only then.
 */
export const follow =
  (source: Following) =>
  (wake: () => void): (() => void) => {
    const subscription = source.subscribe(() => wake())
    return () => subscription.unsubscribe()
  }
