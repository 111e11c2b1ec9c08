/**
 * What a derived value is made of, and what was made: its value, and its newest version.
 *
 * A version is a number, a state and labels. Of most values in the middle of a graph nobody ever sees one, and a frozen
 * snapshot costs more than the run that it tells of: so it is made when somebody asks, or at once where somebody
 * follows.
 */
import { instantOf, systemClock } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { View } from './input.ts'
import { Reading } from './reading.ts'

/** Who, why and when. */
export type Labels = Omit<Snapshot<unknown>, 'version' | 'state'>

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

export class Made {
  readonly reading: Reading
  /** The value, or a `Failure`. */
  result: unknown
  /** The newest version: of this run, or of one before where this one failed or came out equal; -1 before the first. */
  version = -1
  state: unknown
  /** While there is no snapshot. */
  #labels: Labels | undefined
  #snapshot: Snapshot<unknown> | undefined

  constructor(view: View) {
    this.reading = new Reading(view)
  }

  /** The labels of the newest version; undefined before the first. */
  get labels(): Labels | undefined {
    return this.#snapshot ?? this.#labels
  }

  /** The snapshot of the newest version, always the same; undefined before the first. */
  get snapshot(): Snapshot<unknown> | undefined {
    if (this.#snapshot === undefined && this.#labels !== undefined) {
      this.#snapshot = stamped(this.version, this.state, this.#labels)
    }
    return this.#snapshot
  }

  /** Nothing has changed since another was made. */
  takeOver({ version, state, snapshot }: Made): void {
    this.version = version
    this.state = state
    this.#snapshot = snapshot
  }

  /**
   * It has a new version.
   *
   * @param cause - whose labels it has: those of a source, or a snapshot of it. It is not kept, as its state may be
   *   gone.
   */
  renew(version: number, state: unknown, cause: Labels, isFollowed: boolean): void {
    this.version = version
    this.state = state
    this.#snapshot = isFollowed ? stamped(version, state, cause) : undefined
    if (!isFollowed) this.#labels = 'state' in cause ? labelsOf(cause) : cause
  }
}

/** The labels of what no source has caused. */
export const firstLabels = (source: string): Labels => ({
  reason: 'INIT',
  source,
  metadata: NO_METADATA,
  ...instantOf(systemClock),
})

const stamped = (
  version: number,
  state: unknown,
  { reason, source, tsWall, tsMono, metadata }: Labels,
): Snapshot<unknown> => Object.freeze({ version, state, reason, source, tsWall, tsMono, metadata })

const labelsOf = ({ reason, source, tsWall, tsMono, metadata }: Labels): Labels => ({
  reason,
  source,
  tsWall,
  tsMono,
  metadata,
})
