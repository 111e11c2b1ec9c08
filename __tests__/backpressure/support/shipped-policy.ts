/** The policies of this library, to be told apart by `kind`; the library itself never does. */
import type {
  AuditPolicy,
  BatchPolicy,
  BufferPolicy,
  DebouncePolicy,
  DirectPolicy,
  ExhaustPolicy,
  FramePolicy,
  LatestPolicy,
  SamplePolicy,
  SwitchLatestPolicy,
  ThrottlePolicy,
} from '../../../src/backpressure/index.ts'

export type ShippedPolicy =
  | DirectPolicy
  | LatestPolicy
  | BufferPolicy
  | ExhaustPolicy
  | SwitchLatestPolicy
  | ThrottlePolicy
  | DebouncePolicy
  | AuditPolicy
  | SamplePolicy
  | FramePolicy
  | BatchPolicy
