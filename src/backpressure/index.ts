export { type AuditPolicy, audit } from './audit.ts'
export type { Cursor } from './backlog.ts'
export { type BackpressureOptions, backpressure, type Projected } from './backpressure.ts'
export { type BatchPolicy, batch } from './batch.ts'
export { Broadcast, type Place } from './broadcast.ts'
export { type BufferPolicy, buffer, type Overflow } from './buffer.ts'
export { type DebouncePolicy, debounce } from './debounce.ts'
export { definePolicy, type PolicyDefinition } from './define-policy.ts'
export { type Delivery, HandledDelivery, PlainDelivery } from './delivery.ts'
export { type DirectPolicy, direct } from './direct.ts'
export { type ExhaustPolicy, exhaust } from './exhaust.ts'
export type { Follower } from './followers.ts'
export { isAwaitable } from './foreign-code.ts'
export { type FramePolicy, frame } from './frame.ts'
export { type LatestPolicy, latest } from './latest.ts'
export { Ledger } from './ledger.ts'
export { Mailbox } from './mailbox.ts'
export type { FaultPhase, MailboxConsumer, MailboxFault, MailboxHost } from './mailbox-host.ts'
export type { Dispatch } from './options.ts'
export { parsePolicy } from './parse-policy.ts'
export {
  type BatchingPolicy,
  checkPolicy,
  type Open,
  open,
  type Policy,
  type SinglePolicy,
} from './policy.ts'
export type { PlainReceiver, Receiver } from './receiver.ts'
export { type SamplePolicy, sample } from './sample.ts'
export type { SubscriberStats } from './stats.ts'
export type { DropReason, Port, Strategy, Versioned } from './strategy.ts'
export { type SwitchLatestPolicy, switchLatest } from './switch-latest.ts'
export { type ThrottlePolicy, throttle } from './throttle.ts'
