/** Helpers for users' own tests, of any test runner. */
export { assertNoLeaks, type NoLeaksOptions, type NoLeaksReport } from './assert-no-leaks.ts'
export { checkHistory, type HistoryOfLog, type HistoryReport } from './check-history.ts'
export { type DescribePolicyOptions, describePolicy, type PolicyTestRunner } from './describe-policy.ts'
export { type DrainOptions, drain } from './drain.ts'
export { type FaultProxy, type FaultProxyOptions, faultProxy, type NetworkFaults } from './fault-proxy.ts'
export { type FaultyEngine, faultyEngine, type WriteFault } from './faulty-engine.ts'
export { collectGarbage } from './garbage.ts'
export type { HeapLeak } from './heap-snapshots.ts'
export {
  expectNoLeak,
  type LeakProbeOptions,
  type LeakProbeResult,
  leakProbe,
  type ProbeRound,
} from './leak-probe.ts'
export { type ManualClock, type ManualClockOptions, manualClock } from './manual-clock.ts'
export {
  type ExpectedSource,
  type ExpectStoreOptions,
  expectStore,
  marbleStore,
  type StoreExpectation,
  virtualTime,
} from './marbles.ts'
export type { NatsNode } from './nats-node.ts'
export { type NatsServer, type NatsServerOptions, natsServer, natsVersion } from './nats-server.ts'
export type { PolicyDiagram } from './policy-diagram.ts'
export { ReleaseWatch } from './release-watch.ts'
export type { TestedStore } from './tested-store.ts'
export type { PendingTimer, TimerCounter } from './timers.ts'
export { type TrackedScheduler, trackTimers } from './track-timers.ts'
