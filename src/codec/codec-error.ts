/** What is done about what the codec refuses with `CODEC_INVALID`. */

import { invalid, SENDER } from '../json/index.ts'
import { describeValue } from '../kit/index.ts'

/** What to do about a field that cannot be encoded, by what kind it is. */
export const ADVICE: Readonly<Record<'bytes' | 'field' | 'sender' | 'states', string>> = {
  bytes:
    'Check that the sender sends one whole qiki.fsm.FsmStateSnapshot, and that nothing cut it on the way.',
  field: 'Correct the snapshot before it is encoded.',
  sender: SENDER,
  states: 'Give each state of the machine a number of its own.',
}

/** Refuses what is not an object; foreign code may have left out a whole part. */
export function requireObject(value: unknown, field: string): void {
  if (typeof value === 'object' && value !== null) return
  throw invalid(field, 'an object', describeValue(value), ADVICE.field)
}
