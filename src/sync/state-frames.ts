/** The frames of a whole state, made once for all clients that begin with it. */
import type { VersionHead } from './frames.ts'
import type { Posted } from './outbox.ts'

interface Made {
  readonly head: VersionHead
  readonly frames: Posted[]
}

/** One and the same state may be of several versions, and be told of differently to those who missed some. */
const isSame = (one: VersionHead, other: VersionHead): boolean =>
  one.version === other.version && one.missed === other.missed

/** They are kept as long as the state: quoted within a frame a text is made anew, for a thousand clients a thousand times. */
export class StateFrames {
  readonly #made = new WeakMap<object, Made>()

  of(state: unknown, head: VersionHead, make: () => Posted[]): Posted[] {
    if (typeof state !== 'object' || state === null) return make()
    const known = this.#made.get(state)
    if (known !== undefined && isSame(known.head, head)) return known.frames
    const frames = make()
    this.#made.set(state, { head, frames })
    return frames
  }
}
