/**
 * Machines that run machines: children that follow the state, messages with a bound, supervision; see docs/actors.md.
 */
export type { ActorSnapshot, ChildSnapshot, SystemSnapshot, WaitingMessage } from './actor-snapshot.ts'
export type { ActorStats, ActorSystem, Sending, SendOptions, SystemMetrics } from './actor-system.ts'
export { addressOf } from './address.ts'
export { createSystem, type SystemOptions } from './create-system.ts'
export { createSystemStore } from './create-system-store.ts'
export { sendToActor } from './send-to-actor.ts'
export type { Message } from './system-core.ts'
export type { AddressOf, EventAt, KnownAddress, NoSuchAddress, StoreAt } from './typed-address.ts'
