/**
 * Headgate for Svelte 5: a part of a store whose `current` is reactive.
 *
 * Stores, selections and views are already Svelte stores: `$store.state`, `$selection`, `get(selection)`. This is for
 * runes: it follows while an effect or a template reads it, and stops a microtask after the last of them, so it needs
 * no scope and can live in a module.
 */
import { onDestroy } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import { partOf, type Reader, type Wrapper } from '../binding/index.ts'
import { HeadgateError } from '../kit/index.ts'
import type { Store } from '../store/index.ts'

/** What {@link fromPath} returns. */
export interface Current<Value> {
  readonly current: Value
}

interface AsCurrent extends Wrapper {
  readonly wrapped: Current<this['value']>
}

/**
 * Shows a part of a store: the value at a path, what a selector returns, or the whole state. `current` is the published
 * value, followed or not; after the store is destroyed, the last value.
 *
 * A path has up to five keys. `equal`, after a selector, says which results count as the same; default `Object.is`.
 *
 * It updates at the pace of what it reads; for a slower one pass a view,
 * `fromPath(paced(store, frame()), 'robots', id)`. A version on which the selector throws wakes no one; reading
 * `current` then throws the same error.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { fromPath } from 'headgate/svelte'
 *
 * const store = createStore({ robots: { r1: { battery: 90 } } })
 * const battery = fromPath(store, 'robots', 'r1', 'battery')
 * console.log(battery.current) // in a template: {battery.current} %
 * ```
 *
 * @throws `OPTION_INVALID`
 */
// The cast adds the types: what is read is as long and as wide as they say.
export const fromPath: Reader<AsCurrent> = ((store: unknown, ...args: readonly unknown[]) => {
  const part = partOf(store, args)
  const follow = createSubscriber((wake) => {
    let isTold = false // with the first value, which whoever made it follow is about to read
    const following = part.subscribe(() => {
      if (isTold) wake()
    })
    isTold = true
    return () => following.unsubscribe()
  })
  return {
    get current() {
      follow()
      return part.value
    },
  }
}) as Reader<AsCurrent>

/**
 * Creates a store that is destroyed with the component being created.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { fromPath, useOwnStore } from 'headgate/svelte'
 *
 * // In a component's <script>:
 * const draft = useOwnStore(() => createStore({ text: '' }))
 * const text = fromPath(draft, 'text')
 * ```
 *
 * @throws `BINDING_SCOPE` if no component is being created; nothing is created then.
 */
export function useOwnStore<Owned extends Pick<Store<unknown>, 'destroy'>>(create: () => Owned): Owned {
  let store: Owned | undefined
  try {
    onDestroy(() => store?.destroy())
  } catch (cause) {
    throw new HeadgateError('BINDING_SCOPE', { framework: 'svelte', called: 'useOwnStore' }, { cause })
  }
  store = create()
  return store
}
