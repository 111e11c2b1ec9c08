import type { Mailbox, SubscriberStats, Versioned } from '../backpressure/index.ts'
import { disposeSymbol } from '../kit/index.ts'

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

interface HandleFunction {
  (): void
  readonly mailbox: Mailbox<Versioned>
}

/**
 * What all handles share. A handle is one closure with one property of its own: a getter for each on
 * every handle would cost more than the subscription itself.
 */
const handlePrototype: object = Object.create(Function.prototype, {
  id: {
    get(this: HandleFunction): string {
      return this.mailbox.id
    },
  },
  closed: {
    get(this: HandleFunction): boolean {
      return this.mailbox.closed
    },
  },
  unsubscribe: {
    value(this: HandleFunction): void {
      this()
    },
  },
  stats: {
    value(this: HandleFunction): SubscriberStats {
      return this.mailbox.stats()
    },
  },
  [disposeSymbol]: {
    value(this: HandleFunction): void {
      this()
    },
  },
})

/** Makes the handle that a subscriber is given. The mailbox does not know it, so it can be collected. */
export function createHandle<T extends Versioned>(mailbox: Mailbox<T>): SubscriberHandle {
  const handle = (): void => mailbox.close('unsubscribed')
  Object.defineProperty(handle, 'mailbox', { value: mailbox })
  return Object.setPrototypeOf(handle, handlePrototype) as SubscriberHandle
}
