/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs'
import type { BareEvent, Cell, MachineState } from '../machine/index.ts'
import type { Readable } from '../store/index.ts'
import type { Recipe, WriteResult } from '../sync/index.ts'
import type { ServerFacts } from './commit-log.ts'

/**
 * - `catching-up`: has not read to the end of the log yet, only before `joinNats` resolves
 * - `live`: reads records as they come
 * - `disconnected`: reads nothing for now; reconnects by itself
 * - `closed`: for good
 */
export type NatsStatus = 'catching-up' | 'live' | 'disconnected' | 'closed'

/** A failure that no caller is told of. */
export interface NatsFault {
  /**
   * - `read`: the log cannot be read; it is tried again
   * - `record`: a record is invalid (`RECORD_INVALID`); the member is closed
   * - `snapshot`: a state to start from was not stored; it is tried again
   * - `effects`: something a machine did on its own was not committed (`LEADERSHIP_LOST`, …)
   */
  readonly phase: 'read' | 'record' | 'snapshot' | 'effects'
  readonly error: unknown
}

/** Counters since `joinNats`, and how far behind a member is. */
export interface NatsStats {
  /** Records read. */
  readonly records: number
  /** Records read that count. */
  readonly counting: number
  /** Records read that came too late to count. */
  readonly void: number
  /** Versions the store took from records. */
  readonly applied: number
  /** Times the log no longer had what was missing, so that a newer state was taken. */
  readonly resyncs: number
  /** Times a write was evaluated again because another record came first. */
  readonly conflicts: number
  /** Records read twice because they were written twice. */
  readonly repeated: number
  /** Records known but not yet read. */
  readonly lagRecords: number
  /** Milliseconds since the member fell behind or was disconnected; 0 while it is up to date. */
  readonly lagMs: number
  /** Machines: `id` of the leader as read so far; null if there is none, and for other stores. */
  readonly leader: string | null
  /** Machines: commits of this member that did not count because it was no longer the leader. */
  readonly fenced: number
}

/** Options of one write. */
export interface NatsWriteOptions {
  /** The reason of the version. Default `UPDATE`, or the type of the event. */
  reason?: string | undefined
  /** Times it is evaluated again before it resolves with `'conflict'`. Default 64. */
  retries?: number | undefined
  /** Milliseconds until it resolves with `'timeout'`. Default `writeTimeoutMs`. */
  timeoutMs?: number | undefined
  /** Gives the write up: it rejects with the signal's reason, but may still count if its record was sent. */
  signal?: AbortSignal | undefined
}

/** One machine's membership in a shared store; made by {@link joinNats}. */
export interface NatsMember<S> extends AsyncDisposable {
  /** A UUID; the `source` of this member's versions, and `leader` of `stats()`. */
  readonly id: string
  /** The store that joined. Read and follow it as before; direct writes throw `WRITE_ELSEWHERE`. */
  readonly store: Readable<S>
  readonly status: NatsStatus
  /** Emits the current status on subscription; completes after `closed`. */
  readonly status$: Observable<NatsStatus>
  readonly server: ServerFacts
  /** Failures without a caller; completes when the member is closed. */
  readonly faults$: Observable<NatsFault>
  /**
   * Writes a version for all members. Runs the recipe on the local state and sends the change as a record; if another
   * record comes first, runs it again on the newer state, so it must be a function of the draft. Does not reject when
   * the write loses.
   *
   * @returns `{ committed: true, version }` once this member has read its record back as counting. Else
   *   `committed: false` with `reason`: `'conflict'` after `retries`, or `'timeout'` after `timeoutMs`, when the record
   *   may still count later, unless `message` says that nothing was written.
   * @throws `NATS_DISCONNECTED` while disconnected (nothing was written), `OPTION_INVALID`, `STATE_TOO_LARGE`,
   *   `CODEC_INVALID` for values that JSON cannot hold, `RECIPE_ASYNC`, `STATE_INVALID`, `STORE_UNINITIALIZED`,
   *   `STORE_DESTROYED` once closed, the signal's reason, and what the recipe throws.
   */
  update(recipe: Recipe<S>, options?: NatsWriteOptions): Promise<WriteResult>
  stats(): NatsStats
  /**
   * Leaves. Pending writes resolve as `'timeout'` or reject; the store keeps its state and takes direct writes again.
   */
  close(): Promise<void>
}

/**
 * Membership of a machine store; made by {@link joinNats}. Timers, `invoke`, `run` and `emit` happen on the leader
 * only.
 */
export interface NatsMachineMember<Context, Cells extends Cell>
  extends NatsMember<MachineState<Cells['state'], Context>> {
  /** Whether this member is the leader. */
  readonly leading: boolean
  /** `id` of the leader as read so far, or null. Emits the current value on subscription. */
  readonly leader$: Observable<string | null>
  /**
   * Sends an event. Evaluates the transition on the local state and writes it as one record; if another record comes
   * first, evaluates it again on the newer state.
   *
   * @returns as {@link NatsMember.update}; `reason: 'refused'` if the state does not handle the event: nothing is
   *   written.
   * @throws `EVENT_INVALID`, `CODEC_INVALID` for an event that JSON cannot hold, what a guard or a recipe throws, and
   *   as {@link NatsMember.update}.
   */
  send(event: Cells['event'] | BareEvent<Cells['event']>, options?: NatsWriteOptions): Promise<WriteResult>
}
