import type { ReadableCore } from '../store/index.ts'
import type { Labels } from './made.ts'
import type { DerivedNode } from './node.ts'

/**
 * Which of a source's snapshots is meant: the newest, also of a batch in progress, or the newest that was published.
 */
export type View = 'head' | 'published'

/** What a derived value reads from: a readable, or another derived value. */
export interface Input {
  /** Whether nothing more can come from it. @param asked - those that need not be asked again. */
  hasEnded(asked: Set<Input>): boolean
  /**
   * Whether it may change, while nobody follows, though nothing was written: a view that was let go and is looked at.
   */
  readonly isFed: boolean
  /** The first readable that it stands on. */
  readonly core: ReadableCore<unknown> | undefined
  /** How many snapshots may still come of what has been written. @param asked - those that need not be asked again. */
  underway(asked: Set<Input>): number
  /**
   * Brings it up to date, and returns its state, or the {@link Failure} of computing it. Two that are the same mean
   * that nothing has changed.
   *
   * @throws `DERIVE_CYCLE`
   */
  read(view: View): unknown
  /** The labels of what was read last in a view, if it has any. */
  labels(view: View): Labels | undefined
  /** Marks a node as stale whenever this may have changed. */
  attach(node: DerivedNode): void
  detach(node: DerivedNode): void
}

/** In the place of a state: computing it threw. */
export class Failure {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}
