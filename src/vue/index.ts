/**
 * Headgate for Vue: refs that show a part of a store.
 *
 * A commit wakes the readers of each ref whose part it changed; they then read the published version, so two refs of
 * one store never show two versions of it, not even to a synchronous watcher (`flush: 'sync'`). `shallowRef`s holding
 * the last value would, because they are set one after the other. The state itself is frozen, not made reactive.
 */
import {
  customRef,
  getCurrentInstance,
  getCurrentScope,
  inject,
  onScopeDispose,
  type ShallowRef,
  ssrContextKey,
} from 'vue'
import { partOf, type Reader, type Wrapper } from '../binding/index.ts'
import { HeadgateError } from '../kit/index.ts'
import type { Store } from '../store/index.ts'

interface AsRef extends Wrapper {
  readonly wrapped: Readonly<ShallowRef<this['value']>>
}

function checkScope(called: string): void {
  if (!getCurrentScope()?.active) throw new HeadgateError('BINDING_SCOPE', { framework: 'vue', called })
}

/** Whether a page is being rendered on a server: Vue ends no scope there, and renders once. */
const isServed = (): boolean => getCurrentInstance() !== null && inject(ssrContextKey, null) !== null

/**
 * Shows a part of a store as a ref: the value at a path, what a selector returns, or the whole state. It has its value
 * before the first render, follows until its scope ends, and keeps showing the last value of a destroyed store.
 *
 * A path has up to five keys. `equal`, after a selector, says which results count as the same; default `Object.is`.
 *
 * It updates at the pace of what it reads; for a slower one pass a view,
 * `useStore(paced(store, frame()), 'robots', id)`. A version on which the selector throws wakes no one; reading the ref
 * then throws the same error.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { useStore } from 'headgate/vue'
 * import { effectScope, nextTick, watchEffect } from 'vue'
 *
 * const store = createStore({ robots: { r1: { battery: 90 } } })
 * const scope = effectScope() // a component has one of its own
 * scope.run(() => {
 *   const battery = useStore(store, 'robots', 'r1', 'battery')
 *   watchEffect(() => console.log(battery.value))
 * })
 * // → 90
 * store.update((draft) => { draft.robots.r1.battery = 80 })
 * await nextTick()
 * // → 80
 * scope.stop()
 * console.log(store.metrics().subscriberCount) // → 0
 * ```
 *
 * @throws `BINDING_SCOPE` outside `setup()` and `effectScope().run()`, `OPTION_INVALID`, and what the selector throws.
 */
// The cast adds the types: what is read is as long and as wide as they say.
export const useStore: Reader<AsRef> = ((store: unknown, ...args: readonly unknown[]) => {
  checkScope('useStore')
  const part = partOf(store, args)
  void part.value // what the selector throws is the caller's, before anything is followed
  return customRef((track, trigger) => {
    if (!isServed()) {
      const following = part.subscribe(() => trigger())
      onScopeDispose(() => following.unsubscribe())
    }
    return {
      get() {
        track()
        return part.value
      },
      set() {}, // typed as readonly
    }
  })
}) as Reader<AsRef>

/**
 * Creates a store that is destroyed with the current scope, such as a component's. On a server Vue ends no scope;
 * there, destroy a store with timers or invoked work yourself.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { useOwnStore } from 'headgate/vue'
 * import { effectScope } from 'vue'
 *
 * const scope = effectScope() // a component has one of its own
 * const draft = scope.run(() => useOwnStore(() => createStore({ text: '' })))
 * scope.stop()
 * console.log(draft?.closed) // → true
 * ```
 *
 * @throws `BINDING_SCOPE` outside `setup()` and `effectScope().run()`; nothing is created then.
 */
export function useOwnStore<Owned extends Pick<Store<unknown>, 'destroy'>>(create: () => Owned): Owned {
  checkScope('useOwnStore')
  const store = create()
  onScopeDispose(() => store.destroy())
  return store
}
