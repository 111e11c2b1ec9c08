import type { StateValue } from './cells.ts'

/** How a transition went. `PENDING` while the work that the entered state invoked is running. */
export type TransitionStatus = 'SUCCESS' | 'FAILED' | 'PENDING'

/** One transition: from where, to where, why, when and how it went. */
export interface TransitionRecord<Name extends StateValue = string> {
  readonly from: Name
  /** Equal to `from` for a re-entry, and for an event that was handled without a change of state. */
  readonly to: Name
  /** The type of the event; of the machine's own: `after.5000`, `done.invoke`, `error.invoke`. */
  readonly event: string
  readonly status: TransitionStatus
  /** Why it failed; `''` where it did not. */
  readonly errorMessage: string
  /** Milliseconds since the epoch. */
  readonly tsWall: number
  /** Milliseconds of a monotonic clock. */
  readonly tsMono: number
}

/** The state of a machine store. */
export interface MachineState<Name extends StateValue, Context> {
  /** The state by its path; where regions are active side by side, a record of them. */
  current: Name
  /** The state before the last change of state; null before the first. */
  previous: Name | null
  context: Context
  /** The newest `historyLimit` changes of state, re-entries included, oldest first. */
  history: readonly TransitionRecord<Name>[]
  /** Changes of state so far, re-entries included. */
  attempts: number
  /**
   * Of a machine with states inside of states: the active ones by their paths, each with the change of state
   * (`attempts`) that entered it.
   */
  stays?: Readonly<Record<string, number>>
  /** Of a machine with history states: what each leads back to, by its path. */
  remembered?: Readonly<Record<string, readonly string[]>>
}
