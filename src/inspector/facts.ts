/**
 * What the page is shown: plain JSON, made of figures that a store has anyway.
 *
 *   facts    of every store a line, for all pages
 *   looks    of the stores that a page looks at, all that is known
 */
import type { HealthIssue } from '../health/index.ts'

/** Of a program and its stores. */
export interface Facts {
  readonly program: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly intervalMs: number
  /** Whether events may be sent from the page. */
  readonly allowControl: boolean
  /** What is wrong with the inspector itself, in a sentence; else `''`. */
  readonly problem: string
  readonly stores: readonly StoreFacts[]
  readonly edges: readonly Edge[]
}

export type StoreKind = 'store' | 'machine' | 'derived' | 'view' | 'mirror'

/** A line of the overview. */
export interface StoreFacts {
  readonly id: string
  readonly name: string
  readonly kind: StoreKind
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly ended: boolean
  readonly version: number
  /** What a machine is in; else `''`. */
  readonly current: string
  readonly commits: number
  /** Commits of each of the last 60 seconds, oldest first, with commas between them. */
  readonly rates: string
  readonly issues: readonly HealthIssue[]
  readonly subscriberCount: number
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly faults: number
  /** How long the one that has been busy longest has been so. */
  readonly busyMs: number
  readonly journals: readonly JournalFacts[]
  /** How the connection of a mirror is; else `''`. */
  readonly link: string
  /** Mirrors elsewhere that the store is served to. */
  readonly clients: number
}

export interface JournalFacts {
  readonly name: string
  readonly status: string
  readonly durableVersion: number
  readonly pending: number
}

/** Who feeds whom, by ids of stores. */
export interface Edge {
  readonly from: string
  readonly to: string
}

/** All that is known of one store. */
export interface Look {
  readonly id: string
  readonly head: CommitFacts
  readonly metadata: Readonly<Record<string, string>>
  /** In a form that JSON has; see plain.ts. */
  readonly state: unknown
  /** The newest commits, newest last. */
  readonly timeline: readonly CommitFacts[]
  /** The oldest version that can be looked at. */
  readonly oldest: number
  /** How long commits took, where the store times them. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null
  readonly subscribers: readonly SubscriberFacts[]
  readonly faults: readonly FaultFacts[]
  readonly machine: MachineFacts | null
  readonly messages: readonly MessageFacts[]
  readonly actors: readonly ActorFacts[]
}

export interface CommitFacts {
  readonly version: number
  readonly reason: string
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** From the write until everybody was told who is told at once; milliseconds. */
  readonly toldMs: number
  /** How many places of the state it changed; null where nobody counted. */
  readonly changes: number | null
}

export interface SubscriberFacts {
  /** Of the list, no two have the same. */
  readonly number: number
  readonly id: string
  readonly policy: string
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
  readonly capacity: number
  readonly missed: number
  readonly errors: number
  readonly failures: number
  readonly lastVersion: number
  readonly busyMs: number
  /** Where it was subscribed; in development. */
  readonly from: string | null
  /** What health says of it. */
  readonly issues: readonly string[]
}

export interface FaultFacts {
  readonly number: number
  readonly at: number
  readonly subscriberId: string
  readonly phase: string
  readonly version: number
  readonly message: string
}

export interface MachineFacts {
  readonly id: string
  readonly chart: Chart
  /** The paths of the states that are active. */
  readonly active: readonly string[]
  /** The newest transitions, newest last. */
  readonly track: readonly TrackFacts[]
  readonly events: readonly EventFacts[]
}

export interface TrackFacts {
  readonly number: number
  readonly from: string
  readonly to: string
  readonly event: string
  readonly status: string
  readonly error: string
  readonly at: number
}

/** An event that the machine knows, and whether it would be handled now. */
export interface EventFacts {
  readonly type: string
  readonly can: boolean
}

/** A machine as a drawing. */
export interface Chart {
  readonly nodes: readonly ChartNode[]
  readonly arrows: readonly ChartArrow[]
}

export interface ChartNode {
  /** The path. */
  readonly id: string
  readonly name: string
  /** The path of the state around it; `''` for none. */
  readonly parent: string
  readonly kind: string
  readonly isInitial: boolean
}

export interface ChartArrow {
  /** `''` for any state: what the machine itself handles. */
  readonly from: string
  readonly to: string
  readonly label: string
  readonly guarded: boolean
}

export interface MessageFacts {
  readonly number: number
  readonly from: string
  readonly to: string
  readonly type: string
  readonly at: number
}

export interface ActorFacts {
  readonly address: string
  readonly current: string
  readonly status: string
  readonly waiting: number
}

/** One version, when somebody scrubs to it. */
export interface KeptVersion {
  readonly head: CommitFacts
  readonly metadata: Readonly<Record<string, string>>
  readonly state: unknown
}
