import { type Observable, Subject } from 'rxjs'
import type { FaultPhase } from '../../backpressure/index.ts'
import { isTold } from '../../counting/index.ts'
import { contain } from '../../kit/index.ts'
import { ContainedObservable } from './contained-observable.ts'

/**
 * A failure that has no caller: of a subscriber's code, the loss of its subscription by an overflow, or of
 * a step that a machine takes by itself.
 */
export interface SubscriberFault {
  /** The subscriber, the observable (`state$`, `select("log")`), or the machine. */
  readonly subscriberId: string
  readonly error: unknown
  /**
   * Which callback failed; `'error'` without one: the subscription was lost and nobody was told. Of a
   * machine, whether a guard or recipe failed in its `after` or its `invoke`, or
   * what it does outside of the context (`'run'`); `'select'`: a selector,
   * or its `equal`, which skipped that version; `'derive'`: the function of a derived value, which kept the one that it
   * had; `'kernel'`: of who follows commits; of an actor, `'message'`: a guard or recipe failed in a message, and
   * `'children'`: what says which children there are, or how one begins.
   */
  readonly phase:
    | FaultPhase
    | 'select'
    | 'derive'
    | 'after'
    | 'invoke'
    | 'run'
    | 'message'
    | 'children'
    | 'kernel'
  /** The version that was being delivered or dropped; -1 for a terminal callback. */
  readonly version: number
  /** Failures of this subscriber since it last did well, this one included. */
  readonly failures: number
}

/**
 * Tells about failures of subscribers: to `faults$` and to `onFault` of each, and to the console where
 * nobody listens, of an episode's first failure, then at powers of two, then "recovered". Never throws.
 */
export class FaultReporter {
  readonly faults$: Observable<SubscriberFault>
  /**
   * Told of each failure, and no listener: where there is no other, the console is told all the same. Must not throw.
   */
  taps: Set<(fault: SubscriberFault) => void> | undefined
  readonly #faults = new Subject<SubscriberFault>()
  readonly #storeName: string
  readonly #onFault: ((fault: SubscriberFault) => void) | undefined

  constructor(storeName: string, onFault: ((fault: SubscriberFault) => void) | undefined) {
    this.#storeName = storeName
    this.#onFault = onFault
    this.faults$ = new ContainedObservable(
      'faults$',
      // Not reported again: whoever would be told has just failed.
      ({ error }) => this.#print('a subscriber of faults$ failed itself:', error),
      (observer) => this.#faults.subscribe(observer),
    )
  }

  /** Returns whether the log was told. */
  report(fault: SubscriberFault): boolean {
    const { subscriberId, phase, version, error, failures } = fault
    for (const tap of this.taps ?? []) tap(fault)
    if (this.#unheard) {
      if (!isTold(failures)) return false
      const often = failures === 1 ? '' : ` (${failures} failures in this episode)`
      this.#print(`subscriber "${subscriberId}" failed in "${phase}" at version ${version}${often}:`, error)
      return true
    }
    if (this.#faults.observed) this.#faults.next(fault)
    contain(
      () => this.#onFault?.(fault),
      (onFaultError) => {
        this.#print(`onFault itself failed on subscriber "${subscriberId}" in "${phase}":`, onFaultError)
        this.#print('the fault that it was told:', error)
      },
    )
    return false
  }

  /** Tells the log that a subscriber does well again; for those of whose failures it was told. */
  recovered(subscriberId: string, failures: number): void {
    const times = failures === 1 ? 'failure' : 'failures'
    // biome-ignore lint/suspicious/noConsole: ends the episode that the lines before it told of
    console.warn(
      `[headgate] store "${this.#storeName}": subscriber "${subscriberId}" recovered after ${failures} ${times}`,
    )
  }

  get #unheard(): boolean {
    return this.#onFault === undefined && !this.#faults.observed
  }

  complete(): void {
    this.#faults.complete()
  }

  #print(what: string, error: unknown): void {
    // biome-ignore lint/suspicious/noConsole: the last resort, so that a failure is never silent
    console.error(`[headgate] store "${this.#storeName}": ${what}`, error)
  }
}
