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

/** What few deliveries have: a signal, work that goes on, another delivery around them. */
class Handling {
  /** What the consumer returned, where it was an observable. */
  inner: Subscription | undefined = undefined
  /** The delivery inside whose handler this one is being handed over. */
  outer: HandledDelivery | undefined = undefined
  controller: AbortController | undefined = undefined
  aborted = false
}

/**
 * A delivery while it is being handled. There is one for each version and subscriber, so it is small: what
 * few of them have is in a second object. An abort controller, made when somebody asks for the signal, costs
 * twenty times what the rest does.
 */
export class HandledDelivery implements Delivery {
  readonly version: number
  readonly missed: number
  readonly subscriberId: string
  #handling: Handling | undefined = undefined

  constructor(version: number, missed: number, subscriberId: string) {
    this.version = version
    this.missed = missed
    this.subscriberId = subscriberId
  }

  get signal(): AbortSignal {
    const { handling } = this
    if (handling.controller === undefined) {
      handling.controller = new AbortController()
      if (handling.aborted) handling.controller.abort()
    }
    return handling.controller.signal
  }

  get aborted(): boolean {
    return this.#handling?.aborted === true
  }

  /** Made on first use. */
  get handling(): Handling {
    this.#handling ??= new Handling()
    return this.#handling
  }

  /** Whether an error is but the answer to the abort: what `signal.throwIfAborted()` throws. */
  gaveUp(error: unknown): boolean {
    const signal = this.#handling?.controller?.signal
    return signal?.aborted === true && signal.reason === error
  }

  abort(): void {
    const { handling } = this
    handling.aborted = true
    handling.controller?.abort()
  }
}

/** Who is told without a mailbox, and knows whether it still is. */
export interface DeliveryOwner {
  readonly id: string
  /** The delivery of a version as a mailbox keeps it: that of the call that is running, or else a new one. */
  handledOf(version: number): HandledDelivery
}

/** What a consumer that is called without a mailbox is told beside the value. */
export class PlainDelivery implements Delivery {
  readonly version: number
  readonly #owner: DeliveryOwner
  #handled: HandledDelivery | undefined = undefined

  constructor(version: number, owner: DeliveryOwner) {
    this.version = version
    this.#owner = owner
  }

  get missed(): number {
    return 0
  }

  get subscriberId(): string {
    return this.#owner.id
  }

  get signal(): AbortSignal {
    this.#handled ??= this.#owner.handledOf(this.version)
    return this.#handled.signal
  }
}
