/**
 * Runs each distinct selector once a commit, however many follow it.
 *
 *   select(byBattery) ×3      Selection(byBattery): one receiver of the broadcast
 *                               run once ──> differs? ──> listener, listener, listener
 *
 * Selectors are told apart by identity: an arrow function written inside a call is a selector of its own
 * each time. Where nobody brought an `equal` of his own, an unchanged result ends the matter; else each
 * listener compares for himself with what he was given last.
 *
 * A selector or an `equal` that throws skips that version for those who follow it, is reported as a fault of phase
 * `'select'`, and goes on: what it could not read may be there again with the next version.
 *
 * What must stay true: a listener is told a value only if it differs from the one it was told last, and
 * never one of an older version (`since`); a selection without listeners does not exist.
 */
import type { Observable, Subscriber, Unsubscribable } from 'rxjs'
import type { Receiver } from '../../backpressure/index.ts'
import { SlotList, type Slotted } from '../../kit/index.ts'
import { ContainedObservable, type ReportFault } from '../publish/contained-observable.ts'
import type { SnapshotSubject } from '../publish/snapshot-subject.ts'
import type { Snapshot } from '../snapshot.ts'
import { synchronous } from './synchronous.ts'

export type Selector = (state: never) => unknown
export type Equal = (previous: unknown, current: unknown) => boolean

/** What nothing is equal to: a listener that was not told anything yet. */
const NOTHING = Symbol('nothing')

/** One subscription; its own teardown. */
class SelectorListener implements Slotted, Unsubscribable {
  slot = -1
  readonly selection: Selection<unknown>
  readonly #observer: Subscriber<unknown>
  readonly #equal: Equal
  #last: unknown = NOTHING
  #since: number

  constructor(selection: Selection<unknown>, observer: Subscriber<unknown>, equal: Equal, since: number) {
    this.selection = selection
    this.#observer = observer
    this.#equal = equal
    this.#since = since
  }

  get hasOwnEqual(): boolean {
    return this.#equal !== Object.is
  }

  /** Tells a value of a version, unless it is no news. */
  offer(value: unknown, version: number): void {
    if (this.#since >= version) return
    this.#since = version
    this.tell(value)
  }

  tell(value: unknown): void {
    try {
      if (this.#last !== NOTHING && this.#isEqual(value)) return
    } catch (error) {
      this.selection.failed('select', error)
      return
    }
    this.#last = value
    try {
      this.#observer.next(value)
    } catch (error) {
      // A subscriber of RxJS that was made by hand.
      this.selection.failed('next', error)
    }
  }

  #isEqual(value: unknown): boolean {
    return synchronous(this.#equal(this.#last, value), 'equality', nameOf(this.selection.selector))
  }

  complete(): void {
    try {
      this.#observer.complete()
    } catch (error) {
      this.selection.failed('complete', error)
    }
  }

  unsubscribe(): void {
    this.selection.remove(this)
  }
}

/** One selector and those who follow it. */
class Selection<S> implements Receiver<Snapshot<S>> {
  slot = -1
  readonly selector: Selector
  readonly #index: SelectorIndex<S>
  readonly #listeners = new SlotList<SelectorListener>()
  #ownEquals = 0
  /** The last run: a result belongs to the state that it was made of. */
  #state: unknown = NOTHING
  #value: unknown
  /** What everybody has been told, or counts as equal to it. */
  #told: unknown = NOTHING
  #telling = false

  constructor(index: SelectorIndex<S>, selector: Selector) {
    this.#index = index
    this.selector = selector
  }

  get size(): number {
    return this.#listeners.size
  }

  failed(phase: 'select' | 'next' | 'complete', error: unknown): void {
    this.#index.report({ subscriberId: nameOf(this.selector), phase, error })
  }

  run(state: unknown): unknown {
    if (!Object.is(this.#state, state)) {
      const value = this.selector(state as never)
      this.#value = Object.is(value, this.#value)
        ? value
        : synchronous(value, 'selector', nameOf(this.selector))
      this.#state = state
    }
    return this.#value
  }

  next({ state, version }: Snapshot<S>): void {
    let value: unknown
    try {
      value = this.run(state)
    } catch (error) {
      this.failed('select', error)
      return
    }
    if (this.#ownEquals === 0 && Object.is(value, this.#told)) return
    this.#told = value
    this.#telling = true
    for (let slot = 0, { end } = this.#listeners; slot < end; slot += 1) {
      this.#listeners.at(slot)?.offer(value, version)
    }
    this.#telling = false
    this.#listeners.compact()
  }

  complete(): void {
    for (const listener of this.#listeners.toArray()) listener.complete()
  }

  add(listener: SelectorListener): void {
    this.#listeners.add(listener)
    if (listener.hasOwnEqual) this.#ownEquals += 1
  }

  remove(listener: SelectorListener): void {
    this.#listeners.remove(listener)
    if (listener.hasOwnEqual) this.#ownEquals -= 1
    if (!this.#telling) this.#listeners.compact()
    this.#index.left(this)
  }
}

/** What the followers of a selector are called: `select(byBattery)`. */
const nameOf = ({ name }: Selector): string => `select(${name === '' ? 'selector' : name})`

export class SelectorIndex<S> {
  /** How many listeners there are. */
  size = 0
  readonly report: ReportFault
  readonly #subject: SnapshotSubject<S>
  readonly #selections = new Map<Selector, Selection<S>>()

  constructor(subject: SnapshotSubject<S>, report: ReportFault) {
    this.#subject = subject
    this.report = report
  }

  /** What a selector returns: for the current state first, then each result that differs from the one before. */
  observe(selector: Selector, equal: Equal = Object.is): Observable<unknown> {
    return new ContainedObservable(nameOf(selector), this.report, (observer) => {
      if (this.#subject.isStopped) {
        observer.complete()
        return undefined
      }
      const { state, version } = this.#subject.getValue()
      const selection = this.#selectionOf(selector)
      // The cast erases the state's type, which listeners do not look at.
      const listener = new SelectorListener(selection as Selection<unknown>, observer, equal, version)
      selection.add(listener)
      this.size += 1
      if (version >= 0) this.#subject.broadcast.exclusively(() => this.#replay(selection, listener, state))
      return listener
    })
  }

  /** A listener of a selection has left. */
  left(selection: Selection<S>): void {
    this.size -= 1
    if (selection.size > 0) return
    this.#selections.delete(selection.selector)
    if (!this.#subject.isStopped) this.#subject.broadcast.remove(selection)
  }

  #selectionOf(selector: Selector): Selection<S> {
    const known = this.#selections.get(selector)
    if (known !== undefined) return known
    const selection = new Selection(this, selector)
    this.#selections.set(selector, selection)
    this.#subject.broadcast.add(selection)
    return selection
  }

  #replay(selection: Selection<S>, listener: SelectorListener, state: unknown): void {
    let value: unknown
    try {
      value = selection.run(state)
    } catch (error) {
      selection.failed('select', error)
      return
    }
    listener.tell(value)
  }
}
