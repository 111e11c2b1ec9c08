import type { Observer, Subscriber, Subscription, TeardownLogic } from 'rxjs'
import { defineRead } from '../../kit/index.ts'
import { type Consumer, ofValues } from '../publish/consumer.ts'
import { ContainedObservable } from '../publish/contained-observable.ts'
import type { SubscribeOptions } from '../publish/subscribe-options.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Listener, Told } from './listener.ts'
import type { Selection } from './selection.ts'
import { SelectionHub } from './selection-hub.ts'

/** A selection as a source of snapshots, which a view of it is fed with; the same in every copy of the package. */
export const readableSymbol: unique symbol = Symbol.for('headgate.readable')

type ObserverOrNext<R> = Partial<Observer<R>> | ((value: R) => unknown) | null

/** What all selections are. {@link Selection} has the types of a caller. */
export abstract class SelectedObservable<R> extends ContainedObservable<R> {
  static {
    defineRead(SelectedObservable.prototype, readableSymbol, function () {
      return this.hub.readable
    })
  }

  readonly #name: string
  readonly #origin: ReadableCore<unknown>
  /** Made with the first that needs it. */
  #hub: SelectionHub<R> | undefined

  /** @param name - what faults call those who follow it. */
  constructor(name: string, origin: ReadableCore<unknown>) {
    super(name, origin.report)
    this.#name = name
    this.#origin = origin
    // For methods that work off their selection.
    this.subscribe = this.subscribe.bind(this)
    this.select = this.select.bind(this)
  }

  abstract get value(): R

  /** The value in a state of what it is selected of. */
  abstract read(state: unknown): R

  /** Tells the value, and each that differs from the one before. */
  protected abstract listen(told: Told): Listener

  // One implementation; the overloads of Selection tell apart what it returns.
  override subscribe(
    observer?: ObserverOrNext<R>,
    error?: ((error: unknown) => void) | SubscribeOptions<R> | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (typeof error !== 'object' || error === null) {
      const isCallback = typeof observer === 'function' && !error && !complete
      return isCallback && this.#isOpen()
        ? this.listen(observer as (value: unknown) => unknown)
        : super.subscribe(observer, error, complete)
    }
    const consumer = ofValues(observer as Consumer<R>)
    const handle = this.hub.core.attach(consumer, error, SelectedObservable.prototype.subscribe)
    return handle as unknown as Subscription
  }

  // Called by RxJS's Observable.subscribe().
  protected _subscribe(observer: Subscriber<unknown>): TeardownLogic {
    if (this.#isOpen()) return this.listen(observer)
    observer.complete()
    return undefined
  }

  #isOpen(): boolean {
    const { subject } = this.#origin
    subject.feed?.open()
    return !subject.isStopped
  }

  select(...args: readonly unknown[]): Selection<never> {
    return this.hub.core.select(...args)
  }

  protected get hub(): SelectionHub<R> {
    this.#hub ??= new SelectionHub<R>(this, this.#name, this.#origin)
    return this.#hub
  }
}
