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

const subscriptionKey = Symbol('subscription')

interface HandleFunction {
  (): void
  [subscriptionKey]?: Subscription
}

// The cast holds: every handle is given its subscription when it is made.
const subscriptionOf = (handle: HandleFunction): Subscription => handle[subscriptionKey] as Subscription

/**
 * What all handles share. A handle is one closure with one property of its own: a getter for each on
 * every handle would cost more than the subscription itself. The property is assigned, not defined: that is
 * ten times as fast.
 */
const handlePrototype: object = Object.create(Function.prototype, {
  id: {
    get(this: HandleFunction): string {
      return subscriptionOf(this).id
    },
  },
  closed: {
    get(this: HandleFunction): boolean {
      return subscriptionOf(this).closed
    },
  },
  // Got, not called on the handle, so that all three work off it; the first and the last are the handle itself.
  unsubscribe: {
    get(this: HandleFunction): HandleFunction {
      return this
    },
  },
  stats: {
    get(this: HandleFunction): () => SubscriberStats {
      return () => subscriptionOf(this).stats()
    },
  },
  [disposeSymbol]: {
    get(this: HandleFunction): HandleFunction {
      return this
    },
  },
})

/** Makes the handle that a subscriber is given. The subscription does not know it, so it can be collected. */
export function createHandle(subscription: Subscription): SubscriberHandle {
  const handle: HandleFunction = () => subscription.close('unsubscribed')
  handle[subscriptionKey] = subscription
  return Object.setPrototypeOf(handle, handlePrototype) as SubscriberHandle
}
