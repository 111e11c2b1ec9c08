import type { TransitionStatus } from '../machine/index.ts'
import { FSMTransitionStatus } from './gen/qiki/fsm/fsm_state_pb.js'
import { NameTable } from './name-table.ts'

const NUMBERS: Readonly<Record<TransitionStatus, number>> = {
  SUCCESS: FSMTransitionStatus.SUCCESS,
  FAILED: FSMTransitionStatus.FAILED,
  PENDING: FSMTransitionStatus.PENDING,
}

/** The statuses of a transition, by their numbers on the wire; the same for every machine. */
export const STATUSES: NameTable = new NameTable(NUMBERS)
