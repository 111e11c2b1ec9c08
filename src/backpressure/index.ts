export { type BufferPolicy, buffer, type Overflow } from './buffer.ts'
export type { Delivery } from './delivery.ts'
export { type DirectPolicy, direct } from './direct.ts'
export { type LatestPolicy, latest } from './latest.ts'
export {
  type FaultPhase,
  Mailbox,
  type MailboxConsumer,
  type MailboxFault,
  type MailboxHost,
} from './mailbox.ts'
export type { Dispatch } from './options.ts'
export { parsePolicy } from './parse-policy.ts'
export { type DropReason, type Policy, policyLabel, type Versioned } from './policy.ts'
export type { SubscriberStats } from './stats.ts'
