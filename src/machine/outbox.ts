/**
 * What transitions do outside of the context (`run` and `emit`), kept until the commit that they belong to is
 * published.
 *
 *   send ──> state ──> published ──> run, emit
 *              └─ in a batch: one state leads on from another, and the last one brings all that led to it
 *
 * It is found by the state that a step made, so what was rolled back is never found.
 */
import type { EventObject } from './definition.ts'
import type { AnyState } from './look-up.ts'
import type { AnyAct } from './machine.ts'

/** One act, with the event that it followed from. */
export interface Acting {
  readonly act: AnyAct
  readonly event: EventObject
}

/** One act of a commit, with the context that the commit left. */
export interface Letter extends Acting {
  readonly context: unknown
}

interface Link {
  readonly letters: readonly Letter[]
  /** Those of the states before, in the same batch. */
  before: Link | undefined
  isTaken: boolean
}

export class Outbox {
  readonly #links = new WeakMap<AnyState, Link>()

  /**
   * Notes that one state led to another.
   *
   * @param isHeld - whether nobody is told of the first: both are in one batch, or the machine waits.
   */
  note(before: AnyState | undefined, after: AnyState, acts: readonly Acting[], isHeld: boolean): void {
    if (before === after || this.#links.has(after)) return
    const earlier = isHeld && before !== undefined ? this.#links.get(before) : undefined
    if (acts.length === 0 && earlier === undefined) return
    const letters = acts.map((acting) => ({ ...acting, context: after.context }))
    this.#links.set(after, { letters, before: earlier, isTaken: false })
  }

  /** What is to be done now that a state is published, in order, each once. */
  take(published: AnyState): readonly Letter[] {
    const lists: (readonly Letter[])[] = []
    let link = this.#links.get(published)
    while (link !== undefined && !link.isTaken) {
      lists.push(link.letters)
      link.isTaken = true
      const { before }: Link = link
      link.before = undefined
      link = before
    }
    return lists.reverse().flat()
  }
}
