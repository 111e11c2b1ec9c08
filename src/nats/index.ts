/** Stores shared by many machines over NATS JetStream. */
export type { ServerFacts } from './commit-log.ts'
export { joinNats } from './join-nats.ts'
export type {
  NatsFault,
  NatsMachineMember,
  NatsMember,
  NatsStats,
  NatsStatus,
  NatsWriteOptions,
} from './nats-member.ts'
export type { NatsOptions } from './nats-options.ts'
