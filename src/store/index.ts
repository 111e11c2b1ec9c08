export type { Draft } from 'immer'
export type { Consumer, ConsumerFunction, ConsumerObject } from './consumer.ts'
export { contained } from './contained-observable.ts'
export { createStore, isInitialized } from './create-store.ts'
export type { SubscriberFault } from './fault-reporter.ts'
export { inspectStore, type StoreInspection } from './inspect.ts'
export { type Commit, type CommitSink, type Figures, type Kernel, kernelOf } from './kernel.ts'
export {
  type LogFunction,
  type LogLevel,
  type LogSnapshotsOptions,
  logSnapshots,
  type SnapshotLogger,
} from './log-snapshots.ts'
export { STORE_KEYS } from './options.ts'
export type { PathKey, ValueAt } from './path.ts'
export { runRecipe, settleState } from './recipes.ts'
export type { Snapshot } from './snapshot.ts'
export type { SnapshotStream, StreamOptions } from './snapshot-stream.ts'
export type { ModifyOptions, Store, StoreOptions, UninitializedStore, WaitOptions } from './store.ts'
export type { SubscriberHandle } from './subscriber-handle.ts'
export type { Drop, SubscribeOptions } from './subscribers.ts'
export type { WhenFull, Write, WriteOptions } from './write-options.ts'
