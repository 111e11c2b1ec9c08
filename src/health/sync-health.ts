/** What servers and mirrors say of themselves to the health and the figures of their store. */
import { type Companions, companions } from './companions.ts'
import type { HealthIssue } from './judge-health.ts'
import type { HealthThresholds } from './thresholds.ts'

/** A client that has not acknowledged all. */
export interface ClientLag {
  readonly clientId: string
  readonly versions: number
  /** How long the oldest frame has been without an answer; milliseconds. */
  readonly ms: number
}

/** A server of a store, in figures. */
export interface ServerHealth {
  /** The name that the store is served by. */
  readonly name: string
  /** Of this store. */
  readonly clients: number
  readonly lagging: readonly ClientLag[]
  /** Texts that were made; each may have gone to many. */
  readonly deltasMade: number
  readonly statesMade: number
  /** Bytes that wait for clients, of the whole server, as are those below. */
  readonly heldBytes: number
  readonly connections: number
  readonly accepted: number
  readonly turnedAway: number
  readonly protocolErrors: number
}

/** A mirror, in figures, beside its own store. */
export interface MirrorHealth {
  readonly name: string
  readonly status: 'connecting' | 'live' | 'stale' | 'closed'
  readonly lagVersions: number
  readonly lagMs: number
  readonly resyncs: { readonly damaged: number; readonly epoch: number; readonly gap: number }
}

const servers: Companions<ServerHealth> = companions('headgate.servers')
const mirrors: Companions<MirrorHealth> = companions('headgate.mirrors')

/** Adds a server to the health and the figures of a store; returns what takes it away. */
export const reportServer: Companions<ServerHealth>['report'] = servers.report
/** Adds what mirrors to the health and the figures of its store; returns what takes it away. */
export const reportMirror: Companions<MirrorHealth>['report'] = mirrors.report
export const serversOf: Companions<ServerHealth>['of'] = servers.of
export const mirrorsOf: Companions<MirrorHealth>['of'] = mirrors.of

export function* serverIssues(
  { lagging }: ServerHealth,
  { lagMs }: HealthThresholds,
): Generator<HealthIssue> {
  for (const { clientId, versions, ms } of lagging) {
    if (ms <= lagMs) continue
    yield {
      code: 'CLIENT_LAGGING',
      severity: 'warning',
      clientId,
      message:
        `Client "${clientId}" has not acknowledged what it was sent ${Math.round(ms)} ms ago, and is ${versions} versions ` +
        `behind (threshold ${lagMs} ms). It reads too slowly, or its network does: others do not wait for it.`,
    }
  }
}

export function* mirrorIssues(
  { name, status, lagVersions, lagMs }: MirrorHealth,
  { staleMs }: HealthThresholds,
): Generator<HealthIssue> {
  if (lagMs <= staleMs) return
  const why = status === 'live' ? `is ${lagVersions} versions behind` : `has had no connection (${status})`
  yield {
    code: 'MIRROR_STALE',
    severity: 'warning',
    mirror: name,
    message:
      `Mirror "${name}" ${why} for ${Math.round(lagMs)} ms (threshold ${staleMs} ms). It connects again by itself: ` +
      'look at the server and the network; faults$ has what went wrong.',
  }
}
