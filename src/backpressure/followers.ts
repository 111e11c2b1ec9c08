/** Whoever is told of each entry's note, before or behind all receivers. */
export interface Follower<Note> {
  next(note: Note): void
  complete(): void
}

/**
 * Given what one throws who is told. Must not throw.
 *
 * @param followed - of a follower, the version that it was told; -1 for the end.
 */
export type Failed = (error: unknown, followed?: number) => void

/** A follower until it leaves, and the number of the last entry that came before it joined. */
interface Following<Note> {
  follower: Follower<Note> | undefined
  readonly since: number
}

/** The followers of a broadcast who stand at one place in its walk: few and special. */
export class Followers<Note> {
  /** Replaced, not changed, so that one may come or go while they are told. */
  #list: readonly Following<Note>[] = []
  readonly #failed: Failed
  #isOver: true | undefined

  constructor(failed: Failed) {
    this.#failed = failed
  }

  get isEmpty(): boolean {
    return this.#list.length === 0
  }

  /** Adds one that is told the entries behind the number `since`, or only the end; returns its end. */
  add(follower: Follower<Note>, since: number): () => void {
    const following: Following<Note> = { follower, since }
    this.#list = [...this.#list, following]
    if (this.#isOver) this.complete()
    return () => {
      following.follower = undefined
      this.#list = this.#list.filter((each) => each !== following)
    }
  }

  next(note: Note, number: number, version: number): void {
    for (const { follower, since } of this.#list) {
      if (number <= since) continue
      try {
        follower?.next(note)
      } catch (error) {
        this.#failed(error, version)
      }
    }
  }

  /** Completes them all; nobody is told anything behind the end, not even by a walk that is under way. */
  complete(): void {
    const list = this.#list
    this.#list = []
    this.#isOver = true
    for (const following of list) {
      const { follower } = following
      following.follower = undefined
      try {
        follower?.complete()
      } catch (error) {
        this.#failed(error, -1)
      }
    }
  }
}
