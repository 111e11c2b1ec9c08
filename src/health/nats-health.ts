/** What members of a log of NATS say of themselves to the health and the figures of their store. */
import { type Companions, companions } from './companions.ts'
import type { HealthIssue } from './judge-health.ts'
import type { HealthThresholds } from './thresholds.ts'

/** A member of the machines that have a store, in figures. */
export interface MemberHealth {
  /** The stream that holds the log. */
  readonly stream: string
  readonly status: 'catching-up' | 'live' | 'disconnected' | 'closed'
  /** On how many servers the log is kept. */
  readonly replicas: number
  /** Whether what a server acknowledges is on its disk. */
  readonly syncs: boolean | 'unknown'
  readonly records: number
  readonly counting: number
  readonly void: number
  readonly applied: number
  readonly resyncs: number
  readonly conflicts: number
  readonly repeated: number
  /** Of a machine: the member that leads; null for none. */
  readonly leader: string | null
  readonly fenced: number
  readonly lagRecords: number
  readonly lagMs: number
}

const members: Companions<MemberHealth> = companions('headgate.members')

/** Adds a member to the health and the figures of its store; returns what takes it away. */
export const reportMember: Companions<MemberHealth>['report'] = members.report
export const membersOf: Companions<MemberHealth>['of'] = members.of

export function* memberIssues(
  { stream, status, replicas, syncs, lagRecords, lagMs }: MemberHealth,
  { staleMs }: HealthThresholds,
): Generator<HealthIssue> {
  const for_ = `for ${Math.round(lagMs)} ms (threshold ${staleMs} ms)`
  if (status === 'disconnected' && lagMs > staleMs) {
    yield {
      code: 'NATS_DISCONNECTED',
      severity: 'warning',
      stream,
      message:
        `Nothing was read of stream "${stream}" ${for_}: reads give what was, updates are refused. ` +
        'It connects again by itself: look at the servers and the network; faults$ has what went wrong.',
    }
  }
  if (status === 'catching-up' && lagMs > staleMs) {
    yield {
      code: 'NATS_BEHIND',
      severity: 'warning',
      stream,
      message:
        `The member has not caught up with stream "${stream}" ${for_}, ${lagRecords} records are known to be missing. ` +
        'More is written than it reads, or the servers do not answer.',
    }
  }
  if (status !== 'closed' && replicas === 1 && syncs !== true) {
    yield {
      code: 'NATS_NOT_SYNCED',
      severity: 'warning',
      stream,
      message:
        `Stream "${stream}" has one replica, and a server acknowledges before its disk has it: a power failure may ` +
        'take back what was committed. Keep it on 3, or use sync_interval: always of nats-server 2.10 and say so by syncs: true.',
    }
  }
}
