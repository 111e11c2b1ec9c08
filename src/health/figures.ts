/** Every figure that is exported, in one table for each of a store, its subscribers and its journals. */
import type { SubscriberStats } from '../backpressure/index.ts'
import type { JournalHealth } from './journal-health.ts'
import type { HealthReport } from './judge-health.ts'

/** One figure: its name, what it means, and how it behaves. */
export interface Instrument {
  /** In OpenTelemetry's style, such as `headgate.store.commits`; several rows of the table may share it. */
  readonly name: string
  /** A counter only rises. */
  readonly kind: 'counter' | 'gauge'
  /** UCUM: `s`, an annotation such as `{commit}`, or empty for what has none. */
  readonly unit: string
  readonly help: string
}

/** A figure and where it is read from. */
export interface Row<Figures> extends Instrument {
  /** Null where there is no value now. */
  readonly read: (figures: Figures) => number | null
  readonly attributes: ((figures: Figures) => Readonly<Record<string, string>>) | undefined
}

type Read<Figures> = Row<Figures>['read']

export const row =
  <Figures>(kind: Instrument['kind'], prefix: string, attributes?: Row<Figures>['attributes']) =>
  (
    name: string,
    unit: string,
    help: string,
    read: Read<Figures>,
    own: Row<Figures>['attributes'] = attributes,
  ): Row<Figures> => ({ name: `headgate.${prefix}.${name}`, kind, unit, help, read, attributes: own })

const storeCounter = row<HealthReport>('counter', 'store')
const storeGauge = row<HealthReport>('gauge', 'store')
const subscriberCounter = row<SubscriberStats>('counter', 'subscriber')
const subscriberGauge = row<SubscriberStats>('gauge', 'subscriber')
const journalCounter = (
  name: string,
  unit: string,
  help: string,
  read: Read<JournalHealth>,
): Row<JournalHealth> => row<JournalHealth>('counter', 'journal')(name, unit, help, read, named)
const journalGauge = (
  name: string,
  unit: string,
  help: string,
  read: Read<JournalHealth>,
): Row<JournalHealth> => row<JournalHealth>('gauge', 'journal')(name, unit, help, read, named)
const named = ({ name }: JournalHealth): Record<string, string> => ({ journal: name })

const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : ms / 1000)

const STATUS = { healthy: 0, degraded: 1, unhealthy: 2 } as const

const QUANTILES = { '0.5': 'p50', '0.95': 'p95', '0.99': 'p99', '1': 'max' } as const

const commitDuration = Object.entries(QUANTILES).map(([quantile, key]) =>
  storeGauge(
    'commit.duration',
    's',
    'How long commits took, from the call to the last synchronous hand-over. With timing only.',
    ({ metrics: { commitLatencyMs } }) =>
      seconds(commitLatencyMs && commitLatencyMs.count > 0 ? commitLatencyMs[key] : null),
    () => ({ quantile }),
  ),
)

export const STORE_ROWS: readonly Row<HealthReport>[] = [
  storeCounter('commits', '{commit}', 'Versions published by writes.', ({ metrics }) => metrics.commits),
  storeCounter('reads', '{read}', 'Reads of snapshot and state.', ({ metrics }) => metrics.reads),
  storeCounter(
    'version_conflicts',
    '{write}',
    'Writes refused because the version they were based on had passed.',
    ({ metrics }) => metrics.versionConflicts,
  ),
  storeCounter(
    'failed_writes',
    '{write}',
    'Writes and batches that ended with an error.',
    ({ metrics }) => metrics.failedWrites,
  ),
  storeCounter(
    'noop_writes',
    '{write}',
    'Recipes that changed nothing.',
    ({ metrics }) => metrics.noopWrites,
  ),
  storeCounter(
    'unhandled_events',
    '{event}',
    'Events that a machine did not handle.',
    ({ metrics }) => metrics.unhandledEvents,
  ),
  storeCounter(
    'late_writes',
    '{write}',
    'Writes of invoked work after its state had been left.',
    ({ metrics }) => metrics.lateWrites,
  ),
  storeCounter(
    'published',
    '{version}',
    'Versions offered to subscribers, those that have left included.',
    ({ metrics }) => metrics.published,
  ),
  storeCounter('delivered', '{version}', 'Versions handed to consumers.', ({ metrics }) => metrics.delivered),
  storeCounter('dropped', '{version}', 'Versions given up.', ({ metrics }) => metrics.dropped),
  storeCounter(
    'conflated',
    '{version}',
    'Versions that a newer one replaced before they could be delivered.',
    ({ metrics }) => metrics.conflated,
  ),
  storeCounter(
    'subscriber_errors',
    '{error}',
    'Calls of consumers that threw or rejected.',
    ({ metrics }) => metrics.subscriberErrors,
  ),
  storeGauge('pending', '{version}', 'Versions held for consumers.', ({ metrics }) => metrics.pending),
  storeGauge(
    'subscribers',
    '{subscriber}',
    'Everyone who follows the store.',
    ({ metrics }) => metrics.subscriberCount,
  ),
  storeGauge(
    'selections',
    '{subscriber}',
    'Those who follow paths and selectors.',
    ({ metrics }) => metrics.selectionCount,
  ),
  storeGauge(
    'version',
    '{version}',
    'The current version; -1 without a state.',
    ({ metrics }) => metrics.currentVersion,
  ),
  storeGauge(
    'state',
    '',
    'The current state, as a label; always 1.',
    () => 1,
    ({ metrics }) => ({ state: metrics.currentState }),
  ),
  storeGauge('start_time', 's', 'When the store was made, since the epoch.', ({ metrics }) =>
    seconds(metrics.createdAt),
  ),
  storeGauge(
    'last_commit_time',
    's',
    'The wall time of the newest commit, since the epoch; absent before the first.',
    ({ metrics }) => seconds(metrics.lastCommitAt),
  ),
  storeGauge('uptime', 's', 'How long the store has existed.', ({ metrics }) => seconds(metrics.uptimeMs)),
  storeGauge('health.status', '', '0 healthy, 1 degraded, 2 unhealthy.', ({ status }) => STATUS[status]),
  storeGauge('health.issues', '{issue}', 'What is wrong with the store now.', ({ issues }) => issues.length),
  ...commitDuration,
  storeCounter(
    'timed_commits',
    '{commit}',
    'Commits whose time was taken. With timing only.',
    ({ metrics }) => metrics.commitLatencyMs?.count ?? null,
  ),
  storeCounter(
    'commit_time',
    's',
    'The time that those commits took together. With timing only.',
    ({ metrics: { commitLatencyMs } }) =>
      seconds(commitLatencyMs && commitLatencyMs.mean * commitLatencyMs.count),
  ),
]

