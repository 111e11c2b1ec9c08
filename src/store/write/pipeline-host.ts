import type { CommitTimer } from '../../counting/index.ts'
import type { Clock } from '../../kit/index.ts'
import type { Commit } from '../kernel.ts'
import type { Snapshot } from '../snapshot.ts'

/** What the pipeline needs of its store. */
export interface PipelineHost {
  readonly name: string
  /** The `source` of writes that give none. */
  readonly source: string
  readonly clock: Clock
  /** Whether states are frozen. */
  readonly freeze: boolean
  /** Says, in development, what of a new state recipes cannot handle. Must not throw. */
  readonly advise: ((next: unknown, previous: unknown) => void) | undefined
  /** Present where commits are timed. */
  readonly timer: CommitTimer | undefined
  /** Whether writes that say nothing commit over a subscriber that suspends its writers. */
  readonly overrules: boolean
  /** Throws where a subscriber that suspends its writers is full. */
  admitWrite(): void
}

/** Who tells of what the pipeline commits. */
export interface Publications<S> {
  readonly isStopped: boolean
  readonly broadcast: { readonly exhausted: boolean; readonly queueMax: number }
  getValue(): Snapshot<S>
  publish(commit: Commit<S>): void
}
