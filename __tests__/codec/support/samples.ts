import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { FsmStateSnapshotSchema } from '../../../src/codec/index.ts'
import { isHeadgateError } from '../../../src/kit/index.ts'
import {
  createMachineStore,
  type MachineState,
  type QCoreCells,
  type QCoreContext,
  qCoreMachine,
} from '../../../src/machine/index.ts'
import type { Snapshot } from '../../../src/store/index.ts'

export const ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964f1'
export const OTHER_ID = '1b4e28ba-2fa1-41d2-883f-0016d3cca421'

/** A snapshot of the Q-Core agent with two records, at version 2. */
export function sample(): Snapshot<MachineState<QCoreCells['state'], QCoreContext>> {
  const clock = { wall: () => 1_700_000_000_002, mono: () => 12.5 }
  const store = createMachineStore(qCoreMachine, { clock })
  store.send('BOOT_COMPLETE')
  return store.send({ type: 'PROPOSALS_RECEIVED', count: 3 }).snapshot
}

/** The bytes of a message with some fields. */
export const bytesOf = (fields: MessageInitShape<typeof FsmStateSnapshotSchema>): Uint8Array =>
  toBinary(FsmStateSnapshotSchema, create(FsmStateSnapshotSchema, fields))

/** The whole sentence of the refusal; throws where there is none. */
export function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isHeadgateError(error, 'CODEC_INVALID')) return error.message
    throw error
  }
  throw new Error('Nothing was refused.')
}
