/** The frames of a state, or of a delta, made once for all clients that are sent the same. */
import type { VersionHead } from './frames.ts'
import type { Posted } from './outbox.ts'

interface Made {
  readonly head: VersionHead
  readonly from: number | undefined
  readonly frames: Posted[]
}

/** One and the same text may be of several versions, and be told of differently to those who missed some. */
const isSame = (made: Made, head: VersionHead, from: number | undefined): boolean =>
  made.head.version === head.version && made.head.missed === head.missed && made.from === from

/**
 * They are kept as long as what they are of: quoted within a frame a text is made anew, for a thousand clients a
 * thousand times.
 */
export class SharedFrames {
  readonly #made = new WeakMap<object, Made>()

  /**
   * @param of - the state, or the text of the delta as `StateTexts` keeps it
   * @param from - the version that a delta stands on
   */
  of(of: unknown, head: VersionHead, from: number | undefined, make: () => Posted[]): Posted[] {
    if (typeof of !== 'object' || of === null) return make()
    const known = this.#made.get(of)
    if (known !== undefined && isSame(known, head, from)) return known.frames
    const frames = make()
    this.#made.set(of, { head, from, frames })
    return frames
  }
}