export const SUBSCRIBER_ROWS: readonly Row<SubscriberStats>[] = [
  subscriberCounter(
    'published',
    '{version}',
    'Versions offered to the subscriber.',
    ({ published }) => published,
  ),
  subscriberCounter(
    'delivered',
    '{version}',
    'Versions handed to its consumer.',
    ({ delivered }) => delivered,
  ),
  subscriberCounter('dropped', '{version}', 'Versions given up.', ({ dropped }) => dropped),
  subscriberCounter(
    'conflated',
    '{version}',
    'Versions that a newer one replaced before they could be delivered.',
    ({ conflated }) => conflated,
  ),
  subscriberCounter('missed', '{version}', 'Versions skipped between deliveries.', ({ missed }) => missed),
  subscriberCounter('calls', '{call}', 'Calls of the consumer.', ({ calls }) => calls),
  subscriberCounter('errors', '{error}', 'Calls that threw or rejected.', ({ errors }) => errors),
  subscriberGauge('pending', '{version}', 'Versions held for the consumer.', ({ pending }) => pending),
  subscriberGauge(
    'pending_max',
    '{version}',
    'The most that ever were pending.',
    ({ pendingMax }) => pendingMax,
  ),
  subscriberGauge(
    'capacity',
    '{version}',
    'The most that may be pending; absent where there is no bound.',
    ({ capacity }) => (Number.isFinite(capacity) ? capacity : null),
  ),
  subscriberCounter(
    'abandoned',
    '{call}',
    'Calls that were aborted, did not end, and are not waited for.',
    ({ abandoned }) => abandoned,
  ),
  subscriberGauge('in_flight', '{call}', 'Calls that have not ended.', ({ inFlight }) => inFlight),
  subscriberGauge('busy', '', '1 while the consumer is busy with a delivery, else 0.', ({ busySince }) =>
    busySince === null ? 0 : 1,
  ),
  subscriberGauge(
    'version',
    '{version}',
    'The newest version delivered; -1 before the first.',
    ({ lastVersion }) => lastVersion,
  ),
  subscriberGauge(
    'policy',
    '',
    'The policy, as a label; always 1.',
    () => 1,
    ({ policy }) => ({ policy }),
  ),
]

const JOURNAL_STATUS = { live: 0, behind: 1, degraded: 2, closed: 3, following: 4 } as const

export const JOURNAL_ROWS: readonly Row<JournalHealth>[] = [
  journalCounter(
    'commits',
    '{commit}',
    'Commits since the journal was opened.',
    ({ committed }) => committed,
  ),
  journalCounter('durable', '{commit}', 'Commits that are on the disk.', ({ durable }) => durable),
  journalCounter(
    'skipped',
    '{commit}',
    'Commits that were given up for a newer state.',
    ({ skipped }) => skipped,
  ),
  journalCounter('batches', '{write}', 'Writes to the engine.', ({ batches }) => batches),
  journalCounter('written', '{character}', 'Characters of records that were written.', ({ bytes }) => bytes),
  journalCounter('snapshots', '{state}', 'Whole states that were written.', ({ snapshots }) => snapshots),
  journalCounter(
    'reopens',
    '{open}',
    'How often a failed engine was opened again.',
    ({ reopens }) => reopens,
  ),
  journalGauge('pending', '{commit}', 'Commits that wait for the disk.', ({ pending }) => pending),
  journalGauge(
    'durable_version',
    '{version}',
    'The newest version on the disk; -1 where there is none.',
    ({ durableVersion }) => durableVersion,
  ),
  journalGauge(
    'status',
    '',
    '0 live, 1 behind, 2 degraded, 3 closed, 4 following.',
    ({ status }) => JOURNAL_STATUS[status],
  ),
]
