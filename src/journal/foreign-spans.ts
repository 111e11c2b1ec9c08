/**
 * What others have written since some moment, without a record of their writes.
 *
 *   own ─ A ───────── B ─ own ─ C ── C ─ own        A → B was written by others, of any number of writes; C is C
 *
 * Between two of a history's own commits stand two states. Where they are the same object, nobody has written; else
 * their difference is what others have written, and it is only taken when somebody asks. So others' writes cost
 * nothing, and a million of them take no more room than one.
 */
import { type Delta, diff } from '../delta/index.ts'

interface Span {
  readonly number: number
  readonly from: unknown
  readonly to: unknown
}

export class ForeignSpans {
  readonly #spans: Span[] = []
  readonly #max: number
  #next = 0
  #last: unknown

  /**
   * @param state - where the store stands
   * @param max - how many spans are told apart; of more the oldest two become one, which holds what the history
   * itself did between them, too, so that old steps are rather refused than wrong
   */
  constructor(state: unknown, max: number) {
    this.#last = state
    this.#max = max
  }

  /** The moment that is now, for {@link ForeignSpans.since}. */
  get now(): number {
    return this.#next
  }

  /** Another commit of the history's own: what it found, and what it left. */
  own(found: unknown, left: unknown): void {
    if (found !== this.#last) this.#close(found)
    this.#last = left
  }

  #close(state: unknown): void {
    this.#spans.push({ number: this.#next, from: this.#last, to: state })
    this.#next += 1
    const [first, second] = this.#spans
    if (this.#spans.length <= this.#max || first === undefined || second === undefined) return
    this.#spans.splice(0, 2, { ...second, from: first.from })
  }

  /** What others have written from a moment on, up to the state that somebody finds now. */
  since(moment: number, now: unknown): Delta[] {
    const spans = this.#spans.filter(({ number }) => number >= moment)
    return [...spans, { from: this.#last, to: now }].map(({ from, to }) => diff(from, to))
  }

  forget(): void {
    this.#spans.length = 0
    this.#last = undefined
  }
}
