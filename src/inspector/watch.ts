/** One store under inspection: what it is in figures, and what is remembered of it. */
import { lastMade } from '../derive/index.ts'
import { type HealthIssue, type HealthReport, healthCheck } from '../health/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { messageOf } from '../kit/index.ts'
import type { MachineState, StateValue } from '../machine/index.ts'
import { findCore, type Snapshot } from '../store/index.ts'
import type {
  ActorFacts,
  CommitFacts,
  KeptVersion,
  Look,
  MessageFacts,
  StoreFacts,
  StoreKind,
} from './facts.ts'
import { isMachine, machineFacts } from './machine-facts.ts'
import { StoreMemory } from './memory.ts'
import { cut, PlainForms } from './plain.ts'
import { stateText } from './state-text.ts'
import { subscriberFacts } from './subscriber-facts.ts'
import { findKernel, type Journals, type WatchedStore } from './watched.ts'

/** Commits that the timeline shows. */
export const TIMELINE_MAX = 200
const NOTHING: CommitFacts = { version: -1, reason: '', source: '', at: 0, toldMs: 0, changes: null }

export interface WatchOptions {
  readonly id: string
  readonly historyLimit: number
  readonly sanitize: ((state: unknown, store: WatchedStore) => unknown) | undefined
  readonly journals: Journals | undefined
}

/** What a system adds to the look of its root. */
export interface SystemFacts {
  readonly messages: readonly MessageFacts[]
  readonly actors: readonly ActorFacts[]
}

export class Watch {
  readonly store: WatchedStore
  readonly id: string
  readonly #kernel: Kernel<unknown> | undefined
  readonly #memory: StoreMemory | undefined
  readonly #options: WatchOptions
  readonly #forms = new PlainForms()
  readonly #judge: () => HealthReport | undefined

  constructor(store: WatchedStore, options: WatchOptions) {
    this.store = store
    this.id = options.id
    this.#options = options
    this.#kernel = findKernel(store)
    this.#memory = this.#kernel && new StoreMemory(this.#kernel, options.historyLimit)
    this.#judge = this.#kernel === undefined ? () => undefined : healthCheck(this.#kernel.store)
  }

  /** A line of the overview. */
  facts(): StoreFacts {
    const { id, store } = this
    const report = this.#judge()
    const {
      status = 'healthy',
      issues = [],
      metrics,
      journals = [],
      mirrors = [],
      servers = [],
    } = report ?? {}
    const now = performance.now()
    return {
      id,
      name: cut(store.name),
      kind: mirrors.length > 0 ? 'mirror' : this.kind,
      status,
      ended: this.#ended,
      version: metrics?.currentVersion ?? this.#head().version,
      current: this.#current(),
      commits: metrics?.commits ?? 0,
      rates: this.#memory?.rates.list(now).join() ?? '',
      issues: issues.map(shortIssue),
      subscriberCount: metrics?.subscriberCount ?? 0,
      published: metrics?.published ?? 0,
      delivered: metrics?.delivered ?? 0,
      dropped: metrics?.dropped ?? 0,
      conflated: metrics?.conflated ?? 0,
      pending: metrics?.pending ?? 0,
      faults: this.#memory?.faultCount ?? 0,
      busyMs: Math.round(
        Math.max(0, ...(metrics?.subscribers ?? []).map(({ busySince }) => now - (busySince ?? now))),
      ),
      journals: journals.map(({ name, status, durableVersion, pending }) => ({
        name,
        status,
        durableVersion,
        pending,
      })),
      link: mirrors[0]?.status ?? '',
      clients: servers.reduce((sum, { clients }) => sum + clients, 0),
    }
  }

