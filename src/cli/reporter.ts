import type { SubscriberStats } from '../backpressure/index.ts'
import type { Summary } from './summary.ts'

/** A change of state with the time of the record that caused it; a line of `--json`. */
export interface ReportedTransition {
  readonly type: 'transition'
  /** The record's `t` as it is; null where no record with a `t` caused the transition. */
  readonly t: unknown
  readonly from: string
  readonly to: string
  readonly event: string
  readonly version: number
}

/** Where a run is; read by the live view. */
export interface RunStatus {
  readonly machine: string
  readonly state: string
  readonly version: number
  readonly records: number
  readonly rejected: number
  readonly unhandled: number
  /** From 0 to 1; undefined where the number of records is unknown. */
  readonly progress: number | undefined
  readonly subscribers: readonly SubscriberStats[]
}

/** Tells a run to its user. One of plain lines, JSON lines or a live view. */
export interface Reporter {
  transition(transition: ReportedTransition): void
  /** A sentence about something that went wrong and did not end the run. */
  problem(sentence: string): void
  /** The last call; nothing is shown after it. */
  finish(summary: Summary): void
}
