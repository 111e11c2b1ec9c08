/** From a snapshot to the message. Every value is checked here, so the runtime has nothing left to refuse. */
import { create } from '@bufbuild/protobuf'
import { describeObject, invalid } from '../json/index.ts'
import { describeValue, randomUuid } from '../kit/index.ts'
import { ADVICE, requireObject } from './codec-error.ts'
import { toContextData } from './context-data.ts'
import type { MachineSnapshot, WireIdentity, WireTransitionRecord } from './decoded-snapshot.ts'
import {
  type FsmStateSnapshot,
  FsmStateSnapshotSchema,
  type StateTransition,
  StateTransitionSchema,
} from './gen/qiki/fsm/fsm_state_pb.js'
import { toUuid } from './identity.ts'
import { isInt32, type NameTable } from './name-table.ts'
import { toStateMetadata } from './state-metadata.ts'
import { STATUSES } from './statuses.ts'
import { text } from './text.ts'
import { toTimestamp } from './wire-time.ts'

/** @throws `CODEC_INVALID` naming the field that the message cannot carry. */
export function toMessage(
  snapshot: MachineSnapshot,
  states: NameTable,
  identity: WireIdentity = {},
): FsmStateSnapshot {
  requireObject(snapshot, 'the snapshot')
  requireObject(snapshot.state, 'state')
  const { state, wire, tsWall, source } = snapshot
  const { history, attempts } = state
  if (!Array.isArray(history))
    throw invalid('state.history', 'an array', describeValue(history), ADVICE.field)
  if (!isInt32(attempts)) {
    throw invalid('state.attempts', 'an integer of 32 bits', describeObject(attempts), ADVICE.field)
  }
  // A decoded snapshot has it; one that was made by hand may not.
  if (wire !== undefined && !Array.isArray(wire?.omitted)) {
    throw invalid('wire.omitted', 'an array', describeValue(wire?.omitted), ADVICE.field)
  }
  const untimed = tsWall === 0 && wire?.omitted.includes('timestamp') === true
  const timestamp = untimed ? undefined : toTimestamp(tsWall, wire?.nanos ?? 0, 'tsWall')
  const { data, ...keys } = toContextData(state.context)
  const { snapshotId = wire === undefined ? randomUuid() : wire.snapshotId } = identity
  const { instanceId = wire?.instanceId ?? null } = identity
  const message = create(FsmStateSnapshotSchema, {
    currentState: numberOf(states, state.current, 'state.current'),
    history: history.map((record, index) => toTransition(record, states, `state.history[${index}]`)),
    contextData: data,
    stateMetadata: toStateMetadata(snapshot, keys),
    sourceModule: text(source, 'source'),
    attemptCount: attempts,
  })
  // Optional fields are absent, not undefined, where there is nothing.
  const snapshotUuid = toUuid(snapshotId, 'snapshotId')
  const instanceUuid = toUuid(instanceId, 'instanceId')
  if (snapshotUuid !== undefined) message.snapshotId = snapshotUuid
  if (instanceUuid !== undefined) message.fsmInstanceId = instanceUuid
  if (timestamp !== undefined) message.timestamp = timestamp
  return message
}

function toTransition(record: WireTransitionRecord, states: NameTable, field: string): StateTransition {
  requireObject(record, field)
  const { from, to, event, status, errorMessage, tsWall, tsNanos } = record
  const transition = create(StateTransitionSchema, {
    fromState: numberOf(states, from, `${field}.from`),
    toState: numberOf(states, to, `${field}.to`),
    triggerEvent: text(event, `${field}.event`),
    status: numberOf(STATUSES, status, `${field}.status`),
    errorMessage: text(errorMessage, `${field}.errorMessage`),
  })
  if (tsWall !== 0 || tsNanos !== undefined) {
    transition.timestamp = toTimestamp(tsWall, tsNanos ?? 0, `${field}.tsWall`)
  }
  return transition
}

function numberOf(table: NameTable, name: unknown, field: string): number {
  const number = table.numberOf(name)
  if (number !== undefined) return number
  throw invalid(field, `one of ${table.names.join(', ')}`, describeObject(name), ADVICE.field)
}
