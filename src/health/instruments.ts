/**
 * What is read of a store, by the tables of figures: what each is called, what it counts and in which unit. The
 * exporters for Prometheus and for OpenTelemetry both walk them, so they cannot differ.
 *
 *   health(store) ──> readings: { instrument, value, attributes, subscriberId? } ──┬─> toPrometheus
 *                                                                             └─> otel's instrumentStore
 *
 * Names follow the conventions of OpenTelemetry (dots, no unit, no `total`), units are UCUM's, and times are
 * in seconds. What is text (the machine's state, a policy) is a gauge of 1 with the text as an attribute.
 * Counters never fall while their series lives.
 */
import type { SubscriberStats } from '../backpressure/index.ts'
import { type Instrument, JOURNAL_ROWS, type Row, STORE_ROWS, SUBSCRIBER_ROWS } from './figures.ts'
import type { HealthReport } from './judge-health.ts'
import { MEMBER_ROWS } from './nats-instruments.ts'
import { MIRROR_ROWS, SERVER_ROWS } from './sync-instruments.ts'

export type { Instrument } from './figures.ts'

/** A value of a figure, at one instant. */
export interface Reading {
  readonly instrument: Instrument
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
  /** Present for the figures of one subscriber; unique within a store. */
  readonly subscriberId: string | undefined
}

/** Every figure once: rows that share a name share everything but their attributes. */
export const INSTRUMENTS: readonly Instrument[] = [
  ...new Map(
    [...STORE_ROWS, ...SUBSCRIBER_ROWS, ...JOURNAL_ROWS, ...SERVER_ROWS, ...MIRROR_ROWS, ...MEMBER_ROWS].map(
      (each): [string, Instrument] => [each.name, each],
    ),
  ).values(),
]

/** Reads every figure that has a value now. */
export function* readings(report: HealthReport): Generator<Reading> {
  yield* readRows(STORE_ROWS, report, undefined)
  const { subscribers } = report.metrics
  const ids = uniqueIds(subscribers)
  for (const [index, stats] of subscribers.entries()) yield* readRows(SUBSCRIBER_ROWS, stats, ids[index])
  for (const journal of report.journals) yield* readRows(JOURNAL_ROWS, journal, undefined)
  for (const server of report.servers) yield* readRows(SERVER_ROWS, server, undefined)
  for (const mirror of report.mirrors) yield* readRows(MIRROR_ROWS, mirror, undefined)
  for (const member of report.members) yield* readRows(MEMBER_ROWS, member, undefined)
}

function* readRows<Figures>(
  rows: readonly Row<Figures>[],
  figures: Figures,
  subscriberId: string | undefined,
): Generator<Reading> {
  for (const instrument of rows) {
    const value = instrument.read(figures)
    if (value === null) continue
    yield { instrument, value, attributes: instrument.attributes?.(figures) ?? {}, subscriberId }
  }
}

/**
 * The ids of subscribers, numbered where one occurs again: `log`, `log#2`. Sums would make nonsense of a
 * version or a capacity, and two series with the same labels are an error to those who read them.
 */
function uniqueIds(subscribers: readonly SubscriberStats[]): readonly string[] {
  const taken = new Set<string>()
  for (const { id } of subscribers) {
    let free = id
    for (let nth = 2; taken.has(free); nth += 1) free = `${id}#${nth}`
    taken.add(free)
  }
  return [...taken]
}
