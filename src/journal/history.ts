import type { Observable } from 'rxjs'
import type { JsonPointer } from '../delta/index.ts'
import type { Snapshot } from '../store/index.ts'

/** What a history takes for a step, how many it keeps, and what it does about conflicts. */
export interface HistoryOptions<S> {
  /** The most steps that are kept to be undone, from 1; the oldest go first. Default 100. */
  readonly limit?: number
  /** Names the group of a write: neighbours of one group are one step. Default: each write is a step of its own. */
  readonly group?: (snapshot: Snapshot<S>) => string | undefined
  /** Whether a write is no step: it stays whatever is undone, and ends no group. */
  readonly skip?: (snapshot: Snapshot<S>) => boolean
  /** Only what this source writes is a step; the writes of others are as if skipped. Default: everyone's. */
  readonly source?: string
  /** What happens to a step of which another writer has written a path since. Default `'refuse'`. */
  readonly onConflict?: 'refuse' | 'overwrite'
}

/** What became of an undo or a redo. */
export type UndoResult<S> =
  | { readonly handled: true; readonly snapshot: Snapshot<S> }
  | {
      readonly handled: false
      /** Whether there was no step, or one that cannot be taken back. */
      readonly reason: 'empty' | 'conflict'
      readonly snapshot: Snapshot<S>
      /** What another writer has written, of a conflict. */
      readonly paths?: readonly JsonPointer[]
    }

/** Undo and redo of a store; see {@link createHistory}. */
export interface History<S> extends Disposable {
  /**
   * Takes the newest step back, as a write with the reason `UNDO`.
   *
   * @throws `UNDO_IN_BATCH`, and what a write of the store is refused with; the step is still there then.
   */
  undo(): UndoResult<S>
  /** Does again what was undone last, as a write with the reason `REDO`; refused as {@link History.undo} is. */
  redo(): UndoResult<S>
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly depth: { readonly undo: number; readonly redo: number }
  /** Tells each change of {@link History.depth}; completes with the store, and when the history is disposed. */
  readonly changes$: Observable<void>
  /** Forgets all steps, and follows the store no more. */
  dispose(): void
}
