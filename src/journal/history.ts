import type { Observable } from 'rxjs'
import type { JsonPointer } from '../delta/index.ts'
import type { Snapshot } from '../store/index.ts'

/** What counts as a step, how many are kept, and how conflicts are handled. */
export interface HistoryOptions<S> {
  /** How many steps can be undone, from 1; the oldest are discarded first. Default 100. */
  readonly limit?: number
  /**
   * Names the group of a write: adjacent writes of one group are one step. Default: each write is a step of its own.
   */
  readonly group?: (snapshot: Snapshot<S>) => string | undefined
  /** Whether a write is not a step: it stays whatever is undone, and does not end a group. */
  readonly skip?: (snapshot: Snapshot<S>) => boolean
  /** Only writes of this source are steps; all others are treated as skipped. Default: everyone's. */
  readonly source?: string
  /** What happens to a step if another writer has since changed one of its paths. Default `'refuse'`. */
  readonly onConflict?: 'refuse' | 'overwrite'
}

/** The outcome of an undo or redo. */
export type UndoResult<S> =
  | { readonly handled: true; readonly snapshot: Snapshot<S> }
  | {
      readonly handled: false
      /** `'empty'` if there was no step, `'conflict'` if it could not be undone. */
      readonly reason: 'empty' | 'conflict'
      readonly snapshot: Snapshot<S>
      /** For a conflict: the paths that another writer has changed. */
      readonly paths?: readonly JsonPointer[]
    }

/** Undo and redo of a store; see {@link createHistory}. */
export interface History<S> extends Disposable {
  /**
   * Undoes the newest step, as a write with the reason `UNDO`.
   *
   * @throws `UNDO_IN_BATCH`, and whatever refuses a write of the store; the step is kept then.
   */
  undo(): UndoResult<S>
  /**
   * Redoes the last undone step, as a write with the reason `REDO`; refused in the same cases as {@link History.undo}.
   */
  redo(): UndoResult<S>
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly depth: { readonly undo: number; readonly redo: number }
  /** Emits each change of {@link History.depth}; completes with the store, and when the history is disposed. */
  readonly changes$: Observable<void>
  /** Forgets all steps, and stops following the store. */
  dispose(): void
}
