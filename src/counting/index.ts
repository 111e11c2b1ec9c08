export {
  type CommitTimer,
  type CommitTiming,
  commitTimes,
  type LatencyHistogram,
  type LatencySummary,
} from './commit-timer.ts'
export { DeliveryTotals } from './delivery-totals.ts'
export { FailureEpisode, isTold } from './failure-episode.ts'
export { LeakWatch } from './leak-watch.ts'
export { reportMetrics, type StoreCounters, type StoreMetrics } from './metrics.ts'
