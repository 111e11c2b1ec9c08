import { fromBinary, type JsonObject, toBinary, toJson } from '@bufbuild/protobuf'
import { Budget, type DecodeLimits, describeObject, invalid } from '../json/index.ts'
import { describeValue, isHeadgateError } from '../kit/index.ts'
import type { Cell, Machine, PathOf, StateValue } from '../machine/index.ts'
import { ADVICE } from './codec-error.ts'
import type { DecodedSnapshot, MachineSnapshot, WireIdentity } from './decoded-snapshot.ts'
import { fromMessage } from './from-message.ts'
import {
  FSMStateEnumSchema,
  type FsmStateSnapshot,
  FsmStateSnapshotSchema,
} from './gen/qiki/fsm/fsm_state_pb.js'
import { INT32_MAX, isReservedName, NameTable } from './name-table.ts'
import { placesOf, StateNames } from './state-names.ts'
import { toMessage } from './to-message.ts'
import { checkStructure, structureOf } from './wire-structure.ts'

/** Turns the snapshots of one machine into protobuf and back. Its functions need no `this`. */
export interface MachineCodec<Name extends StateValue, Context> {
  /**
   * Makes the message of a snapshot. The monotonic times of records do not travel; everything else comes back
   * from {@link MachineCodec.fromProto}, wall-clock times to the nanosecond.
   *
   * @throws `CODEC_INVALID` for what the message cannot carry, naming the field.
   */
  readonly toProto: (snapshot: MachineSnapshot<Name>, identity?: WireIdentity) => FsmStateSnapshot
  /**
   * Reads a message. A state or status without a name becomes `UNSPECIFIED` or `UNKNOWN_99` and is listed in
   * `wire.unknown`; a machine store's `put` refuses a snapshot in such a state.
   *
   * @throws `CODEC_INVALID` for a bad UUID, version, time or JSON text, naming the field.
   */
  readonly fromProto: (message: FsmStateSnapshot, limits?: DecodeLimits) => DecodedSnapshot<Name, Context>
  /** Makes the bytes of a snapshot. @throws as `toProto`. */
  readonly encodeSnapshot: (snapshot: MachineSnapshot<Name>, identity?: WireIdentity) => Uint8Array
  /**
   * Reads the bytes of one message, within {@link DecodeLimits}.
   *
   * @throws `CODEC_INVALID` as `fromProto`, and for bytes that are cut or are no such message, with the
   * reason as `cause`.
   */
  readonly decodeSnapshot: (bytes: Uint8Array, limits?: DecodeLimits) => DecodedSnapshot<Name, Context>
  /**
   * Makes the protobuf JSON form of a snapshot, as any protobuf runtime prints the message.
   *
   * States are printed by name where the schema has the same name for the number, as for `qCoreMachine`, and
   * as numbers otherwise: every protobuf JSON reader takes numbers, and none takes a name that the schema
   * does not have.
   *
   * @throws as `toProto`.
   */
  readonly toProtoJson: (snapshot: MachineSnapshot<Name>, identity?: WireIdentity) => JsonObject
}

const STRUCTURE = structureOf(FsmStateSnapshotSchema)

const SCHEMA_NAMES: ReadonlyMap<number, string> = new Map(
  FSMStateEnumSchema.values.map(({ number, name }) => [number, name]),
)

/** A number for each place; those of parallel states are told apart from other paths when the codec is made. */
type Numbers<Value> = Readonly<
  Record<Extract<Value, string>, number> & Partial<Record<PathOf<Value> | '', number>>
>

/**
 * Makes a codec for a machine from the numbers of its states on the wire.
 *
 * A number, once used, keeps its meaning: give a new state a new one. 0 means *unspecified* and stands for no
 * state.
 *
 * @param states - a number for every state that the machine may be in, by its path: integers from 1 to 2^31-1, no two
 *   the same. A parallel state has one for whatever its regions are in; `''` is the machine itself, where it is
 *   parallel.
 * @throws `CODEC_INVALID` for a missing, unknown or reserved name, and for a number that is none or taken.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { machineCodec } from 'headgate/codec'
 *
 * const door = defineMachine({
 *   id: 'door',
 *   initial: 'SHUT',
 *   context: { opened: 0 },
 *   states: { SHUT: { on: { PULL: 'OPEN' } }, OPEN: { on: { PUSH: 'SHUT' } } },
 * })
 * const codec = machineCodec(door, { SHUT: 1, OPEN: 2 })
 * const store = createMachineStore(door)
 * store.send('PULL')
 * const { state } = codec.decodeSnapshot(codec.encodeSnapshot(store.snapshot))
 * console.log(state.current, state.previous, state.context.opened) // → OPEN SHUT 0
 * ```
 */
