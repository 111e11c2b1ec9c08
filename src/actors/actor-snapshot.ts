/** What a system is, in values: what `snapshot()` gives and `restore()` takes. */
import type { EntryTimes, EventObject, MachineState, StateValue } from '../machine/index.ts'
import type { Snapshot } from '../store/index.ts'

/** The state of any machine; the names are plain strings here. */
export type ActorState = MachineState<StateValue, unknown>

/** A message that waits. */
export interface WaitingMessage {
  readonly from: string | undefined
  readonly event: EventObject
}

/** One actor, with those below it. */
export interface ActorSnapshot {
  /** Its newest version; absent where it never had a state, as its `input` or first `entry` failed. */
  readonly snapshot?: Snapshot<ActorState>
  /** When each state was entered that runs a timer or work, in milliseconds since 1970. */
  readonly entered?: EntryTimes
  readonly inbox?: readonly WaitingMessage[]
  readonly children?: readonly ChildSnapshot[]
}

/** One child. What is absent is as at a child's beginning. */
export interface ChildSnapshot extends ActorSnapshot {
  /** Which of its parent's `children` it is one of. */
  readonly child: string
  readonly key: string
  readonly input?: unknown
  /** Times of the restarts that still count. */
  readonly restarts?: readonly number[]
  /** When it will be started again, in milliseconds since 1970; absent unless a restart is pending. */
  readonly restartAt?: number
  /** `'failed'` while it waits for what becomes of it; `'ended'` where it is not started again. */
  readonly status?: 'failed' | 'ended'
  /** What it failed with, as text. */
  readonly failure?: string
  /** Whether its parent has been told that it has come to its end. */
  readonly doneTold?: true
}

/** A whole system between two events. JSON-ready where the contexts, events and inputs are. */
export interface SystemSnapshot {
  readonly format: 1
  /** When it was taken, in milliseconds since the epoch. */
  readonly tsWall: number
  readonly root: ActorSnapshot
}
