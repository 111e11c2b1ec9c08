/**
 * An observable of a store that contains who subscribes to it directly.
 *
 * RxJS reports what a subscriber throws from a timer, which ends a Node process. Whoever subscribes to an observable
 * of a store is told of faults like any subscriber of it, so here a callback that throws, or whose promise rejects,
 * is a fault, and its subscription goes on. Behind an operator RxJS's own rule holds: what the operator hands to this
 * observable is a `Subscriber` of its own, and whose callbacks stand behind it cannot be seen from here.
 */
import { Observable, type Observer, Subscriber, type Subscription, type TeardownLogic } from 'rxjs'
import { contain } from '../../kit/index.ts'
import { kernelOf } from '../kernel.ts'
import type { SubscriberFault } from './fault-reporter.ts'

/** Whom faults of the followers of one observable are reported to. */
export type ReportFault = (fault: Pick<SubscriberFault, 'subscriberId' | 'phase' | 'error'>) => void

type Next<T> = (value: T) => unknown

export class ContainedObservable<T> extends Observable<T> {
  readonly #name: string
  readonly #report: ReportFault

  /** @param name - what faults call its subscribers, as `state$`. */
  constructor(name: string, report: ReportFault, subscribe?: (observer: Subscriber<T>) => TeardownLogic) {
    super(subscribe)
    this.#name = name
    this.#report = report
  }

  override subscribe(
    observer?: Partial<Observer<T>> | Next<T> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observer instanceof Subscriber) return super.subscribe(observer)
    const given: Partial<Observer<T>> =
      typeof observer === 'object' && observer !== null ? observer : partial(observer, error, complete)
    return super.subscribe({
      next: (value) => this.#call('next', () => given.next?.(value)),
      ...(given.error && { error: (reason: unknown) => this.#call('error', () => given.error?.(reason)) }),
      complete: () => this.#call('complete', () => given.complete?.()),
    })
  }

  #call(phase: 'next' | 'error' | 'complete', call: () => unknown): void {
    contain(call, (error) => this.#report({ subscriberId: this.#name, phase, error }))
  }
}

const partial = <T>(
  next: Next<T> | null | undefined,
  error: ((error: unknown) => void) | null | undefined,
  complete: (() => void) | null | undefined,
): Partial<Observer<T>> => ({
  ...(next && { next }),
  ...(error && { error }),
  ...(complete && { complete }),
})

/** Another observable as one of a store's: who subscribes to it directly is contained as those of `state$` are. */
export function contained<S, T>(store: Readable<S>, name: string, source$: Observable<T>): Observable<T> {
  const kernel = kernelOf<S>(store)
  const report: ReportFault = (fault) =>
    kernel.report({ ...fault, version: fault.phase === 'complete' ? -1 : kernel.head.version, failures: 1 })
  return new ContainedObservable(name, report, (observer) => source$.subscribe(observer))
}

type Readable<S> = Parameters<typeof kernelOf<S>>[0]
