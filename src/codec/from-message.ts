/** From the message to a snapshot, frozen at every level. */
import { isMessage } from '@bufbuild/protobuf'
import { type Budget, describeObject, invalid } from '../json/index.ts'
import type { StateValue, TransitionStatus } from '../machine/index.ts'
import { ADVICE } from './codec-error.ts'
import { fromContextData } from './context-data.ts'
import type { DecodedSnapshot, WireTransitionRecord } from './decoded-snapshot.ts'
import {
  type FsmStateSnapshot,
  FsmStateSnapshotSchema,
  type StateTransition,
} from './gen/qiki/fsm/fsm_state_pb.js'
import { fromUuid } from './identity.ts'
import { isInt32, type NameTable } from './name-table.ts'
import { fromNestedText, NESTED, type Regions } from './nested-metadata.ts'
import { fromStateMetadata, PREVIOUS } from './state-metadata.ts'
import type { StateNames } from './state-names.ts'
import { STATUSES } from './statuses.ts'
import { text } from './text.ts'
import { fromTimestamp } from './wire-time.ts'

/** Turns numbers into names, and notes where one has no name of its own. */
interface Naming {
  readonly states: StateNames
  /** What the numbers of places do not say. */
  readonly regions: Regions
  readonly unknown: string[]
}

/** @throws `CODEC_INVALID` naming the field that no snapshot can have. */
export function fromMessage(message: FsmStateSnapshot, states: StateNames, budget: Budget): DecodedSnapshot {
  if (!isMessage(message, FsmStateSnapshotSchema)) {
    const expected = 'a message qiki.fsm.FsmStateSnapshot'
    throw invalid('the message', expected, describeObject(message), ADVICE.sender)
  }
  const { timestamp, history, contextData } = message
  budget.check('historyMax', history.length, 'history', 'records')
  budget.check('entriesMax', Object.keys(contextData).length, 'context_data', 'entries')
  budget.check('entriesMax', Object.keys(message.stateMetadata).length, 'state_metadata', 'entries')
  const { previous, jsonKeys, taggedKeys, omitted, ...fields } = fromStateMetadata(
    message.stateMetadata,
    budget,
  )
  const { kept, regions } = fromNestedText(message.stateMetadata[NESTED], budget)
  const naming: Naming = { states, regions, unknown: [] }
  const current = placeOf(naming, message.currentState, 'current_state')
  const time = timestamp === undefined ? { ms: 0, nanos: 0 } : fromTimestamp(timestamp, 'timestamp')
  const state = {
    current,
    previous: previous === null ? null : placeNamed(naming, previous, PREVIOUS),
    context: fromContextData({ data: contextData, jsonKeys, taggedKeys }, budget),
    history: Object.freeze(history.map((one, index) => fromTransition(one, naming, `history[${index}]`))),
    attempts: int32(message.attemptCount, 'attempt_count'),
    ...kept,
  }
  const wire = {
    snapshotId: fromUuid(message.snapshotId, 'snapshot_id'),
    instanceId: fromUuid(message.fsmInstanceId, 'fsm_instance_id'),
    nanos: time.nanos,
    omitted: Object.freeze(timestamp === undefined ? ['timestamp', ...omitted] : omitted),
    unknown: Object.freeze(naming.unknown),
  }
  return Object.freeze({
    ...fields,
    state: Object.freeze(state),
    source: text(message.sourceModule, 'source_module'),
    tsWall: time.ms,
    wire: Object.freeze(wire),
  })
}

function fromTransition(transition: StateTransition, naming: Naming, field: string): WireTransitionRecord {
  const { timestamp, fromState, toState, triggerEvent, status, errorMessage } = transition
  const time = timestamp === undefined ? undefined : fromTimestamp(timestamp, `${field}.timestamp`)
  return Object.freeze({
    from: placeOf(naming, fromState, `${field}.from_state`),
    to: placeOf(naming, toState, `${field}.to_state`),
    event: text(triggerEvent, `${field}.trigger_event`),
    // The cast is what `wire.unknown` is for: a status without a name is listed there.
    status: nameOf(naming, STATUSES, status, `${field}.status`) as TransitionStatus,
    errorMessage: text(errorMessage, `${field}.error_message`),
    tsWall: time?.ms ?? 0,
    tsMono: 0,
    ...(time !== undefined && { tsNanos: time.nanos }),
  })
}

const placeOf = (naming: Naming, number: number, field: string): StateValue =>
  placeNamed(naming, naming.states.table.nameOf(int32(number, field)), field)

/** The place that has a name: where it is a parallel state, with what is said of its regions. */
function placeNamed({ states, regions, unknown }: Naming, name: string, field: string): StateValue {
  const isNamed = states.table.knows(name)
  const value = (isNamed && Object.hasOwn(regions, field) ? regions[field] : undefined) ?? name
  if (states.nameOf(value) !== name) {
    throw invalid(`${NESTED}.regions.${field}`, `regions of "${name}"`, describeObject(value), ADVICE.sender)
  }
  if (!isNamed || !states.knows(value)) unknown.push(field)
  return value
}

function nameOf({ unknown }: Naming, table: NameTable, number: number, field: string): string {
  const name = table.nameOf(int32(number, field))
  if (!table.knows(name)) unknown.push(field)
  return name
}

function int32(value: unknown, field: string): number {
  if (isInt32(value)) return value
  throw invalid(field, 'an integer of 32 bits', describeObject(value), ADVICE.sender)
}
