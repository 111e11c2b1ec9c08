/**
 * The newest commits of a store, by reference, oldest first.
 *
 *   snapshots   v7  v8  v4  v5  v6        a ring: each new commit overwrites the oldest
 *   toldMs      .1  .1  .2  .1  .1        ms from the write until subscribers were told
 *   changes     -1  -1   3  -2   1        places changed; -1 not counted yet, -2 has no number
 *
 * Three arrays side by side instead of an object per commit: most commits are never looked at.
 */
import { diff } from '../delta/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { CommitFacts } from './facts.ts'
import { cut } from './plain.ts'

/** A commit that changes more is not counted further. */
const CHANGES_MAX = 200
/**
 * Commits of which is counted what they changed, at a time: the newest. Of a store that commits more often than
 * somebody reads, the others have no number: to count all of them was four fifths of what watching cost.
 */
export const COUNTED_MAX = 32
/** A clock that is not the platform's says nothing of how long something took. */
const TOLD_MS_MAX = 60_000
/** In the place of how many places a commit changed: it is to be counted, or has no number. */
const [OPEN, UNCOUNTED] = [-1, -2]

/** A commit that is kept. */
export interface KeptCommit {
  readonly snapshot: Snapshot<unknown>
  readonly facts: CommitFacts
}

export class Commits {
  readonly #limit: number
  readonly #snapshots: Snapshot<unknown>[] = []
  readonly #toldMs: number[] = []
  readonly #changes: number[] = []
  /** The place of the oldest. */
  #first = 0
  /** What was before the oldest. */
  #before: Snapshot<unknown> | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Keeps one that is the next version, or the first. */
  push(snapshot: Snapshot<unknown>, toldMs: number): void {
    const isFull = this.#snapshots.length === this.#limit
    const place = isFull ? this.#first : this.#snapshots.length
    if (isFull) this.#before = this.#snapshots[place]
    this.#snapshots[place] = snapshot
    this.#toldMs[place] = toldMs >= 0 && toldMs < TOLD_MS_MAX ? toldMs : 0
    this.#changes[place] = this.#snapshots.length === 1 && !isFull ? UNCOUNTED : OPEN
    if (isFull) this.#first = (place + 1) % this.#limit
  }

  /** What of the newest is known, oldest first; counts what they changed. */
  newestFacts(max: number): CommitFacts[] {
    const { length } = this.#snapshots
    let left = COUNTED_MAX
    const facts: CommitFacts[] = []
    for (let nth = length - 1; nth >= Math.max(0, length - max); nth -= 1) {
      const place = this.#placeOf(nth)
      if (this.#changes[place] === OPEN) {
        this.#changes[place] = left > 0 ? this.#count(nth) : UNCOUNTED
        left -= 1
      }
      facts.push(this.#facts(place))
    }
    return facts.reverse()
  }

  get newest(): KeptCommit | undefined {
    return this.#at(this.#snapshots.length - 1)
  }

  get oldest(): KeptCommit | undefined {
    return this.#at(0)
  }

  find(version: number): KeptCommit | undefined {
    const place = this.#snapshots.findIndex((snapshot) => snapshot.version === version)
    return place < 0 ? undefined : this.#kept(place)
  }

  clear(): void {
    for (const list of [this.#snapshots, this.#toldMs, this.#changes]) list.length = 0
    this.#first = 0
    this.#before = undefined
  }

  #placeOf(nth: number): number {
    return (this.#first + nth) % this.#limit
  }

  #at(nth: number): KeptCommit | undefined {
    return nth < 0 || nth >= this.#snapshots.length ? undefined : this.#kept(this.#placeOf(nth))
  }

  /** The cast holds for the place of one that is kept. */
  #kept(place: number): KeptCommit {
    return { snapshot: this.#snapshots[place] as Snapshot<unknown>, facts: this.#facts(place) }
  }

  /** How many places a commit changed, beside the one before. */
  #count(nth: number): number {
    const before = nth === 0 ? this.#before : this.#snapshots[this.#placeOf(nth - 1)]
    const after = this.#snapshots[this.#placeOf(nth)]
    try {
      return diff(before?.state, after?.state, { operationsMax: CHANGES_MAX })?.length ?? UNCOUNTED
    } catch {
      // A state that nothing could walk has no number.
      return UNCOUNTED
    }
  }

  #facts(place: number): CommitFacts {
    const { version, reason, source, tsWall } = this.#snapshots[place] as Snapshot<unknown>
    const changes = this.#changes[place] ?? UNCOUNTED
    return {
      version,
      reason: cut(reason),
      source: cut(source),
      at: tsWall,
      toldMs: this.#toldMs[place] ?? 0,
      changes: changes < 0 ? null : changes,
    }
  }
}
