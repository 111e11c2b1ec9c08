/**
 * The snapshots that the panel can go back to, by reference: no text is read again, and collections, Maps and dates are
 * what they were. The oldest go when there are too many.
 */

import { toJsonForm } from '../json/index.ts'
import { HeadgateError, type Immutable } from '../kit/index.ts'
import type { Readable, Snapshot } from '../store/index.ts'
import { type Sent, versionOf } from './extension.ts'

export class KeptSnapshots<S> {
  readonly #store: Readable<S>
  readonly #limit: number
  /** Whether what the panel has is the state, and not what `sanitize` made of it. */
  readonly #isWhole: boolean
  readonly #byVersion = new Map<number, Snapshot<S>>()
  first: Snapshot<S> | undefined

  constructor(store: Readable<S>, limit: number, isWhole: boolean) {
    this.#store = store
    this.#limit = limit
    this.#isWhole = isWhole
  }

  add(snapshot: Snapshot<S>): void {
    this.first ??= snapshot
    this.#byVersion.set(snapshot.version, snapshot)
    if (this.#byVersion.size <= this.#limit) return
    const [oldest] = this.#byVersion.keys()
    this.#byVersion.delete(oldest as number)
  }

  clear(): void {
    this.#byVersion.clear()
    this.first = undefined
  }

  /**
   * The snapshot that the panel means: the one that is kept, else what its text says.
   *
   * @throws `DEVTOOLS_STATE_LOST` where the text cannot say it.
   */
  find(sent: unknown): Snapshot<S> {
    const version = versionOf(sent)
    return (
      this.#byVersion.get(version) ?? { ...this.#store.published, version, state: this.#read(sent, version) }
    )
  }

  #read(sent: unknown, version: number): Immutable<S> {
    const { name, published } = this.#store
    const { state } = (typeof sent === 'string' ? JSON.parse(sent) : (sent ?? {})) as Partial<Sent>
    const isJson = this.#isWhole && !toJsonForm(published.state, 'the state').isTagged
    if (state === undefined || !isJson)
      throw new HeadgateError('DEVTOOLS_STATE_LOST', { store: name, version })
    // The cast holds as far as anybody can say: the panel was sent a state of this store.
    return state as Immutable<S>
  }
}
