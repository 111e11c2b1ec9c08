/** From a snapshot to the message. Every value is checked here, so the runtime has nothing left to refuse. */
import { create } from '@bufbuild/protobuf'
import { describeObject, invalid } from '../json/index.ts'
import { describeValue, randomUuid } from '../kit/index.ts'
import type { StateValue } from '../machine/index.ts'
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
import { PREVIOUS, toStateMetadata } from './state-metadata.ts'
import type { StateNames } from './state-names.ts'
import { STATUSES } from './statuses.ts'
import { text } from './text.ts'
import { toTimestamp } from './wire-time.ts'

/** @throws `CODEC_INVALID` naming the field that the message cannot carry. */
export function toMessage(
  snapshot: MachineSnapshot,
  states: StateNames,
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
  const places = new Places(states)
  const { previous: before } = state
  const previous = before === null ? null : (places.nameOf(before, PREVIOUS) ?? before)
  const message = create(FsmStateSnapshotSchema, {
    currentState: places.numberOf(state.current, 'state.current', 'current_state'),
    history: history.map((record, index) => toTransition(record, places, `history[${index}]`)),
    contextData: data,
    stateMetadata: toStateMetadata(snapshot, { ...keys, previous, regions: places.regions }),
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

function toTransition(record: WireTransitionRecord, places: Places, wireField: string): StateTransition {
  const field = `state.${wireField}`
  requireObject(record, field)
  const { from, to, event, status, errorMessage, tsWall, tsNanos } = record
  const transition = create(StateTransitionSchema, {
    fromState: places.numberOf(from, `${field}.from`, `${wireField}.from_state`),
    toState: places.numberOf(to, `${field}.to`, `${wireField}.to_state`),
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

/** Turns places into numbers, and gathers what the numbers do not say. */
class Places {
  readonly regions: Record<string, StateValue> = {}
  readonly #states: StateNames

  constructor(states: StateNames) {
    this.#states = states
  }

  numberOf(value: unknown, field: string, wireField: string): number {
    return numberOf(this.#states.table, this.nameOf(value, wireField) ?? value, field)
  }

  nameOf(value: unknown, wireField: string): string | undefined {
    const name = this.#states.nameOf(value)
    // The cast holds: what has a name is a value.
    if (name !== undefined && name !== value) this.regions[wireField] = value as StateValue
    return name
  }
}
