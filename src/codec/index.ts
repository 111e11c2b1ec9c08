/** Snapshots as protobuf and as JSON; see docs/codec.md. */

export type { DecodeLimits } from '../json/index.ts'
export type {
  DecodedSnapshot,
  MachineSnapshot,
  WireFacts,
  WireIdentity,
  WireState,
  WireTransitionRecord,
} from './decoded-snapshot.ts'
export { type FsmStateSnapshot, FsmStateSnapshotSchema } from './gen/qiki/fsm/fsm_state_pb.js'
export { type LogRecord, toLogRecord } from './log-record.ts'
export { type MachineCodec, machineCodec } from './machine-codec.ts'
export { decodeSnapshot, encodeSnapshot, fromProto, toProto, toProtoJson } from './q-core-codec.ts'
export { fromJSON, type SnapshotJson, toJSON } from './snapshot-json.ts'
