/// <reference lib="esnext.disposable" preserve="true" />
import type { Mailbox, SubscriberStats, Versioned } from '../../backpressure/index.ts'
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

const mailboxKey = Symbol('mailbox')

interface HandleFunction {
  (): void
  [mailboxKey]?: Mailbox<Versioned>
}

// The cast holds: every handle is given its mailbox when it is made.
const mailboxOf = (handle: HandleFunction): Mailbox<Versioned> => handle[mailboxKey] as Mailbox<Versioned>

/**
 * What all handles share. A handle is one closure with one property of its own: a getter for each on
 * every handle would cost more than the subscription itself. The property is assigned, not defined: that is
 * ten times as fast.
 */
const handlePrototype: object = Object.create(Function.prototype, {
  id: {
    get(this: HandleFunction): string {
      return mailboxOf(this).id
    },
  },
  closed: {
    get(this: HandleFunction): boolean {
      return mailboxOf(this).closed
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
      return () => mailboxOf(this).stats()
    },
  },
  [disposeSymbol]: {
    get(this: HandleFunction): HandleFunction {
      return this
    },
  },
})

/** Makes the handle that a subscriber is given. The mailbox does not know it, so it can be collected. */
export function createHandle<T extends Versioned>(mailbox: Mailbox<T>): SubscriberHandle {
  const handle: HandleFunction = () => mailbox.close('unsubscribed')
  handle[mailboxKey] = mailbox as unknown as Mailbox<Versioned>
  return Object.setPrototypeOf(handle, handlePrototype) as SubscriberHandle
}
