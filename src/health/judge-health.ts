/**
 * Judges figures: whether a store is well, and if not, what is wrong and what to do.
 *
 * Pure: numbers in, sentences out. Each code is listed once below, with when it holds; it clears as soon
 * as that no longer does. Rates are those of the recent past (health-window.ts).
 */
import type { StoreMetrics } from '../counting/index.ts'
import type { SubscriberVitals } from '../store/index.ts'
import type { WindowCounts } from './health-window.ts'
import type { JournalHealth } from './journal-health.ts'
import { type MemberHealth, memberIssues } from './nats-health.ts'
import { type MirrorHealth, mirrorIssues, type ServerHealth, serverIssues } from './sync-health.ts'
import type { HealthThresholds } from './thresholds.ts'

/** What can be wrong with a store. */
export type HealthCode =
  /** The store has no state yet. */
  | 'NOT_INITIALIZED'
  /** Too many writes lost a race, as a share of the commits. */
  | 'HIGH_CONFLICT_RATE'
  /** More follow the store than anybody planned for: a leak? */
  | 'MANY_SUBSCRIBERS'
  /** More look at paths and selectors than any page shows: a leak? */
  | 'MANY_SELECTIONS'
  /** A consumer has been busy with one delivery for too long. */
  | 'STALLED_SUBSCRIBER'
  /** A subscriber loses too much of what is published to it. */
  | 'HIGH_DROP_RATE'
  /** A consumer is failing, and has not recovered. */
  | 'CONSUMER_ERRORS'
  /** A handle was collected as garbage while its subscription was open. */
  | 'LEAKED_SUBSCRIBER'
  /** The disk of a journal has failed, and has not recovered: what is committed now is not kept. */
  | 'JOURNAL_DEGRADED'
  /** A journal has given up versions for a newer state, which still waits for the disk. */
  | 'JOURNAL_BEHIND'
  /** A client of a server has not acknowledged for too long what it was sent. */
  | 'CLIENT_LAGGING'
  /** A mirror has been without a connection, or behind, for too long. */
  | 'MIRROR_STALE'
  /** A member of a log has been without its servers for too long. */
  | 'NATS_DISCONNECTED'
  /** A member of a log has not caught up for too long. */
  | 'NATS_BEHIND'
  /** The log is on one server, which acknowledges before its disk has it. */
  | 'NATS_NOT_SYNCED'

/** One thing that is wrong with a store, for as long as it is. */
export interface HealthIssue {
  readonly code: HealthCode
  /** An error makes the store unhealthy, a warning degraded. */
  readonly severity: 'error' | 'warning'
  /** What was seen, what the limit is and what to do. */
  readonly message: string
  /** Present where the issue is about one subscriber. */
  readonly subscriberId?: string
  /** Present where the issue is about a journal. */
  readonly journal?: string
  /** Present where the issue is about a client of a server. */
  readonly clientId?: string
  /** Present where the issue is about the mirror whose store it is. */
  readonly mirror?: string
  /** Present where the issue is about the member of a log whose store it is. */
  readonly stream?: string
}

/** What {@link health} says of a store. */
export interface HealthReport {
  /** Whether the status is `'healthy'`. */
  readonly healthy: boolean
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly issues: readonly HealthIssue[]
  readonly metrics: StoreMetrics
  /** Of the journals that are open beside the store. */
  readonly journals: readonly JournalHealth[]
  /** Of those that serve the store to mirrors. */
  readonly servers: readonly ServerHealth[]
  /** Of the mirror whose store it is. */
  readonly mirrors: readonly MirrorHealth[]
  /** Of the member of many machines whose store it is. */
  readonly members: readonly MemberHealth[]
}

/** What stands beside a store. */
export type Beside = Pick<HealthReport, 'journals' | 'servers' | 'mirrors' | 'members'>

/**
 * @param recent - the counts of the window that rates are judged over
 * @param vitals - of each of `metrics.subscribers`, in the same order
 */
export function judgeHealth(
  metrics: StoreMetrics,
  recent: WindowCounts,
  vitals: readonly SubscriberVitals[],
  beside: Beside,
  thresholds: HealthThresholds,
): HealthReport {
  const issues = [
    ...storeIssues(metrics, recent, clientCount(beside), thresholds),
    ...metrics.subscribers.flatMap((stats, index) => [
      // The casts hold: there is one for each.
      ...subscriberIssues(stats, vitals[index] as SubscriberVitals, thresholds),
      ...lossIssues(stats.id, recent.losses[index] as WindowCounts['losses'][number], thresholds),
    ]),
    ...beside.journals.flatMap((journal) => [...journalIssues(journal)]),
    ...beside.servers.flatMap((server) => [...serverIssues(server, thresholds)]),
    ...beside.mirrors.flatMap((mirror) => [...mirrorIssues(mirror, thresholds)]),
    ...beside.members.flatMap((member) => [...memberIssues(member, thresholds)]),
  ]
  const status = issues.some(({ severity }) => severity === 'error')
    ? 'unhealthy'
    : issues.length > 0
      ? 'degraded'
      : 'healthy'
  return { healthy: status === 'healthy', status, issues, metrics, ...beside }
}

