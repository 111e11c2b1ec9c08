/** Headgate: a reactive state store on RxJS and immer. */
export type {
  BufferPolicy,
  Delivery,
  DirectPolicy,
  Dispatch,
  DropReason,
  FaultPhase,
  LatestPolicy,
  Overflow,
  Policy,
  SubscriberStats,
} from './backpressure/index.ts'
export { buffer, direct, latest, parsePolicy, policyLabel } from './backpressure/index.ts'
export type { Clock, ErrorCode, ErrorDetails } from './kit/index.ts'
export { HeadgateError, isHeadgateError, systemClock } from './kit/index.ts'
export type {
  Consumer,
  ConsumerFunction,
  ConsumerObject,
  Drop,
  ModifyOptions,
  Path,
  Snapshot,
  SnapshotStream,
  Store,
  StoreMetrics,
  StoreOptions,
  StreamOptions,
  SubscribeOptions,
  SubscriberFault,
  SubscriberHandle,
  ValueAt,
  WaitOptions,
  Write,
  WriteOptions,
} from './store/index.ts'
export { createStore } from './store/index.ts'
