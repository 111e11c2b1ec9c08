import type { MachineState, StateValue, TransitionRecord } from '../machine/index.ts'
import type { Snapshot } from '../store/index.ts'

/** What a message says beyond a snapshot, kept so that encoding again gives the same message. */
export interface WireFacts {
  /** `''` where the message has a UUID without text; null where it has none. */
  readonly snapshotId: string | null
  /** As `snapshotId`. */
  readonly instanceId: string | null
  /** The nanoseconds of the timestamp below the millisecond of `tsWall`: 0 to 999 999. */
  readonly nanos: number
  /**
   * Which of these were absent, and stand in the snapshot as 0 or `''`: `'timestamp'`, `'dto_version'`,
   * `'dto_reason'`, `'dto_ts_mono'`.
   */
  readonly omitted: readonly string[]
  /**
   * Where the message names a state or a status that the codec does not know, `UNSPECIFIED` included:
   * `'current_state'`, `'dto_prev_state'`, `'history[3].from_state'`, `'history[3].status'`. The types of
   * the snapshot promise the names of the machine; they hold where this is empty.
   */
  readonly unknown: readonly string[]
}

/** A record of the history as it came over the wire. Its `tsMono` does not travel and is 0. */
export interface WireTransitionRecord<Name extends StateValue = StateValue> extends TransitionRecord<Name> {
  /** The nanoseconds below the millisecond of `tsWall`, 0 to 999 999; absent where the timestamp was. */
  readonly tsNanos?: number
}

/** The state of a machine as it came over the wire. */
export interface WireState<Name extends StateValue, Context> extends MachineState<Name, Context> {
  history: readonly WireTransitionRecord<Name>[]
}

/**
 * A snapshot of a machine store that came over the wire. Frozen at every level.
 *
 * The context is what the sender encoded: the values of another Headgate, the strings of anyone else.
 * `Context` is a claim about the sender, as with `JSON.parse`.
 */
export interface DecodedSnapshot<Name extends StateValue = StateValue, Context = unknown>
  extends Snapshot<WireState<Name, Context>> {
  readonly wire: WireFacts
}

/** What can be encoded: a snapshot of a machine store, or one that was decoded. */
export interface MachineSnapshot<Name extends StateValue = StateValue>
  extends Snapshot<MachineState<Name, unknown>> {
  readonly wire?: WireFacts
}

/** The identities that travel with a snapshot. */
export interface WireIdentity {
  /**
   * The UUID of this version, or null to send none. Default: that of the message from which the snapshot was
   * decoded, else a random one.
   */
  readonly snapshotId?: string | null
  /**
   * The UUID of the store, `store.instanceId`, or null to send none. Default: that of the message from which
   * the snapshot was decoded, else none.
   */
  readonly instanceId?: string | null
}
