import type { SubscriberStats } from '../backpressure/index.ts'
import type { StoreMetrics } from '../counting/index.ts'
import type { JournalStats } from '../journal/index.ts'
import type { Cell, MachineStore } from '../machine/index.ts'
import type { SubscriberHandle } from '../store/index.ts'
import type { RecordHandler } from './record-handler.ts'

/** What a run comes to; the last line of `--json`. */
export interface Summary {
  readonly type: 'summary'
  /** Records handled; the rejected are not among them, nor are blank lines. */
  readonly records: number
  readonly rejected: number
  /** Events that the machine had no transition for, or whose guard refused. */
  readonly unhandled: number
  /** From when the first record was read until the last one was handled. */
  readonly elapsedMs: number
  readonly recordsPerSecond: number
  readonly metrics: StoreMetrics
  /** Of the journal, where there is one. */
  readonly journal?: JournalStats
  /** Every subscriber there was, also those that have left. */
  readonly subscribers: readonly SubscriberStats[]
}

/** Sums a run up, as it stands. */
export function summarize(
  handler: RecordHandler,
  elapsedMs: number,
  store: MachineStore<unknown, Cell>,
  handles: readonly SubscriberHandle[],
  journal?: JournalStats,
): Summary {
  const metrics = store.metrics()
  const { records, rejected } = handler
  return {
    type: 'summary',
    records,
    rejected,
    unhandled: metrics.unhandledEvents,
    elapsedMs: Math.round(elapsedMs * 1_000) / 1_000,
    recordsPerSecond: elapsedMs > 0 ? Math.round((records * 1_000) / elapsedMs) : 0,
    metrics,
    ...(journal !== undefined && { journal }),
    subscribers: handles.map((handle) => handle.stats()),
  }
}
