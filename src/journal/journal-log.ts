/** Reads the records of a journal: proves each, and puts states together. */
import { applyDelta } from '../delta/index.ts'
import { describeValue, HeadgateError } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { JournalEngine, JournalEntry } from './engine.ts'
import {
  checked,
  type JournalKeys,
  type JournalRecord,
  type RecordKind,
  recordOf,
  recordText,
  type Seal,
  snapshotOf,
  unchecked,
} from './record.ts'

/** A record as it was found; without one, it is damaged. */
export interface Found {
  readonly key: string
  readonly version: number
  readonly record: JournalRecord | undefined
}

/** The newest whole state that holds, its schema where it says so, and how many above it do not hold. */
interface FoundState<S> {
  readonly snapshot: Snapshot<S> | undefined
  readonly schema: number | undefined
  readonly skipped: number
}

/** What {@link Journal.verify} found. */
export interface Verification {
  readonly commits: number
  readonly snapshots: number
  /** Versions of records whose checksum does not match. */
  readonly damaged: readonly number[]
  /** Where versions are missing, because of `behind: 'skip'` or lost; after -1 if the first ones are missing. */
  readonly gaps: readonly [after: number, found: number][]
}

/** What a seal has made. @throws `OPTION_INVALID` for what is no text: no checksum would hold for it */
function textOf(sealed: unknown): string {
  if (typeof sealed === 'string') return sealed
  throw new HeadgateError('OPTION_INVALID', {
    option: 'seal',
    expected: 'functions that return texts',
    received: `one that returned ${describeValue(sealed)}`,
  })
}

export class JournalLog<S> {
  readonly engine: JournalEngine
  readonly keys: JournalKeys
  readonly #seal: Seal | undefined
  readonly #name: string

  constructor(engine: JournalEngine, keys: JournalKeys, name: string, seal: Seal | undefined) {
    this.engine = engine
    this.keys = keys
    this.#name = name
    this.#seal = seal
  }

  /** A promise only where the seal makes one: most journals have none, and write very many records. */
  entryOf(kind: RecordKind, record: JournalRecord): JournalEntry | Promise<JournalEntry> {
    const key = this.keys.of(kind, record.version)
    const text = recordText(record)
    const sealed = this.#seal === undefined ? text : this.#seal.encode(text)
    if (typeof sealed === 'string') return { key, text: checked(sealed) }
    return Promise.resolve(sealed).then((later) => ({ key, text: checked(textOf(later)) }))
  }

  async *records(
    kind: RecordKind,
    from?: number,
    to?: number,
    newestFirst = false,
  ): AsyncGenerator<Found, undefined> {
    for await (const { key, text } of this.engine.read({ ...this.keys.range(kind, from, to), newestFirst })) {
      yield { key, version: this.keys.versionOf(key), record: await this.#recordIn(text) }
    }
  }

  async #recordIn(text: string): Promise<JournalRecord | undefined> {
    const sealed = unchecked(text)
    if (sealed === undefined) return undefined
    // Its checksum holds, so it is what was written, and a record is an object.
    if (this.#seal === undefined && !sealed.startsWith('{')) {
      throw new HeadgateError('JOURNAL_SEALED', { journal: this.#name })
    }
    return recordOf(this.#seal === undefined ? sealed : await this.#seal.decode(sealed))
  }

  /** The newest whole state that holds, up to a version, and how many above it do not. */
  async newestState(to?: number, from = 0): Promise<FoundState<S>> {
    let skipped = 0
    for await (const { record } of this.records('s', from, to, true)) {
      if (record !== undefined && 'state' in record) {
        return { snapshot: snapshotOf<S>(record, record.state), schema: record.schema, skipped }
      }
      skipped += 1
    }
    return { snapshot: undefined, schema: undefined, skipped }
  }

  /** What was noted with a version. */
  async noteOf(version: number): Promise<string | null> {
    for (const kind of ['c', 's'] as const) {
      for await (const { record } of this.records(kind, version, version)) {
        if (record?.note !== undefined) return record.note
      }
    }
    return null
  }

  /** The versions of the whole states, oldest first. */
  async states(): Promise<number[]> {
    const versions: number[] = []
    for await (const { key } of this.engine.read(this.keys.range('s')))
      versions.push(this.keys.versionOf(key))
    return versions
  }

  /** The snapshots behind one, as far as the chain holds. */
  async *behind(base: Snapshot<S>, to?: number): AsyncGenerator<Snapshot<S>, undefined> {
    let last = base
    for await (const { record } of this.records('c', base.version + 1, to)) {
      if (record === undefined || !('ops' in record) || record.from !== last.version) return
      last = snapshotOf<S>(record, applyDelta(last.state as unknown, record.ops))
      yield last
    }
  }

  /** @throws `VERSION_NOT_KEPT` */
  async at(version: number, newest: number): Promise<Snapshot<S>> {
    const { snapshot } = await this.newestState(version)
    let last = snapshot
    if (snapshot !== undefined && snapshot.version < version) {
      for await (const next of this.behind(snapshot, version)) last = next
    }
    if (last?.version === version) return last
    const [oldest = newest] = await this.states()
    throw new HeadgateError('VERSION_NOT_KEPT', { journal: this.#name, version, oldest, newest })
  }

  /** Every snapshot that is kept of a range, in order, or from the newest back. */
  async *snapshots(from: number, to: number, newestFirst: boolean): AsyncGenerator<Snapshot<S>, undefined> {
    const states = (await this.states()).filter((version) => version <= to)
    const first = Math.max(0, states.filter((version) => version <= from).length - 1)
    const segments = states
      .slice(first)
      .map((start, at) => ({ start, end: states[first + at + 1] ?? to + 1 }))
    for (const { start, end } of newestFirst ? segments.reverse() : segments) {
      if (newestFirst) yield* (await this.#segment(start, end, from, to)).reverse()
      else for (const snapshot of await this.#segment(start, end, from, to)) yield snapshot
    }
  }

  async #segment(start: number, end: number, from: number, to: number): Promise<Snapshot<S>[]> {
    const { snapshot } = await this.newestState(start)
    if (snapshot === undefined) return []
    const found = [snapshot]
    for await (const next of this.behind(snapshot, end - 1)) found.push(next)
    return found.filter(({ version }) => version >= Math.max(from, start) && version <= to)
  }

  async verify(): Promise<Verification> {
    const damaged = new Set<number>()
    let oldest = Number.POSITIVE_INFINITY
    const gaps: [number, number][] = []
    let [commits, snapshots] = [0, 0]
    for await (const { version, record } of this.records('s')) {
      snapshots += 1
      if (record === undefined) damaged.add(version)
      else oldest = Math.min(oldest, version)
    }
    let last = oldest
    for await (const { version, record } of this.records('c')) {
      commits += 1
      const from = record?.from ?? version - 1
      if (record === undefined) damaged.add(version)
      if (version > oldest) {
        if (from !== last) gaps.push([last, version])
        last = version
      } else if (gaps.length === 0) gaps.push([-1, Number.isFinite(oldest) ? oldest : version]) // its state is gone
    }
    return { commits, snapshots, damaged: [...damaged].sort((one, other) => one - other), gaps }
  }
}
