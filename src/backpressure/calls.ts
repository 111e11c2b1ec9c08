/**
 * The calls of one consumer, from when it is handed something to when what it returned has ended.
 *
 *   make ──> consumer ──┬─ returns nothing to wait for ─────────────────────────┬─> done
 *                       ├─ returns a promise or an observable ──> it ends ──────┤
 *                       └─ throws ─────────────────────────────────> it fails ──┘
 *
 * A call may run inside another one, where the consumer writes and its policy does not wait: an abort reaches all of
 * them, the innermost first.
 *
 * What must stay true: the owner is told once of each call that is over, but for observables that were aborted.
 */
import { from, Observable, type ObservableInput } from 'rxjs'
import { contain, releaseWork } from '../kit/index.ts'
import type { HandledDelivery } from './delivery.ts'
import { isAwaitable, isThenable } from './foreign-code.ts'
import { Handlers } from './handlers.ts'
import type { MailboxHost } from './mailbox-host.ts'
import type { DropReason, Versioned } from './strategy.ts'

/** Whose calls they are. */
interface CallsOwner<T extends Versioned> {
  /** Undefined once the subscription is over. */
  readonly host: MailboxHost<T> | undefined
  /** Whether the host wants to hear of calls that end well. */
  readonly failing: boolean
  errors: number
  close(reason: DropReason): void
  /** Told once for each call, when it is not in flight any more. */
  done(): void
}

export class Calls<T extends Versioned> {
  /** Calls that have not ended. */
  inFlight = 0
  readonly #owner: CallsOwner<T>
  #current: HandledDelivery | undefined
  /** Made with the first call that is waited for. */
  #handlers: Handlers | undefined

  constructor(owner: CallsOwner<T>) {
    this.#owner = owner
  }

  get abandoned(): number {
    return this.#handlers?.abandoned ?? 0
  }

  get busySince(): number | null {
    return this.#handlers?.busySince ?? null
  }

  /** Hands something to the consumer. */
  make(entry: T | readonly T[], delivery: HandledDelivery, host: MailboxHost<T>): void {
    const outer = this.#current
    if (outer !== undefined) delivery.handling.outer = outer
    this.#current = delivery
    this.inFlight += 1
    let result: unknown
    try {
      result = host.consumer.next(entry, delivery)
    } catch (error) {
      this.threw(error, delivery, host, outer)
      return
    }
    this.returned(result, delivery, host, outer)
    if (outer !== undefined) delivery.handling.outer = undefined
  }

  /** Takes over a call that somebody else has made and that is running; `returned` or `threw` follows. */
  takeOver(delivery: HandledDelivery): void {
    this.inFlight = 1
    this.#current = delivery
  }

  /** A call has returned; `outer` is the one around it. */
  returned(result: unknown, delivery: HandledDelivery, host: MailboxHost<T>, outer?: HandledDelivery): void {
    let awaited: ObservableInput<unknown> | undefined
    try {
      // Inside the `try`: a getter of the result is foreign code too.
      if (result !== undefined && isAwaitable(result)) awaited = result
    } catch (error) {
      this.threw(error, delivery, host, outer)
      return
    }
    this.#current = outer
    if (awaited === undefined) this.#succeeded()
    else this.#await(awaited, delivery, host)
  }

  /** A call has failed. */
  threw(error: unknown, delivery: HandledDelivery, host: MailboxHost<T>, outer?: HandledDelivery): void {
    this.#current = outer
    this.#failed(delivery, error, host)
  }

  /** Aborts all that run. */
  abort(host: MailboxHost<T>): void {
    // Where one of them was aborted, those around it were.
    for (let call = this.#current; call !== undefined && !call.aborted; call = call.handling.outer) {
      call.abort()
    }
    this.#handlers?.abort((delivery) => {
      const { inner } = delivery.handling
      if (inner === undefined) return
      // An observable ends here. A promise cannot be ended.
      if (this.#handlers?.settle(delivery)) this.inFlight -= 1
      unsubscribe(delivery, inner, host)
    })
  }

  /** What goes on in spite of an abort is waited for, but not any number of calls. */
  letGo(): void {
    this.inFlight -= this.#handlers?.letGo() ?? 0
  }

  #await(result: ObservableInput<unknown>, delivery: HandledDelivery, host: MailboxHost<T>): void {
    // One that left inside its own call is told of as long as that call goes on; nobody else keeps the host.
    const left = this.#owner.host === undefined ? host : undefined
    // What follows the end of a handler may set off the next one, and so on for ever.
    const succeeded = (): void => releaseWork(() => this.#settle(delivery))
    const failed = (error: unknown): void => releaseWork(() => this.#settle(delivery, { error }, left))
    const { emitted } = host.consumer
    this.#handlers ??= new Handlers()
    this.#handlers.add(delivery, host)
    try {
      if (emitted === undefined && isThenable(result)) {
        result.then(succeeded, failed)
        return
      }
      const begun = new Observable((subscriber) => {
        // Known before it begins: a synchronous one is aborted before its subscribe() has returned.
        delivery.handling.inner = subscriber
        try {
          from(result).subscribe(subscriber)
        } catch (error) {
          if (!delivery.aborted) throw error
          // What the abort has ended threw as it ended.
          host.faulted({ error, phase: 'next', version: delivery.version })
        }
      })
      const next = (value: unknown): void => {
        if (delivery.aborted) delivery.handling.inner?.unsubscribe()
        else emitted?.(value)
      }
      const inner = begun.subscribe({ next, error: failed, complete: succeeded })
      // A handler may have closed us, or written and so been replaced, before it returned.
      if (delivery.aborted) {
        unsubscribe(delivery, inner, host)
        this.#settle(delivery)
      }
    } catch (error) {
      failed(error)
    }
  }

  #settle(delivery: HandledDelivery, failure?: { error: unknown }, left?: MailboxHost<T>): void {
    if (!this.#handlers?.settle(delivery)) return
    if (failure === undefined) this.#succeeded()
    else this.#failed(delivery, failure.error, left)
  }

  #succeeded(): void {
    const { host, failing } = this.#owner
    if (failing) host?.handled?.()
    this.#done()
  }

  /** @param left - whom a consumer has left inside the call that fails; what else is aborted fails in silence. */
  #failed(delivery: HandledDelivery, error: unknown, left: MailboxHost<T> | undefined): void {
    const owner = this.#owner
    const host = owner.host ?? left
    if (host !== undefined && (owner.host === undefined ? !delivery.gaveUp(error) : !delivery.aborted)) {
      owner.errors += 1
      host.faulted({ error, phase: 'next', version: delivery.version })
      // The call has ended; a consumer that unsubscribed in onFault has closed us already.
      if (host.onError === 'close') owner.close('consumer-error')
    }
    this.#done()
  }

  #done(): void {
    this.inFlight -= 1
    this.#owner.done()
  }
}

const unsubscribe = <T extends Versioned>(
  delivery: HandledDelivery,
  inner: { unsubscribe(): void },
  host: MailboxHost<T>,
): void =>
  contain(
    () => inner.unsubscribe(),
    (error) => host.faulted({ error, phase: 'next', version: delivery.version }),
  )
