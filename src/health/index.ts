export {
  CommitTimer,
  type LatencyHistogram,
  type LatencySummary,
} from './commit-timer.ts'
export { DeliveryTotals } from './delivery-totals.ts'
export { FailureEpisode, isTold } from './failure-episode.ts'
export {
  DEFAULT_THRESHOLDS,
  type HealthCode,
  type HealthIssue,
  type HealthReport,
  type HealthThresholds,
  judgeHealth,
  type SubscriberVitals,
  withDefaults,
} from './health.ts'
export { HealthWindow } from './health-window.ts'
export {
  INSTRUMENTS,
  type Instrument,
  type MetricsSource,
  type Reading,
  readings,
} from './instruments.ts'
export { LeakWatch } from './leak-watch.ts'
export { reportMetrics, type StoreCounters, type StoreMetrics } from './metrics.ts'
export { toPrometheus } from './prometheus.ts'
