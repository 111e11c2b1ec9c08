/**
 * What a mirror shows of its own writes before they are decided: a store beside that of the mirror, whose state is the
 * mirror's with the writes that have no answer run on it again.
 *
 *   mirror.store       5 ──────────────── 6 ─────── 7        what the primary has, at its versions
 *   mirror.optimistic  5   5+w            6+w       7         w was committed as 7
 *
 * A store of its own, so that the versions of the mirror stay those of the primary.
 */
import { type Kernel, kernelOf } from '../kernel/index.ts'
import { HeadgateError, type Immutable, isHeadgateError } from '../kit/index.ts'
import { createStore, runRecipe, type Store, type SubscriberHandle } from '../store/index.ts'
import type { Recipe, WriteResult } from './mirror.ts'
import type { Replica } from './replica.ts'

/** A write that is shown. */
export interface Shown<S> {
  readonly recipe: Recipe<S>
  readonly reason: string
  /** The mirror's version that has it; until that is known, undefined. */
  committedAs: number | undefined
  /** It was asked on a connection that is lost: what comes on the next may have it already. */
  isInDoubt: boolean
}

export class Optimistic<S> {
  readonly store: Store<S>
  readonly #kernel: Kernel<S>
  readonly #replica: Replica<S>
  readonly #shown = new Set<Shown<S>>()
  readonly #handle: SubscriberHandle
  #isWaiting = false

  constructor(replica: Replica<S>) {
    const { store } = replica
    const name = `${store.name} (optimistic)`
    this.#replica = replica
    this.store = createStore<S>(undefined, { name }) as Store<S>
    this.#kernel = kernelOf(this.store)
    this.#kernel.guard((write) => {
      if (typeof write === 'object' && write.origin === this) return
      throw new HeadgateError('WRITE_ELSEWHERE', { store: name })
    })
    this.#handle = store.subscribe({ next: () => this.#tryToShow(), complete: () => this.close() })
  }

  add(recipe: Recipe<S>, reason: string): Shown<S> {
    const shown: Shown<S> = { recipe, reason, committedAs: undefined, isInDoubt: false }
    this.#shown.add(shown)
    this.#tryToShow()
    return shown
  }

  /** An answer has come: the mirror's version that has it, or none, and it is tried again or taken back. */
  answered(shown: Shown<S>, version: number | undefined): void {
    shown.isInDoubt = false
    shown.committedAs = version
    this.#tryToShow()
  }

  /** It was not committed: a fault tells why, unless its writer has been thrown an error. */
  takeBack(shown: Shown<S>, result: (WriteResult & { committed: false }) | undefined): void {
    this.#shown.delete(shown)
    this.#tryToShow()
    if (result !== undefined) this.#tell(result)
  }

  lost(): void {
    for (const shown of this.#shown) shown.isInDoubt = shown.committedAs === undefined
  }

  close(): void {
    this.#shown.clear()
    this.#handle?.unsubscribe()
    this.store.destroy()
  }

  /** Never throws: what is shown decides nothing. */
  #tryToShow(): void {
    if (this.#isWaiting) return
    try {
      this.#show()
    } catch (error) {
      if (isHeadgateError(error, 'SUBSCRIBER_FULL')) void this.#showLater()
      else this.#report(error)
    }
  }

  /** A subscriber of what is shown has no room: it is shown the newest when it has. */
  async #showLater(): Promise<void> {
    this.#isWaiting = true
    try {
      await this.store.ready()
    } catch {
      return // it was closed meanwhile
    }
    this.#isWaiting = false
    this.#tryToShow()
  }

  #show(): void {
    const { published } = this.#replica.store
    if (published.version < 0 || this.store.closed) return
    for (const shown of this.#shown) {
      if (shown.committedAs !== undefined && shown.committedAs <= published.version) this.#shown.delete(shown)
    }
    // Shown twice would be worse than shown late: its answer is on the way.
    if ([...this.#shown].some(({ isInDoubt }) => isInDoubt)) return
    let { state, reason } = published
    for (const shown of this.#shown) {
      try {
        state = runRecipe(state, shown.recipe as never, {
          store: this.store.name,
          operation: 'update()',
          freeze: true,
        }) as Immutable<S>
        reason = shown.reason
      } catch {
        // On this state it makes nothing; whoever wrote it is told when it is decided.
      }
    }
    const { head } = this.#kernel
    if (head.version >= 0 && Object.is(state, head.state)) return
    const { source, metadata } = published
    const stamps = { tsWall: Date.now(), tsMono: performance.now() }
    const version = head.version + 1
    this.#kernel.adopt({ version, state, reason, source, ...stamps, metadata }, { origin: this })
  }

  #tell({ reason, message = '' }: WriteResult & { committed: false }): void {
    const { store } = this.#replica
    this.#report(new HeadgateError('WRITE_TAKEN_BACK', { store: store.name, reason, message }))
  }

  #report(error: unknown): void {
    const { store, kernel } = this.#replica
    const { version } = store.published
    kernel.report({ subscriberId: 'optimistic', phase: 'kernel', error, version, failures: 1 })
  }
}
