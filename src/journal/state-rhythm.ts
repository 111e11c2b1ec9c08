/**
 * When a whole state is due, which makes opening a journal quick: after so many commits, or, with `'growth'`, when the
 * changes behind the last one are five times as long as the state is.
 *
 * By growth the whole states are at most a fifth of the changes, whatever the state is: one that only grows is never
 * five times shorter than its changes, so it is not written again, and opening reads about as much as it is long.
 */
import type { JournalEntry } from './engine.ts'

const TIMES = 5

export class StateRhythm {
  readonly #every: number | 'growth'
  #commits = 0
  #characters = 0
  /** How long the state was when it was looked at last. */
  #length = 0

  constructor(every: number | 'growth') {
    this.#every = every
  }

  /** One that counts on by itself: what it counts may come to nothing. */
  copy(): StateRhythm {
    const copy = new StateRhythm(this.#every)
    copy.#commits = this.#commits
    copy.#characters = this.#characters
    copy.#length = this.#length
    return copy
  }

  /** Counts a change. */
  add({ text }: JournalEntry): void {
    this.#commits += 1
    this.#characters += text.length
  }

  /** Whether it is worth looking at the state. */
  get mayBeDue(): boolean {
    return this.#every === 'growth' ? this.#characters >= TIMES * this.#length : this.#commits >= this.#every
  }

  /** Whether a state is to be written, now that its text is known. */
  isDue({ text }: JournalEntry, isNeeded: boolean): boolean {
    this.#length = text.length
    if (!isNeeded && !this.mayBeDue) return false
    this.#commits = 0
    this.#characters = 0
    return true
  }
}
