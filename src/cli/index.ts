/** Types for the authors of modules that `headgate run` runs. The command itself is started, not imported. */
export type {
  Ingest,
  Observe,
  RecordsOptions,
  RunModule,
  RunRecord,
  RunSubscriber,
  TimeUnit,
} from './run-module.ts'
