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
import type { Receiver } from '../../backpressure/index.ts'
import type { ReadableCore } from '../readable-core.ts'
import type { Snapshot } from '../snapshot.ts'
import { Listener, type Told } from './listener.ts'
import { NOTHING } from './nothing.ts'
import { nameOfSelector, type Selector, synchronous } from './selector.ts'
import type { SelectorSelection } from './selector-selection.ts'

export type Equal = (previous: unknown, current: unknown) => boolean

/** One who follows a selection. */
class SelectorListener extends Listener {
  readonly #node: SelectorNode<unknown>
  readonly #selection: SelectorSelection
  #last: unknown = NOTHING

  constructor(node: SelectorNode<unknown>, selection: SelectorSelection, told: Told, since: number) {
    super(told, since)
    this.#node = node
    this.#selection = selection
  }

  get hasOwnEqual(): boolean {
    return this.#selection.equal !== Object.is
  }

  /** Tells what a publication has made of the selection, unless it is no news. */
  offer(state: unknown, result: unknown, number: number): void {
    if (this.expects(number)) this.#tell(state, result)
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
    this.next(value)
  }

  protected override leave(): void {
    this.#node.remove(this)
  }

  protected override failed(phase: 'next' | 'complete', error: unknown): void {
    this.#node.failed(phase, error)
  }
}

/** One selector and those who follow it. */
class SelectorNode<S> implements Receiver<Snapshot<S>> {
  slot = -1
  readonly selector: Selector
  readonly #index: SelectorIndex<S>
  /** A walk of a Set meets who joins meanwhile, who knows that he needs nothing of this publication. */
  readonly #listeners = new Set<SelectorListener>()
  #ownEquals = 0
  /** The number of the publication that is told, or was told last. */
  #number: number
  /** The last run: a result belongs to the state that it was made of. */
  #state: unknown = NOTHING
  #result: unknown
  /** What everybody has been told, or counts as equal to it. */
  #told: unknown = NOTHING

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
      this.#result = Object.is(result, this.#result) ? result : synchronous(result, 'selector', this.selector)
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
    this.#index.origin.telling = snapshot
    for (const listener of this.#listeners) listener.offer(state, result, this.#number)
    this.#index.origin.telling = undefined
  }

  complete(): void {
    for (const listener of [...this.#listeners]) listener.complete()
  }

  add(listener: SelectorListener): void {
    this.#listeners.add(listener)
    if (listener.hasOwnEqual) this.#ownEquals += 1
  }

  remove(listener: SelectorListener): void {
    this.#listeners.delete(listener)
    if (listener.hasOwnEqual) this.#ownEquals -= 1
    this.#index.left(this)
  }
}

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
    return node === undefined ? synchronous(selector(state as never), 'selector', selector) : node.run(state)
  }

  /** Tells the value of a selection, and each that differs from the one before. */
  listen(selection: SelectorSelection, told: Told): SelectorListener {
    const { subject } = this.origin
    const { broadcast } = subject
    const node = this.#nodeOf(selection.selector)
    // The cast erases the state's type, which listeners do not look at.
    const erased = node as SelectorNode<unknown>
    const listener = new SelectorListener(erased, selection, told, broadcast.published)
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