/** Clients are subscribers of the store, as many as a server was made for. */
const clientCount = ({ servers }: Beside): number => servers.reduce((sum, { clients }) => sum + clients, 0)

const percent = (ratio: number): string => `${Math.round(ratio * 1000) / 10} %`

function* storeIssues(
  metrics: StoreMetrics,
  { commits, versionConflicts }: WindowCounts,
  clientCount: number,
  thresholds: HealthThresholds,
): Generator<HealthIssue> {
  const { selectionCount } = metrics
  const subscriberCount = metrics.subscriberCount - selectionCount - clientCount
  if (metrics.currentVersion < 0) {
    yield {
      code: 'NOT_INITIALIZED',
      severity: 'error',
      message: 'The store has no state yet. Call initialize(state) or set(state).',
    }
  }
  if (commits > 0 && versionConflicts / commits > thresholds.conflictRatio) {
    yield {
      code: 'HIGH_CONFLICT_RATE',
      severity: 'error',
      message:
        `${versionConflicts} writes were refused for their version beside ${commits} commits (${percent(versionConflicts / commits)}, ` +
        `threshold ${percent(thresholds.conflictRatio)}). Let fewer writers write the same store, or use modify().`,
    }
  }
  if (subscriberCount > thresholds.subscriberCount) {
    yield {
      code: 'MANY_SUBSCRIBERS',
      severity: 'warning',
      message:
        `${subscriberCount} follow the store (threshold ${thresholds.subscriberCount}). ` +
        'Look for subscriptions that are never ended, or raise subscriberCount.',
    }
  }
  if (selectionCount > thresholds.selectionCount) {
    yield {
      code: 'MANY_SELECTIONS',
      severity: 'warning',
      message:
        `${selectionCount} follow paths and selectors of the store (threshold ${thresholds.selectionCount}). ` +
        'Look for subscriptions of select() that are never ended, or raise selectionCount.',
    }
  }
}

function* subscriberIssues(
  { id }: StoreMetrics['subscribers'][number],
  { busyMs, failures, leakedFrom }: SubscriberVitals,
  thresholds: HealthThresholds,
): Generator<HealthIssue> {
  const issue = (code: HealthCode, message: string): HealthIssue => ({
    code,
    severity: 'warning',
    message,
    subscriberId: id,
  })
  if (busyMs > thresholds.stallMs) {
    yield issue(
      'STALLED_SUBSCRIBER',
      `Subscriber "${id}" has been busy with one delivery for ${Math.round(busyMs)} ms ` +
        `(threshold ${thresholds.stallMs}). Does its promise settle? Use its signal to give up, or raise stallMs.`,
    )
  }
  if (failures > 0) {
    yield issue(
      'CONSUMER_ERRORS',
      `Subscriber "${id}" is failing: ${failures} failures since it last did well. See faults$ for the errors.`,
    )
  }
  if (leakedFrom !== undefined) {
    yield issue(
      'LEAKED_SUBSCRIBER',
      `Subscriber "${id}" is still subscribed, but its handle is lost: nobody can end it. ` +
        `It was subscribed at ${leakedFrom}. Keep the handle and call it, or subscribe with a signal.`,
    )
  }
}

function* lossIssues(
  id: string,
  { published, dropped }: WindowCounts['losses'][number],
  { dropRatio }: HealthThresholds,
): Generator<HealthIssue> {
  if (published === 0 || dropped / published <= dropRatio) return
  yield {
    code: 'HIGH_DROP_RATE',
    severity: 'warning',
    subscriberId: id,
    message:
      `Subscriber "${id}" lost ${dropped} of ${published} versions (${percent(dropped / published)}, ` +
      `threshold ${percent(dropRatio)}). Consume faster, raise its capacity, or use latest() where only the newest counts.`,
  }
}

function* journalIssues(journal: JournalHealth): Generator<HealthIssue> {
  const { name, status, durableVersion, pending, skipped, lastError } = journal
  if (status === 'degraded') {
    yield {
      code: 'JOURNAL_DEGRADED',
      severity: 'warning',
      journal: name,
      message:
        `Journal "${name}" cannot write behind version ${durableVersion}; ${pending} commits wait. Its engine says: ` +
        `${lastError}. It tries again by itself: make room, or look at the disk.`,
    }
  }
  if (status === 'behind') {
    yield {
      code: 'JOURNAL_BEHIND',
      severity: 'warning',
      journal: name,
      message:
        `Journal "${name}" has skipped ${skipped} versions so far, and the state that holds their effects still waits for the disk. ` +
        "Commit less often, raise pendingMax, or use behind: 'suspend'.",
    }
  }
}
