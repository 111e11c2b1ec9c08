/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs'
import type { BareEvent, Cell, MachineState } from '../machine/index.ts'
import type { Readable } from '../store/index.ts'
import type { Recipe, WriteResult } from '../sync/index.ts'
import type { ServerFacts } from './commit-log.ts'

/**
 * `catching-up` until it has read the whole log; `live` while it reads what comes; `disconnected` while nothing can
 * come; `closed` for good.
 */
export type NatsStatus = 'catching-up' | 'live' | 'disconnected' | 'closed'

/** Something has failed that has no caller. */
export interface NatsFault {
  /**
   * `read`: nothing comes, it tries again by itself; `record`: it cannot read a record, and is closed; `snapshot`: a
   * state to begin from was not kept; `effects`: what a machine runs could not be committed.
   */
  readonly phase: 'read' | 'record' | 'snapshot' | 'effects'
  readonly error: unknown
}

/** What a member has read, written and missed. */
export interface NatsStats {
  /** Records that it has read. */
  readonly records: number
  /** Those of them that count, and those that do not. */
  readonly counting: number
  readonly void: number
  /** Versions that its store has from records. */
  readonly applied: number
  /** How often the log began later than what it had, so that it took a newer state. */
  readonly resyncs: number
  /** Writes that were made again, as another one came first. */
  readonly conflicts: number
  /** Records that it read twice, as they were written twice. */
  readonly repeated: number
  /** Records that it has not read, as far as it knows. */
  readonly lagRecords: number
  /** How long it has been behind, or disconnected; 0 while it is not. */
  readonly lagMs: number
  /** Of a machine: the member that leads, as far as this one has read; null for nobody. */
  readonly leader: string | null
  /** Of a machine: commits of this member that were refused, as it led no more. */
  readonly fenced: number
}

/** How a write is labelled, and how often it is tried again. */
export interface NatsWriteOptions {
  /** Why; default `UPDATE`, or the type of the event that is sent. */
  reason?: string | undefined
  /** How often it is made again on a newer state; default 64. */
  retries?: number | undefined
  /** How long it may take; default `writeTimeoutMs`. */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** A store on one of many machines; see {@link joinNats}. */
export interface NatsMember<S> extends AsyncDisposable {
  /** By which the others know it. */
  readonly id: string
  /** All that can be read and followed of the store; on every member the same. A write is refused: `WRITE_ELSEWHERE`. */
  readonly store: Readable<S>
  readonly status: NatsStatus
  readonly status$: Observable<NatsStatus>
  readonly server: ServerFacts
  readonly faults$: Observable<NatsFault>
  /**
   * Changes the store for all: the recipe is run on the state here, and what it makes counts if nothing else came first;
   * else it is run again on what came. Resolves when this member has the version.
   *
   * @throws what the recipe throws; `NATS_DISCONNECTED` while nothing can be read: nothing was written;
   *   `STATE_TOO_LARGE`, `RECIPE_ASYNC`, `STATE_INVALID`, `STORE_UNINITIALIZED`, `STORE_DESTROYED` after it was closed,
   *   `CODEC_INVALID` for what JSON cannot hold, the signal's reason.
   */
  update(recipe: Recipe<S>, options?: NatsWriteOptions): Promise<WriteResult>
  stats(): NatsStats
  /** Leaves: what it writes is given up, its store keeps what it has and can be written again. */
  close(): Promise<void>
}

/**
 * A machine store on one of many machines; see {@link joinNats}. Its timers, its work and what is to be done outside of
 * the context run on one member, the leader.
 */
export interface NatsMachineMember<Context, Cells extends Cell>
  extends NatsMember<MachineState<Cells['state'], Context>> {
  /** Whether this member leads. */
  readonly leading: boolean
  /** The `id` of the member that leads, as far as this one has read; null while nobody does. */
  readonly leader$: Observable<string | null>
  /**
   * Sends an event: it is decided on the state here, and what follows counts if nothing else came first; else it is
   * decided again on what came. Resolves when this member has the version. An event that the state refuses is
   * `{ committed: false, reason: 'refused' }`, and nothing is written.
   *
   * @throws `EVENT_INVALID`, what a guard or a recipe throws, and as {@link NatsMember.update}; `CODEC_INVALID` also for
   *   an event that JSON cannot hold.
   */
  send(event: Cells['event'] | BareEvent<Cells['event']>, options?: NatsWriteOptions): Promise<WriteResult>
}
