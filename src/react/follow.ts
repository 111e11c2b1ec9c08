/** How a component follows, in the form of React's `useSyncExternalStore`. */

interface Following {
  subscribe(next: () => void): { unsubscribe(): void }
}

/** Wakes with everything that comes, and once at the start, which costs React a comparison and no render. */
export const follow =
  (source: Following) =>
  (wake: () => void): (() => void) => {
    const subscription = source.subscribe(() => wake())
    return () => subscription.unsubscribe()
  }
