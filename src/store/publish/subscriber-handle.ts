/// <reference lib="esnext.disposable" preserve="true" />
import type { SubscriberStats } from '../../backpressure/index.ts'
import { disposeSymbol } from '../../kit/index.ts'

/**
 * A subscription to a store. Calling it unsubscribes, as React's `useEffect` and Svelte expect; so do
 * `unsubscribe()` and leaving a `using` block. Ending it twice is allowed.
 */
export interface SubscriberHandle extends Disposable {
  (): void
  readonly id: string
  /** Whether the subscription is over: nothing is held and no callback comes any more. */
  readonly closed: boolean
  /** Ends the subscription: what waits is dropped, a running handler's signal aborts, no callback follows. */
  unsubscribe(): void
  /** What this subscriber was offered, got and lost; also after it has ended. */
  stats(): SubscriberStats
}

/** What a handle ends and asks. */
interface Subscription {
  readonly id: string
  readonly closed: boolean
  close(reason: 'unsubscribed'): void
  stats(): SubscriberStats
}

/** What a handle has beside what every function has. */
const members: Readonly<Record<PropertyKey, (subscription: Subscription, handle: unknown) => unknown>> = {
  id: ({ id }) => id,
  closed: ({ closed }) => closed,
  stats: (subscription) => () => subscription.stats(),
  // Got, not called on the handle, so that they work off it: both are the handle itself.
  unsubscribe: (_subscription, handle) => handle,
  [disposeSymbol]: (_subscription, handle) => handle,
}

/**
 * A handle is a proxy of one function that all of them share. So it costs two small objects, where a function of its
 * own whose prototype is replaced costs three times as much, and one with a property for each member could not tell
 * whether the subscription has ended without being known to it.
 */
class HandleTraps {
  readonly #subscription: Subscription

  constructor(subscription: Subscription) {
    this.#subscription = subscription
  }

  apply(): void {
    this.#subscription.close('unsubscribed')
  }

  get(target: object, key: PropertyKey, handle: unknown): unknown {
    return Object.hasOwn(members, key)
      ? members[key]?.(this.#subscription, handle)
      : Reflect.get(target, key, handle)
  }

  has(target: object, key: PropertyKey): boolean {
    return Object.hasOwn(members, key) || key in target
  }
}

/** Frozen: what is written to one handle would be written to all. */
const sharedHandle = Object.freeze(() => {})

/** Makes the handle that a subscriber is given. The subscription does not know it, so it can be collected. */
export function createHandle(subscription: Subscription): SubscriberHandle {
  // The cast holds: the traps add what a handle has.
  return new Proxy(sharedHandle, new HandleTraps(subscription)) as unknown as SubscriberHandle
}
