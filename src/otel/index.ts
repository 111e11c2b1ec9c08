/** Headgate's figures for OpenTelemetry and Prometheus. */
export { type MetricsSource, toPrometheus } from '../health/index.ts'
export { type InstrumentOptions, instrumentStore, type Observation } from './instrument-store.ts'
