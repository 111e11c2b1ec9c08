/** What is read of a log becomes versions of the store here: what counts, and nothing else. */
import { type Immutable, messageOf } from '../kit/index.ts'
import type { Chain } from './chain.ts'
import type { LogEntry } from './commit-log.ts'
import type { MemberFacts } from './member-facts.ts'
import {
  type Change,
  type CommitRecord,
  changesOf,
  type Labels,
  type LogRecord,
  readRecord,
  readValue,
} from './record.ts'
import type { Replica } from './replica.ts'
import type { States } from './states.ts'

export interface RecordHost<S> {
  readonly chain: Chain
  readonly replica: Replica<S>
  readonly states: States
  readonly facts: MemberFacts
  /** The states that a record leads to, where it is the one that this member waits for. */
  statesOf(id: string): readonly Immutable<S>[] | undefined
  /** The state that the store goes on to, of what a version of somebody else leads to. */
  adopting(change: Change, state: Immutable<S>): Immutable<S>
  /** It is known whether a record counts; where it does, the store has it. */
  decided(entry: LogEntry, record: LogRecord, counts: boolean): void
  /** It goes no further. */
  stop(sequence: number, problem: string, cause?: unknown): void
}

/** Ids that are remembered, to tell which were written twice. */
const IDS_MAX = 1_024

export class RecordReader<S> {
  readonly figures = { records: 0, counting: 0, void: 0, applied: 0, resyncs: 0, repeated: 0 }
  readonly #host: RecordHost<S>
  readonly #ids = new Set<string>()

  constructor(host: RecordHost<S>) {
    this.#host = host
  }

  /** Takes the next record; what it returns is waited for: whether it could be read, or its parts are gone. */
  read(entry: LogEntry): Promise<boolean> | undefined {
    let record: LogRecord
    try {
      record = readRecord(entry.text)
    } catch (error) {
      this.#host.stop(entry.sequence, messageOf(error), error)
      return undefined
    }
    this.#count(entry.id)
    const { chain, statesOf } = this.#host
    if (!chain.counts(record)) {
      this.figures.void += 1
      this.#host.decided(entry, record, false)
      return undefined
    }
    if (record.format !== 'headgate.commit') {
      chain.take(record, entry.sequence)
      this.#decided(entry, record)
      return undefined
    }
    const own = statesOf(entry.id)
    if (own === undefined && record.parts !== undefined) return this.#fetch(entry, record)
    this.#take(entry, record, own)
    return undefined
  }

  /**
   * Goes on with the newest state that is kept, as nothing was read yet or what follows is gone; resolves with where
   * the log was then: 0 where nothing is kept, and nothing was read.
   *
   * @throws an Error where nothing goes on from what was read, what the servers say
   */
  async resync(seen: number): Promise<number> {
    const { chain, replica, states, stop } = this.#host
    const hasBegun = chain.sequence > 0
    const snapshot = await states.newest()
    if (snapshot === undefined && !hasBegun) return 0
    if (snapshot === undefined || snapshot.upTo <= seen) {
      throw new Error('The log has let go of what follows, and no newer state is kept.')
    }
    const found = await states.read(snapshot)
    if (found === undefined) throw new Error('The newest state is not whole.')
    if (this.#isClosed) return 0
    if (hasBegun) this.figures.resyncs += 1
    chain.begin(snapshot)
    try {
      replica.begin(found.state as Immutable<S>, snapshot, hasBegun)
    } catch (error) {
      stop(snapshot.at, messageOf(error), error)
    }
    return snapshot.upTo
  }

  get #isClosed(): boolean {
    return this.#host.facts.status === 'closed'
  }

  #count(id: string): void {
    this.figures.records += 1
    if (this.#ids.has(id)) this.figures.repeated += 1
    this.#ids.add(id)
    if (this.#ids.size <= IDS_MAX) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }

  /** Reads a state in parts; false where the log has let go of them. */
  async #fetch(entry: LogEntry, record: CommitRecord): Promise<boolean> {
    const found = await this.#host.states.read(record)
    if (found === undefined) return false
    if (!this.#isClosed) this.#take(entry, record, undefined, [found.state as Immutable<S>])
    return true
  }

  /** @param own - what it leads to, where it is of this member */
  #take(
    entry: LogEntry,
    record: CommitRecord,
    own: readonly Immutable<S>[] | undefined,
    states: readonly Immutable<S>[] = own ?? [],
  ): void {
    const { chain } = this.#host
    const isFirst = chain.version < 0
    try {
      const made = states.length > 0 ? states : this.#made(record)
      chain.take(record, entry.sequence)
      let index = 0
      for (const change of changesOf(record)) {
        // Who follows the store may have ended it at the version before.
        if (this.#isClosed) break
        this.#adopt(change, made[index] as Immutable<S>, own !== undefined, isFirst && index === 0)
        index += 1
      }
    } catch (error) {
      this.#host.stop(entry.sequence, messageOf(error), error)
      return
    }
    this.#decided(entry, record)
  }

  /** What each version of a record leads to. @throws `DELTA_INVALID`, `CODEC_INVALID` */
  #made(record: CommitRecord): Immutable<S>[] {
    if (record.ops === undefined) return [readValue(record.state, 'state') as Immutable<S>]
    const { replica } = this.#host
    let { state } = replica
    return [...changesOf(record)].map(({ ops }) => {
      state = replica.applied(state, ops)
      return state
    })
  }

  #adopt(change: Change & Labels, made: Immutable<S>, isOwn: boolean, isFirst: boolean): void {
    const { replica, adopting } = this.#host
    const state = isOwn ? made : adopting(change, made)
    if (isFirst) replica.begin(state, change, false)
    else replica.next(state, change)
    this.figures.applied += 1
  }

  #decided(entry: LogEntry, record: LogRecord): void {
    this.figures.counting += 1
    this.#host.decided(entry, record, true)
  }
}
