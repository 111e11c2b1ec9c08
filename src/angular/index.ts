/**
 * Headgate for Angular: signals that show a part of a store, with and without zones.
 *
 * A signal is set while the store notifies its followers, whoever is writing. That may be inside a `computed` or a
 * template, where Angular would refuse the write and the value would be lost, hence `untracked`.
 */
import { DestroyRef, inject, type Signal, signal, untracked } from '@angular/core'
import { partOf, type Reader, type Wrapper } from '../binding/index.ts'
import { HeadgateError } from '../kit/index.ts'
import type { Store } from '../store/index.ts'

interface AsSignal extends Wrapper {
  readonly wrapped: Signal<this['value']>
}

function scopeOf(called: string): DestroyRef {
  try {
    return inject(DestroyRef)
  } catch (cause) {
    throw new HeadgateError('BINDING_SCOPE', { framework: 'angular', called }, { cause })
  }
}

/**
 * Shows a part of a store as a signal: the value at a path, what a selector returns, or the whole state. It has its
 * value before the first render, follows until its injector or component is destroyed, and keeps the last value of a
 * destroyed store. On a version on which the selector throws, it keeps the value before.
 *
 * A path has up to five keys. `equal`, after a selector, says which results count as the same; default `Object.is`.
 *
 * It updates at the pace of what it reads; for a slower one pass a view,
 * `injectStore(paced(store, frame()), 'robots', id)`.
 *
 * @example
 * ```ts no-run
 * import { Component } from '@angular/core'
 * import { createStore } from 'headgate'
 * import { injectStore } from 'headgate/angular'
 *
 * const store = createStore({ robots: { r1: { battery: 90 } } })
 *
 * export class Battery {
 *   readonly battery = injectStore(store, 'robots', 'r1', 'battery')
 * }
 * Component({ selector: 'robot-battery', template: '{{ battery() }} %' })(Battery)
 * ```
 *
 * @throws `BINDING_SCOPE` outside an injection context, `OPTION_INVALID`, and what the selector throws.
 */
// The cast adds the types: what is read is as long and as wide as they say.
export const injectStore: Reader<AsSignal> = ((store: unknown, ...args: readonly unknown[]) => {
  const scope = scopeOf('injectStore')
  const part = partOf(store, args)
  const value = signal(part.value)
  scope.onDestroy(() => following.unsubscribe()) // first: a scope that is over already throws
  const following = part.subscribe((next) => untracked(() => value.set(next)))
  return value.asReadonly()
}) as Reader<AsSignal>

/**
 * Creates a store that is destroyed with the current injector or component.
 *
 * @example
 * ```ts no-run
 * import { createStore } from 'headgate'
 * import { injectOwnStore, injectStore } from 'headgate/angular'
 *
 * export class Note {
 *   readonly draft = injectOwnStore(() => createStore({ text: '' }))
 *   readonly text = injectStore(this.draft, 'text')
 * }
 * ```
 *
 * @throws `BINDING_SCOPE` outside an injection context; nothing is created then.
 */
export function injectOwnStore<Owned extends Pick<Store<unknown>, 'destroy'>>(create: () => Owned): Owned {
  const scope = scopeOf('injectOwnStore')
  let store: Owned | undefined
  scope.onDestroy(() => store?.destroy()) // first: a scope that is over already throws
  store = create()
  return store
}
