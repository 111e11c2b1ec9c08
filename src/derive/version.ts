/**
 * A version of a derived value. Its snapshot is made when somebody asks for it: of most values in the middle of a graph
 * nobody ever does, and a frozen snapshot costs more than the run that it tells of.
 */
import { instantOf, systemClock } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'

/** Who, why and when. It does not keep the state that it came with. */
export type Labels = Omit<Snapshot<unknown>, 'version' | 'state'>

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

export class Version {
  readonly number: number
  readonly state: unknown
  readonly labels: Labels
  #snapshot: Snapshot<unknown> | undefined

  constructor(number: number, state: unknown, labels: Labels) {
    this.number = number
    this.state = state
    this.labels = labels
  }

  /** Always the same. */
  get snapshot(): Snapshot<unknown> {
    if (this.#snapshot === undefined) {
      const { reason, source, tsWall, tsMono, metadata } = this.labels
      const { number: version, state } = this
      this.#snapshot = Object.freeze({ version, state, reason, source, tsWall, tsMono, metadata })
    }
    return this.#snapshot
  }
}

/** The labels of a snapshot, without its state. */
export const labelsOf = ({ reason, source, tsWall, tsMono, metadata }: Snapshot<unknown>): Labels => ({
  reason,
  source,
  tsWall,
  tsMono,
  metadata,
})

/** The labels of what no source has caused. */
export const firstLabels = (source: string): Labels => ({
  reason: 'INIT',
  source,
  metadata: NO_METADATA,
  ...instantOf(systemClock),
})
