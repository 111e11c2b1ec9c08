/**
 * A machine whose store is not its own to write: what it would commit is committed by somebody else, later or not at
 * all.
 */
import type { Instant } from '../kit/index.ts'
import type { Actor } from './act.ts'
import type { EventObject } from './definition.ts'
import type { ToolsHost } from './invoke-tools.ts'
import type { AnyState } from './look-up.ts'
import type { AnyResult } from './take.ts'

/** What an event makes of a state; it may be run again on a newer one. */
export interface Taking {
  readonly event: EventObject
  /** What it decided last. */
  readonly result: AnyResult | undefined
  step(state: AnyState, at: Instant): AnyState
}

export interface Elsewhere {
  /**
   * Commits what an event makes of the newest state, as long as that is wanted.
   *
   * @returns whether it has; rejects with what the step throws.
   */
  commit(taking: Taking, isWanted: () => boolean): Promise<boolean>
  /** What work and acts write with. */
  hands(isWanted: () => boolean): ToolsHost & Actor
}
