import { valueText } from '../machine/index.ts'
import type { MachineSnapshot, WireIdentity } from './decoded-snapshot.ts'

/** One version of a machine store as a line of a log. Its names are those of the original's log. */
export interface LogRecord {
  readonly version: number
  readonly state: string
  readonly prev_state: string | null
  readonly reason: string
  /** Milliseconds of a monotonic clock. */
  readonly ts_mono: number
  /** Milliseconds since the epoch. */
  readonly ts_wall: number
  readonly snapshot_id: string | null
  readonly fsm_instance_id: string | null
  readonly source_module: string
  readonly attempt_count: number
  readonly history_count: number
  readonly context_keys: readonly string[]
  readonly metadata_keys: readonly string[]
}

/**
 * Makes a small JSON-ready object of a snapshot of any machine: names and counts, no values of the context. Regions are
 * JSON text.
 *
 * The identities are those given, else those of the message from which the snapshot was decoded, else null: a
 * log invents none. Nothing is checked, so nothing is thrown for a snapshot of a store.
 */
export function toLogRecord(snapshot: MachineSnapshot, identity: WireIdentity = {}): LogRecord {
  const { version, state, reason, tsMono, tsWall, source, metadata, wire } = snapshot
  const { snapshotId = wire?.snapshotId ?? null, instanceId = wire?.instanceId ?? null } = identity
  return {
    version,
    state: valueText(state.current),
    prev_state: state.previous === null ? null : valueText(state.previous),
    reason,
    ts_mono: tsMono,
    ts_wall: tsWall,
    snapshot_id: snapshotId,
    fsm_instance_id: instanceId,
    source_module: source,
    attempt_count: state.attempts,
    history_count: state.history.length,
    context_keys: Object.keys(Object(state.context)),
    metadata_keys: Object.keys(metadata),
  }
}
