/** A hook of a binding, without its types: what gives the value when it is asked. */
export type Hook = (store: unknown, ...args: readonly unknown[]) => () => unknown

/** What a component does when it is made: it reads with the hook, and returns what it shows. */
export type Setup = (hook: Hook) => () => unknown

/** A component in a page. */
export interface Mounted {
  /** What it shows. */
  text(): string
  unmount(): void
}

/** What the shared facts need of a framework. */
export interface Framework {
  readonly hook: Hook
  readonly own: <S extends { destroy(): void }>(create: () => S) => S
  mount(setup: Setup): Mounted
  /** Lets everything be drawn that is to be drawn. */
  flush(): Promise<void>
  /** Opens the smallest scope that the framework has, in which something reads. */
  open(setup: Setup): () => void
  /** Where it is told to go, outside of a scope; none where a hook needs no scope. */
  readonly outside: { readonly hook: string | undefined; readonly own: string }
}

/** How many follow a store. */
export const followersOf = (store: { metrics(): { subscriberCount: number } }): number =>
  store.metrics().subscriberCount
