/** Whether a store is well, and its figures for those who collect them. */
export { health, healthCheck, type MetricsSource } from './health.ts'
export { INSTRUMENTS, type Instrument, type Reading, readings } from './instruments.ts'
export { type JournalHealth, reportJournal } from './journal-health.ts'
export type { HealthCode, HealthIssue, HealthReport } from './judge-health.ts'
export { type MemberHealth, reportMember } from './nats-health.ts'
export { type PrometheusOptions, toPrometheus } from './prometheus.ts'
export {
  type ClientLag,
  type MirrorHealth,
  reportMirror,
  reportServer,
  type ServerHealth,
} from './sync-health.ts'
export type { HealthOptions, HealthThresholds } from './thresholds.ts'
