/** Headgate's figures for OpenTelemetry. */
export { type InstrumentOptions, instrumentStore, type Observation } from './instrument-store.ts'
