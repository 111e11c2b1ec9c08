/**
 * Headgate for Solid: accessors of a part of a store.
 *
 * A commit wakes the computations that read an accessor whose part changed; they then read the published version. Solid
 * runs effects while the parts are notified one by one; still, two accessors of one store never show two versions of
 * it. It follows at once, not in an effect: what is written before the first effect is not missed.
 */
import { type Accessor, createSignal, getOwner, onCleanup } from 'solid-js'
import { partOf, type Reader, type Wrapper } from '../binding/index.ts'
import { HeadgateError } from '../kit/index.ts'
import type { Store } from '../store/index.ts'

interface AsAccessor extends Wrapper {
  readonly wrapped: Accessor<this['value']>
}

function checkScope(called: string): void {
  if (getOwner() === null) throw new HeadgateError('BINDING_SCOPE', { framework: 'solid', called })
}

/**
 * Shows a part of a store as an accessor: the value at a path, what a selector returns, or the whole state. It has its
 * value before the first render, follows until its owner is disposed, and keeps showing the last value of a destroyed
 * store.
 *
 * A path has up to five keys. `equal`, after a selector, says which results count as the same; default `Object.is`.
 *
 * It updates at the pace of what it reads; for a slower one pass a view,
 * `useStore(paced(store, frame()), 'robots', id)`. A version on which the selector throws wakes no one; reading the
 * accessor then throws the same error. A write inside a transition takes effect at once.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { useStore } from 'headgate/solid'
 * import { createEffect, createRoot } from 'solid-js'
 *
 * const store = createStore({ robots: { r1: { battery: 90 } } })
 * const dispose = createRoot((dispose) => {
 *   const battery = useStore(store, 'robots', 'r1', 'battery')
 *   createEffect(() => console.log(battery()))
 *   return dispose
 * })
 * store.update((draft) => { draft.robots.r1.battery = 80 })
 * dispose()
 * ```
 *
 * @throws `BINDING_SCOPE` outside a component, `createRoot()` and computations, `OPTION_INVALID`, and what the
 *   selector throws.
 */
// The cast adds the types: what is read is as long and as wide as they say.
export const useStore: Reader<AsAccessor> = ((store: unknown, ...args: readonly unknown[]) => {
  checkScope('useStore')
  const part = partOf(store, args)
  void part.value // what the selector throws is the caller's, before anything is followed
  const [track, wake] = createSignal(undefined, { equals: false })
  const following = part.subscribe(() => wake())
  onCleanup(() => following.unsubscribe())
  return () => {
    track()
    return part.value
  }
}) as Reader<AsAccessor>

/**
 * Creates a store that is destroyed with the current owner, such as a component.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { useOwnStore, useStore } from 'headgate/solid'
 *
 * function Note() {
 *   const draft = useOwnStore(() => createStore({ text: '' }))
 *   return useStore(draft, 'text')
 * }
 * ```
 *
 * @throws `BINDING_SCOPE` outside a component, `createRoot()` and computations; nothing is created then.
 */
export function useOwnStore<Owned extends Pick<Store<unknown>, 'destroy'>>(create: () => Owned): Owned {
  checkScope('useOwnStore')
  const store = create()
  onCleanup(() => store.destroy())
  return store
}
