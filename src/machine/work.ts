/**
 * Listening to what `invoke.src` returned: a promise, an async iterable, an Observable, or a machine store.
 *
 *   iterable    next ──> item ──> taken? ──> next      not asked for more before the machine has taken it
 *   Observable  next ──> item ──> taken? ──> waiting   at most ITEMS_MAX wait, then the work has failed
 *
 * What must stay true: whoever keeps the work keeps nothing of the store once the state was left. So the listener is
 * emptied then, and none of the functions here is async: an async function keeps its arguments for as long as it waits.
 */
import { isObservable, type Observable, type Subscription, takeWhile } from 'rxjs'
import { deferredOf, HeadgateError, isPromiseLike, RingBuffer, releaseWork } from '../kit/index.ts'
import { type AnyState, activeIn, isOver } from './look-up.ts'
import type { AnyMachine } from './machine.ts'

export type Outcome =
  | { readonly done: true; readonly output: unknown }
  | { readonly done: false; readonly error: unknown }

/** Emptied when the state is left. */
export interface WorkListener {
  /** Takes an item; returns a promise where the machine cannot take it yet. */
  item: ((value: unknown) => Promise<void> | undefined) | undefined
  ended: ((outcome: Outcome) => void) | undefined
}

/** How many items of an Observable may wait while the store takes no writes. */
const ITEMS_MAX = 1_024

/** Listens to work; returns what ends it, where it can be ended. */
export function listenTo(work: unknown, listener: WorkListener): (() => void) | undefined {
  if (typeof work !== 'object' || work === null || isPromiseLike(work)) return waitFor(work, listener)
  if (isMachineStore(work)) return follow(work, listener)
  const iterate = (work as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator]
  if (typeof iterate === 'function') return pull(iterate.call(work), listener)
  if (isObservable(work)) return new Items(work, listener).end
  check?.(work)
  return waitFor(work, listener)
}

/** A generator has not begun, and nobody would ever run it. */
function refuseDeferred(work: unknown): void {
  const received = deferredOf(work)
  if (received === undefined) return
  const expected = 'a function that returns a promise, an Observable, an async iterable or a machine store'
  throw new HeadgateError('OPTION_INVALID', { option: 'src of invoke', expected, received })
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? refuseDeferred : undefined

/** Ends with what a promise, or a plain value, comes to. */
export function waitFor(work: unknown, listener: WorkListener): undefined {
  Promise.resolve(work).then(
    // A state whose work completes at once may lead back to itself, for ever.
    (output) => releaseWork(() => listener.ended?.({ done: true, output })),
    (error: unknown) => releaseWork(() => listener.ended?.({ done: false, error })),
  )
}

const endWith = (outcome: Outcome, listener: WorkListener): void => {
  if (outcome.done) waitFor(outcome.output, listener)
  else waitFor(Promise.reject(outcome.error), listener)
}

function pull(iterator: AsyncIterator<unknown>, listener: WorkListener): () => void {
  const next = (): void => {
    if (listener.item === undefined) return
    new Promise<IteratorResult<unknown>>((resolve) => resolve(iterator.next())).then(
      ({ done, value }) =>
        releaseWork(() => {
          if (done === true) listener.ended?.({ done, output: value })
          else Promise.resolve(listener.item?.(value)).then(next)
        }),
      (error: unknown) => releaseWork(() => listener.ended?.({ done: false, error })),
    )
  }
  next()
  return () => {
    // What a generator does on its way out is nobody's.
    new Promise((resolve) => resolve(iterator.return?.())).catch(() => {})
  }
}

/** The items of an Observable, in order, while the machine takes them. */
class Items {
  readonly #listener: WorkListener
  readonly #waiting = new RingBuffer<unknown>(ITEMS_MAX)
  readonly #subscription: Subscription
  #isBusy = false
  #outcome: Outcome | undefined

  constructor(source: Observable<unknown>, listener: WorkListener) {
    this.#listener = listener
    // Asked before each item: a synchronous source would go on after its end.
    this.#subscription = source
      .pipe(takeWhile(() => listener.item !== undefined && this.#hasRoom()))
      .subscribe({
        next: (value) => this.#next(value),
        error: (error: unknown) => this.#end({ done: false, error }),
        complete: () => this.#end({ done: true, output: undefined }),
      })
  }

  readonly end = (): void => this.#subscription.unsubscribe()

  /** Whether one more item can be taken or can wait; else the work has failed. */
  #hasRoom(): boolean {
    if (!this.#waiting.isFull) return true
    const details = { subscriberId: 'invoke', capacity: ITEMS_MAX, version: -1 }
    this.#end({ done: false, error: new HeadgateError('BUFFER_OVERFLOW', details) })
    return false
  }

  #next(value: unknown): void {
    if (this.#isBusy) this.#waiting.push(value)
    else this.#take(value)
  }

  #take(value: unknown): void {
    const taken = this.#listener.item?.(value)
    if (taken === undefined) return
    this.#isBusy = true
    taken.then(() => {
      this.#isBusy = false
      while (!this.#isBusy && this.#waiting.size > 0) this.#take(this.#waiting.shift())
      if (!this.#isBusy && this.#outcome !== undefined) endWith(this.#outcome, this.#listener)
    })
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    if (!this.#isBusy) endWith(outcome, this.#listener)
  }
}

interface AnyMachineStore {
  readonly machine: AnyMachine
  readonly state$: Observable<AnyState>
  readonly output: unknown
  destroy(): void
}

const isMachineStore = (work: object): work is AnyMachineStore => 'machine' in work && 'state$' in work

/** Waits for the end of another machine, whose store ends with the stay in the state. */
function follow(store: AnyMachineStore, listener: WorkListener): () => void {
  const { machine } = store
  const subscription = store.state$.subscribe({
    next: (state) => {
      if (isOver(machine, activeIn(machine, state))) {
        waitFor(new Promise((resolve) => resolve(store.output)), listener)
      }
    },
    complete: () =>
      endWith(
        {
          done: false,
          error: new HeadgateError('STORE_DESTROYED', { store: machine.id, operation: 'invoke' }),
        },
        listener,
      ),
  })
  return () => {
    subscription.unsubscribe()
    store.destroy()
  }
}
