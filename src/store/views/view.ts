import type { SinglePolicy, SubscriberStats } from '../../backpressure/index.ts'
import type { Readable } from '../readable.ts'
import type { Selection } from '../select/selection.ts'
import type { Snapshot } from '../snapshot.ts'

/**
 * A read-only replica of a readable, which takes over its snapshots, with their versions, at a policy's pace.
 *
 * Everybody who reads one view sees one version, whenever he looks. It follows its source while it has readers, and one
 * task longer, so that who has read it may subscribe afterwards: to read it counts, to hold it too. With its source it
 * ends, after it has taken over what was newest.
 */
export interface View<S> extends Readable<S> {
  readonly source: Readable<S> | Selection<S>
  readonly policy: SinglePolicy
  /** What its source offered it, what it took over, and what it missed; since it follows its source. */
  stats(): SubscriberStats
  /**
   * Takes over what its source has published now, ahead of the policy. What the policy still has of older versions is
   * passed over.
   *
   * @returns what the view shows: while it is held, what it is held at.
   * @throws `WRITE_IN_DERIVE` in the function of a derived value.
   */
  flush(): Snapshot<S>
  /**
   * Stays at a snapshot until released, and writes nothing: to look at the past, or at a still picture. Its policy goes
   * on meanwhile; when it is released the view shows what that has let through last. Of several holds the newest
   * counts.
   *
   * @param snapshot - what to show; default what the view shows now. With an older one, versions go back.
   * @returns ends it.
   * @throws `SNAPSHOT_INVALID`, `WRITE_IN_DERIVE` in the function of a derived value.
   */
  hold(snapshot?: Snapshot<S>): () => void
}
