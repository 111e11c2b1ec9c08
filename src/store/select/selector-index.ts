/**
 * Runs each distinct selector once a commit, however many follow it.
 *
 *   select(byBattery) ×3      SelectorNode(byBattery): one receiver of the broadcast
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
 * never one of an older publication (`since`); a node without listeners does not exist.
 */
import type { Subscriber, Unsubscribable } from 'rxjs'
import type { Receiver } from '../../backpressure/index.ts'
import { SlotList, type Slotted } from '../../kit/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SelectorSelection } from './selector-selection.ts'
import { synchronous } from './synchronous.ts'

export type Selector = (state: never) => unknown
export type Equal = (previous: unknown, current: unknown) => boolean

/** What nothing is equal to: what has not been read or told yet. */
export const NOTHING: unique symbol = Symbol('nothing')

/** One subscription; its own teardown. */
class SelectorListener implements Slotted, Unsubscribable {
  slot = -1
  readonly #node: SelectorNode<unknown>
  readonly #selection: SelectorSelection
  readonly #observer: Subscriber<unknown>
  #last: unknown = NOTHING
  #since: number

  constructor(
    node: SelectorNode<unknown>,
    selection: SelectorSelection,
    observer: Subscriber<unknown>,
    since: number,
  ) {
    this.#node = node
    this.#selection = selection
    this.#observer = observer
    this.#since = since
  }

  get hasOwnEqual(): boolean {
    return this.#selection.equal !== Object.is
  }

  /** Tells what a publication has made of the selection, unless it is no news. */
  offer(state: unknown, result: unknown, number: number): void {
    if (this.#since >= number) return
    this.#since = number
    this.#tell(state, result)
  }

  replay(state: unknown): void {
    this.#tell(state, NOTHING)
  }

  #tell(state: unknown, result: unknown): void {
    const selection = this.#selection
    let value: unknown
    try {
      value = result === NOTHING ? selection.read(state) : selection.settle(state, result)
      if (this.#last !== NOTHING && selection.isSame(this.#last, value)) return
    } catch (error) {
      this.#node.failed('select', error)
      return
    }
    this.#last = value
    selection.told(value)
    try {
      this.#observer.next(value)
    } catch (error) {
      // A subscriber of RxJS that was made by hand.
      this.#node.failed('next', error)
    }
  }

  complete(): void {
    try {
      this.#observer.complete()
    } catch (error) {
      this.#node.failed('complete', error)
    }
  }

  unsubscribe(): void {
    this.#node.remove(this)
  }
}

/** One selector and those who follow it. */
class SelectorNode<S> implements Receiver<Snapshot<S>> {
  slot = -1
  readonly selector: Selector
  readonly #index: SelectorIndex<S>
  readonly #listeners = new SlotList<SelectorListener>()
  #ownEquals = 0
  /** The number of the publication that is told, or was told last. */
  #number: number
  /** The last run: a result belongs to the state that it was made of. */
  #state: unknown = NOTHING
  #result: unknown
  /** What everybody has been told, or counts as equal to it. */
  #told: unknown = NOTHING
  #telling = false

  constructor(index: SelectorIndex<S>, selector: Selector, number: number) {
    this.#index = index
    this.selector = selector
    this.#number = number
  }

  get size(): number {
    return this.#listeners.size
  }

  failed(phase: 'select' | 'next' | 'complete', error: unknown): void {
    this.#index.origin.report({ subscriberId: nameOfSelector(this.selector), phase, error })
  }

  run(state: unknown): unknown {
    if (!Object.is(this.#state, state)) {
      const result = this.selector(state as never)
      this.#result = Object.is(result, this.#result) ? result : checked(this.selector, result)
      this.#state = state
    }
    return this.#result
  }

  next(snapshot: Snapshot<S>): void {
    const { state } = snapshot
    this.#number += 1
    let result: unknown
    try {
      result = this.run(state)
    } catch (error) {
      this.failed('select', error)
      return
    }
    if (this.#ownEquals === 0 && Object.is(result, this.#told)) return
    this.#told = result
    this.#telling = true
    this.#index.origin.telling = snapshot
    for (let slot = 0, { end } = this.#listeners; slot < end; slot += 1) {
      this.#listeners.at(slot)?.offer(state, result, this.#number)
    }
    this.#index.origin.telling = undefined
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
export const nameOfSelector = ({ name }: Selector): string => `select(${name === '' ? 'selector' : name})`

/** What a selector returned, unless it is a promise or a generator. */
const checked = (selector: Selector, result: unknown): unknown =>
  synchronous(result, 'selector', nameOfSelector(selector))

export class SelectorIndex<S> {
  /** How many listeners there are. */
  size = 0
  readonly origin: ReadableCore<S>
  readonly #nodes = new Map<Selector, SelectorNode<S>>()

  constructor(origin: ReadableCore<S>) {
    this.origin = origin
  }

  /** What a selector makes of a state; the run that those who follow it share, where there is one. */
  run(selector: Selector, state: unknown): unknown {
    const node = this.#nodes.get(selector)
    return node === undefined ? checked(selector, selector(state as never)) : node.run(state)
  }

  /** Tells an observer the value of a selection, and each that differs from the one before. */
  listen(selection: SelectorSelection, observer: Subscriber<unknown>): SelectorListener | undefined {
    const { subject } = this.origin
    subject.feed?.open()
    if (subject.isStopped) {
      observer.complete()
      return undefined
    }
    const { broadcast } = subject
    const node = this.#nodeOf(selection.selector)
    // The cast erases the state's type, which listeners do not look at.
    const erased = node as SelectorNode<unknown>
    const listener = new SelectorListener(erased, selection, observer, broadcast.published)
    node.add(listener)
    this.size += 1
    const { version, state } = subject.getValue()
    if (version >= 0) broadcast.exclusively(() => listener.replay(state))
    return listener
  }

  /** A listener of a node has left. */
  left(node: SelectorNode<S>): void {
    this.size -= 1
    if (node.size > 0) return
    const { subject } = this.origin
    this.#nodes.delete(node.selector)
    if (!subject.isStopped) subject.broadcast.remove(node)
  }

  #nodeOf(selector: Selector): SelectorNode<S> {
    const known = this.#nodes.get(selector)
    if (known !== undefined) return known
    const { broadcast } = this.origin.subject
    const node = new SelectorNode(this, selector, broadcast.published)
    this.#nodes.set(selector, node)
    broadcast.add(node)
    return node
  }
}
