import type { Subscription } from 'rxjs'

/** What a consumer is told beside the value. */
export interface Delivery {
  /** The version that is being delivered. */
  readonly version: number
  /** How many versions this subscriber lost between the one delivered before and this one. */
  readonly missed: number
  /** Aborts when the subscription ends while this delivery is being handled. Made on first use. */
  readonly signal: AbortSignal
  readonly subscriberId: string
}

/**
 * A delivery while it is being handled. The abort controller is made only when somebody asks for the
 * signal: it costs twenty times what the rest of a delivery does.
 */
export class HandledDelivery implements Delivery {
  readonly version: number
  readonly missed: number
  readonly subscriberId: string
  /** What the consumer returned, where it was an observable. */
  inner: Subscription | undefined
  /** The delivery inside whose handler this one is being handed over. */
  outer: HandledDelivery | undefined
  #controller: AbortController | undefined
  aborted = false

  constructor(version: number, missed: number, subscriberId: string) {
    this.version = version
    this.missed = missed
    this.subscriberId = subscriberId
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort()
    }
    return this.#controller.signal
  }

  abort(): void {
    this.aborted = true
    this.#controller?.abort()
  }
}
