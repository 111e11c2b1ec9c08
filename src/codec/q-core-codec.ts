/** The codec of `qCoreMachine`, whose states the schema names; the functions of the room's door are its own. */
import { type QCoreCells, type QCoreContext, qCoreMachine } from '../machine/index.ts'
import { FSMStateEnum } from './gen/qiki/fsm/fsm_state_pb.js'
import { type MachineCodec, machineCodec } from './machine-codec.ts'

type QCoreCodec = MachineCodec<QCoreCells['state'], QCoreContext>

const codec: QCoreCodec = machineCodec(qCoreMachine, {
  BOOTING: FSMStateEnum.BOOTING,
  IDLE: FSMStateEnum.IDLE,
  ACTIVE: FSMStateEnum.ACTIVE,
  ERROR_STATE: FSMStateEnum.ERROR_STATE,
  SHUTDOWN: FSMStateEnum.SHUTDOWN,
})

/** Makes the message of a snapshot of `qCoreMachine`: {@link MachineCodec.toProto}. */
export const toProto: QCoreCodec['toProto'] = codec.toProto

/** Reads a message of `qCoreMachine`: {@link MachineCodec.fromProto}. */
export const fromProto: QCoreCodec['fromProto'] = codec.fromProto

/**
 * Makes the bytes of a snapshot of `qCoreMachine`: {@link MachineCodec.encodeSnapshot}.
 *
 * @example
 * ```ts
 * import { createMachineStore, qCoreMachine } from 'headgate'
 * import { decodeSnapshot, encodeSnapshot } from 'headgate/codec'
 *
 * const robot = createMachineStore(qCoreMachine)
 * robot.send('BOOT_COMPLETE')
 * const bytes = encodeSnapshot(robot.snapshot, { instanceId: robot.instanceId })
 *
 * const replica = createMachineStore(qCoreMachine)
 * replica.put(decodeSnapshot(bytes))
 * console.log(replica.current, replica.snapshot.version, replica.context.biosOk) // → IDLE 1 true
 * ```
 */
export const encodeSnapshot: QCoreCodec['encodeSnapshot'] = codec.encodeSnapshot

/** Reads the bytes of a snapshot of `qCoreMachine`: {@link MachineCodec.decodeSnapshot}. */
export const decodeSnapshot: QCoreCodec['decodeSnapshot'] = codec.decodeSnapshot

/** Makes the protobuf JSON form of a snapshot of `qCoreMachine`: {@link MachineCodec.toProtoJson}. */
export const toProtoJson: QCoreCodec['toProtoJson'] = codec.toProtoJson
