/** Headgate's figures, and spans of agents, for OpenTelemetry. */
export { GEN_AI, type GenAiNames } from './gen-ai.ts'
export { type InstrumentOptions, instrumentStore, type Observation } from './instrument-store.ts'
export { type GenAiWork, type TraceOptions, traceAgent } from './trace-agent.ts'
