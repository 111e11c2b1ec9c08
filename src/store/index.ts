export type { Draft } from 'immer'
export { type Activity, activity } from './activity.ts'
export { createStore, isInitialized } from './create-store.ts'
export { findCore } from './find-core.ts'
export { inspectStore, type StoreInspection } from './inspect.ts'
export {
  type Brake,
  type Commit,
  type CommitSink,
  type Figures,
  type Kernel,
  kernelOf,
  type OpenBatch,
  type SubscriberVitals,
} from './kernel.ts'
export { STORE_KEYS } from './options.ts'
export {
  type Consumer,
  type ConsumerFunction,
  type ConsumerObject,
  toMailboxConsumer,
} from './publish/consumer.ts'
export { contained } from './publish/contained-observable.ts'
export type { SubscriberFault } from './publish/fault-reporter.ts'
export {
  type LogFunction,
  type LogLevel,
  type LogSnapshotsOptions,
  logSnapshots,
  type SnapshotLogger,
} from './publish/log-snapshots.ts'
export type { SnapshotStream, StreamOptions } from './publish/snapshot-stream.ts'
export type { Feed, Part } from './publish/snapshot-subject.ts'
export type { Drop, SubscribeOptions } from './publish/subscribe-options.ts'
export type { SubscriberHandle } from './publish/subscriber-handle.ts'
export type { Readable, WaitOptions } from './readable.ts'
export type { ReadableCore } from './readable-core.ts'
export { coreSymbol } from './readable-face.ts'
export { deepEqual, shallow } from './select/equality.ts'
export { type PathKey, type ValueAt, valueAt } from './select/path.ts'
export type { Selectable } from './select/selectable.ts'
export type { Selection } from './select/selection.ts'
export { type Snapshot, snapshotProblem } from './snapshot.ts'
export type { ModifyOptions, Store, StoreOptions, Synchronous, UninitializedStore } from './store.ts'
export { paced } from './views/paced.ts'
export type { View } from './views/view.ts'
export { CommitPipeline } from './write/commit-pipeline.ts'
export type { PipelineHost, Publications } from './write/pipeline-host.ts'
export { runRecipe, settleState } from './write/recipes.ts'
export { firstSnapshot } from './write/stamp.ts'
export type { WhenFull, Write, WriteOptions } from './write/write-options.ts'