export function machineCodec<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
  states: Numbers<Cells['state']>,
): MachineCodec<Cells['state'], Context> {
  type Decoded = DecodedSnapshot<Cells['state'], Context>
  const table = new NameTable(checkNumbers(machine, states))
  const names = new StateNames(machine, table)
  const toProto = (snapshot: MachineSnapshot, identity?: WireIdentity): FsmStateSnapshot =>
    toMessage(snapshot, names, identity)
  // The casts to the machine's types are claims about the sender; `wire.unknown` tells where the names fail.
  return Object.freeze({
    toProto,
    fromProto: (message: FsmStateSnapshot, limits?: DecodeLimits) =>
      fromMessage(message, names, new Budget(limits)) as Decoded,
    encodeSnapshot: (snapshot: MachineSnapshot, identity?: WireIdentity) =>
      toBinary(FsmStateSnapshotSchema, toProto(snapshot, identity)),
    decodeSnapshot: (bytes: Uint8Array, limits?: DecodeLimits) => {
      const budget = new Budget(limits)
      return fromMessage(parse(bytes, budget), names, budget) as Decoded
    },
    toProtoJson: (snapshot: MachineSnapshot, identity?: WireIdentity) =>
      printed(toProto(snapshot, identity), table),
  })
}

function checkNumbers(
  machine: Machine<unknown, Cell>,
  states: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const { id } = machine
  const names = placesOf(machine)
  if (typeof states !== 'object' || states === null) {
    throw invalid(`the states of machine "${id}"`, 'an object', describeValue(states), ADVICE.states)
  }
  const numbers = { ...states }
  const taken = new Map<number, string>()
  for (const name of new Set([...names, ...Object.keys(numbers)])) {
    const number = Object.hasOwn(numbers, name) ? numbers[name] : undefined
    const problem = whyRefused(names, name, number, taken)
    if (problem !== undefined) {
      throw invalid(
        `the number of state "${name}" of machine "${id}"`,
        problem,
        describeObject(number),
        ADVICE.states,
      )
    }
    taken.set(number as number, name)
  }
  return numbers
}

/** Says what was expected instead, or undefined when all is well. */
function whyRefused(
  names: readonly string[],
  name: string,
  number: unknown,
  taken: ReadonlyMap<number, string>,
): string | undefined {
  if (!names.includes(name)) return `absent, as its states are ${names.join(', ')}`
  if (isReservedName(name)) return 'that of another name: UNSPECIFIED and UNKNOWN_n are reserved'
  if (!Number.isInteger(number) || (number as number) < 1 || (number as number) > INT32_MAX) {
    return 'an integer from 1 to 2^31-1'
  }
  const owner = taken.get(number as number)
  return owner === undefined ? undefined : `unlike that of "${owner}"`
}

/** A byte array of any realm, as frames and workers have their own. */
const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'

function parse(bytes: unknown, budget: Budget): FsmStateSnapshot {
  if (!isBytes(bytes)) throw invalid('the bytes', 'a Uint8Array', describeObject(bytes), ADVICE.bytes)
  budget.check('bytesMax', bytes.length, 'the bytes', 'bytes')
  try {
    checkStructure(bytes, STRUCTURE, budget)
    return fromBinary(FsmStateSnapshotSchema, bytes, { readUnknownFields: false })
  } catch (error) {
    if (isHeadgateError(error)) throw error
    throw invalid(
      'the bytes',
      'one whole message',
      `${bytes.length} bytes that are none`,
      ADVICE.bytes,
      error,
    )
  }
}

/** The JSON of a message, with numbers for the states to which the schema has given other names. */
function printed(message: FsmStateSnapshot, table: NameTable): JsonObject {
  const json = toJson(FsmStateSnapshotSchema, message) as JsonObject
  correctState(json, 'currentState', message.currentState, table)
  message.history.forEach(({ fromState, toState }, index) => {
    const transition = (json.history as JsonObject[])[index] as JsonObject
    correctState(transition, 'fromState', fromState, table)
    correctState(transition, 'toState', toState, table)
  })
  return json
}

function correctState(json: JsonObject, key: string, number: number, table: NameTable): void {
  // 0 is not printed at all, as protobuf leaves out what is zero.
  if (key in json && SCHEMA_NAMES.get(number) !== table.nameOf(number)) json[key] = number
}