  /** All that is known of it. */
  look(system: SystemFacts | undefined): Look {
    // First: it counts what commits changed.
    const timeline = this.#memory?.timeline(TIMELINE_MAX) ?? []
    const { snapshot, facts } = this.#memory?.newest ?? { snapshot: this.#head(), facts: undefined }
    const report = this.#judge()
    const { commitLatencyMs = null } = report?.metrics ?? {}
    return {
      id: this.id,
      head: facts ?? headOf(snapshot),
      metadata: this.#texts(snapshot.metadata),
      state: this.#shown(snapshot.state),
      timeline,
      oldest: this.#options.journals?.has(this.store) === true ? 0 : (this.#memory?.oldest ?? -1),
      latencyMs: commitLatencyMs && {
        p50: commitLatencyMs.p50,
        p99: commitLatencyMs.p99,
        max: commitLatencyMs.max,
      },
      subscribers:
        report === undefined
          ? []
          : subscriberFacts(report.metrics.subscribers, this.#vitals, report.issues.map(shortIssue)),
      faults: [...(this.#memory?.faults ?? [])],
      machine:
        isMachine(this.store) && snapshot.version >= 0
          ? // The cast holds: it is the state of a machine store.
            machineFacts(this.store, snapshot.state as MachineState<StateValue, unknown>)
          : null,
      messages: system?.messages ?? [],
      actors: system?.actors ?? [],
    }
  }

  /** A version that is kept in memory or in a journal; undefined where it is not. */
  async version(version: number): Promise<KeptVersion | undefined> {
    const kept = this.#memory?.find(version)
    if (kept !== undefined) return this.#kept(kept.snapshot, kept.facts)
    const journal = this.#options.journals?.get(this.store)
    if (journal === undefined) return undefined
    try {
      const snapshot = await journal.at(version)
      return this.#kept(snapshot, headOf(snapshot))
    } catch {
      return undefined
    }
  }

  forget(): void {
    this.#memory?.forget()
  }

  get kind(): StoreKind {
    if (this.#kernel === undefined) return 'source' in this.store ? 'view' : 'derived'
    return isMachine(this.store) ? 'machine' : 'store'
  }

  get #ended(): boolean {
    // A derived value would run to say so.
    return (
      this.#kernel?.destroyed ?? (this.kind === 'view' && findCore(this.store)?.subject.isStopped === true)
    )
  }

  get #vitals(): ReturnType<Kernel<unknown>['vitals']> {
    return this.#kernel?.vitals() ?? []
  }

  /** What is published, without a read that counts, a run of a derived value, or a view that follows. */
  #head(): Snapshot<unknown> {
    const made = lastMade(this.store)
    if (this.#kernel === undefined && made !== undefined) return made.snapshot ?? NO_SNAPSHOT
    return findCore(this.store)?.subject.getValue() ?? NO_SNAPSHOT
  }

  #current(): string {
    const head = this.#head().state as { readonly current?: unknown } | undefined
    return isMachine(this.store) && head !== undefined ? cut(stateText(head.current)) : ''
  }

  #kept(snapshot: Snapshot<unknown>, head: CommitFacts): KeptVersion {
    return { head, metadata: this.#texts(snapshot.metadata), state: this.#shown(snapshot.state) }
  }

  #texts(metadata: Snapshot<unknown>['metadata']): KeptVersion['metadata'] {
    // The cast holds: the form of texts is texts.
    return this.#forms.of(metadata) as KeptVersion['metadata']
  }

  #shown(state: unknown): unknown {
    const { sanitize } = this.#options
    if (sanitize === undefined) return this.#forms.of(state)
    try {
      return this.#forms.of(sanitize(state, this.store))
    } catch (error) {
      return { $: 'sanitize threw', text: cut(messageOf(error)) }
    }
  }
}

/** A subscriber is called what its program likes. */
const shortIssue = (issue: HealthIssue): HealthIssue => ({
  ...issue,
  message: cut(issue.message),
  ...(issue.subscriberId === undefined ? {} : { subscriberId: cut(issue.subscriberId) }),
})

const NO_SNAPSHOT: Snapshot<unknown> = {
  version: -1,
  state: undefined,
  reason: '',
  source: '',
  tsWall: 0,
  tsMono: 0,
  metadata: {},
}

const headOf = ({ version, reason, source, tsWall }: Snapshot<unknown>): CommitFacts => ({
  ...NOTHING,
  version,
  reason: cut(reason),
  source: cut(source),
  at: tsWall,
})
