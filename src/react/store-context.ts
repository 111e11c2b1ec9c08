import { createContext, createElement, type ReactNode, useContext } from 'react'
import { HeadgateError } from '../kit/index.ts'
import type { Readable, Store } from '../store/index.ts'

/** Provides a store to the components below it. */
export type StoreProvider<Kept> = (props: { store: Kept; children?: ReactNode }) => ReactNode

/** What {@link createStoreContext} returns. */
export interface StoreContext<Kept> {
  readonly Provider: StoreProvider<Kept>
  /**
   * The store of the nearest `Provider` above: to write to it, and to give to `useStore`.
   *
   * @throws `PROVIDER_ABSENT`
   */
  readonly useContextStore: () => Kept
}

/**
 * Passes a store down through context: one per request on a server, where a module constant would be shared by all
 * users, or one per panel.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { createStoreContext, useOwnStore, useStore } from 'headgate/react'
 * import { createElement } from 'react'
 *
 * interface Session { user: string }
 * const { Provider, useContextStore } = createStoreContext<Session>()
 *
 * function App({ user }: { user: string }) {
 *   const store = useOwnStore<Session>((resumed) => createStore(resumed?.state ?? { user }))
 *   return createElement(Provider, { store }, createElement(Name))
 * }
 *
 * function Name() {
 *   return useStore(useContextStore(), 'user')
 * }
 * ```
 *
 * @typeParam Kept - the kind of store, if not `Store`; for example a machine store.
 */
export function createStoreContext<S, Kept extends Readable<S> = Store<S>>(): StoreContext<Kept> {
  const Context = createContext<Kept | undefined>(undefined)
  return {
    Provider: ({ store, children }) => createElement(Context.Provider, { value: store }, children),
    useContextStore: () => {
      const store = useContext(Context)
      if (store === undefined) throw new HeadgateError('PROVIDER_ABSENT', {})
      return store
    },
  }
}
