import type { Listener, Told } from './listener.ts'
import { nameOfPath, valueAt } from './path.ts'
import type { PathIndex } from './path-index.ts'
import { SelectedObservable } from './selected-observable.ts'
import type { Selection } from './selection.ts'

/** What `select(...path)` returns. */
export class PathSelection extends SelectedObservable<unknown> {
  readonly #index: PathIndex<unknown>
  readonly #path: readonly unknown[]

  constructor(index: PathIndex<unknown>, path: readonly unknown[]) {
    super(nameOfPath(path), index.origin)
    this.#index = index
    this.#path = path
  }

  get value(): unknown {
    return this.read(this.#index.origin.subject.newest.state)
  }

  read(state: unknown): unknown {
    return valueAt(state, this.#path)
  }

  /** A path below this one is a path of the same trie. */
  override select(...args: readonly unknown[]): Selection<never> {
    if (typeof args[0] === 'function') return super.select(...args)
    return new PathSelection(this.#index, [...this.#path, ...args]) as unknown as Selection<never>
  }

  protected override listen(told: Told): Listener {
    return this.#index.listen(this.#path, told)
  }
}
