/**
 * Who follows a selection.
 *
 * There may be one on each of 100 000 entities, so what most of them are is one object: `subscribe(callback)` makes a
 * listener, which is the subscription that RxJS's users expect. RxJS's own subscriber for a callback is five objects and
 * three times as large. Everybody else (operators, observers with `error` or `complete`) comes with a subscriber made by
 * RxJS, whose teardown the listener is.
 */
import { type Observer, Subscription } from 'rxjs'
import { reportRejection } from '../../kit/index.ts'

/** Whom a listener tells: a callback, or a subscriber of RxJS, which throws only where it was made by hand. */
export type Told = ((value: unknown) => unknown) | Observer<unknown>

export abstract class Listener extends Subscription {
  readonly #told: Told
  /** The number of the newest publication whose value it has been given, or needs no more. */
  #since: number

  constructor(told: Told, since: number) {
    super()
    this.#told = told
    this.#since = since
  }

  /** Whether a publication may bring it a value: it has not left, and has none of that one or of a newer. */
  expects(number: number): boolean {
    if (this.closed || this.#since >= number) return false
    this.#since = number
    return true
  }

  /** What a callback throws, or its promise rejects with, is a fault. */
  next(value: unknown): void {
    const told = this.#told
    try {
      const result = typeof told === 'function' ? told(value) : told.next(value)
      if (result !== undefined) reportRejection(result, (error) => this.failed('next', error))
    } catch (error) {
      this.failed('next', error)
    }
  }

  complete(): void {
    const told = this.#told
    try {
      if (typeof told === 'function') this.unsubscribe()
      else told.complete()
    } catch (error) {
      this.failed('complete', error)
    }
  }

  override unsubscribe(): void {
    if (this.closed) return
    this.leave()
    super.unsubscribe()
  }

  /** Takes it from where it stands. */
  protected abstract leave(): void

  protected abstract failed(phase: 'next' | 'complete', error: unknown): void
}
