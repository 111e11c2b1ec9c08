import type { Listener, Told } from './listener.ts'
import { NOTHING } from './nothing.ts'
import { SelectedObservable } from './selected-observable.ts'
import { nameOfSelector, type Selector, synchronous } from './selector.ts'
import type { Equal, SelectorIndex } from './selector-index.ts'

/**
 * What `select(selector, equal)` returns.
 *
 * Whoever reads and whoever follows must see one object, though the selector may make a new one each time: what was
 * read of a state is told for it, and what is equal to what was told or read before is read as that.
 */
export class SelectorSelection extends SelectedObservable<unknown> {
  readonly selector: Selector
  readonly equal: Equal
  readonly #index: SelectorIndex<unknown>
  /** What was read last, and of which state. */
  #state: unknown = NOTHING
  #read: unknown = NOTHING
  /** What those who follow were told last. */
  #told: unknown = NOTHING

  constructor(index: SelectorIndex<unknown>, selector: Selector, equal: Equal) {
    super(nameOfSelector(selector), index.origin)
    this.#index = index
    this.selector = selector
    this.equal = equal
  }

  get value(): unknown {
    const { version, state } = this.#index.origin.subject.newest
    return version < 0 ? undefined : this.read(state)
  }

  /** The value for a state, to read it: one that is known already, where the two are equal. */
  read(state: unknown): unknown {
    if (!Object.is(this.#state, state)) {
      this.#read = this.#known(this.#index.run(this.selector, state))
      this.#state = state
    }
    return this.#read
  }

  /** The value for a state of which the selector has made `result`, to tell it: one that was read already. */
  settle(state: unknown, result: unknown): unknown {
    return Object.is(this.#state, state) ? this.#read : result
  }

  /** A value has been told to one of those who follow. */
  told(value: unknown): void {
    this.#told = value
  }

  isSame(previous: unknown, current: unknown): boolean {
    return synchronous(this.equal(previous, current), 'equality', this.selector)
  }

  protected override listen(told: Told): Listener {
    return this.#index.listen(this, told)
  }

  #known(result: unknown): unknown {
    for (const value of [this.#told, this.#read]) {
      if (value !== NOTHING && this.isSame(value, result)) return value
    }
    return result
  }
}
