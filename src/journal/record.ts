/**
 * What a journal keeps, as text: the checksum, then JSON.
 *
 *   fleet!m                      format, schema
 *   fleet!c!0000000000000007     version 7: what it changed since `from`
 *   fleet!s!0000000000000005     version 5, whole
 *   fleet!x!c!0000000000000009   what a repair has cut off
 *
 * No engine tells of a flipped bit, and some lose records from the middle in silence. The checksum finds the one, and
 * `from`, the version before, the other.
 */
import { type Delta, deltaFromJSON, deltaToJSON } from '../delta/index.ts'
import { Budget, fromJsonForm, toJsonForm } from '../json/index.ts'
import type { Snapshot } from '../store/index.ts'
import { crc32 } from './crc32.ts'
import type { JournalRange } from './engine.ts'

type Labels = Pick<Snapshot<unknown>, 'version' | 'reason' | 'source' | 'tsWall' | 'tsMono' | 'metadata'>

/** One version: whole, or what it changed. */
export type JournalRecord = Labels & {
  readonly from: number
  readonly note?: string | undefined
} & (Whole | { readonly ops: Delta })

interface Whole {
  readonly state: unknown
  /** Of which schema the state is; journals of earlier versions say it of themselves alone. */
  readonly schema?: number | undefined
}

/** Encrypts or compresses the text of records. */
export interface Seal {
  encode(text: string): string | Promise<string>
  decode(text: string): string | Promise<string>
}

export type RecordKind = 'c' | 's'

const DIGITS = 16
const CRC_LENGTH = 8
/** Behind every key of digits. */
const END = '~'

/** The keys of one journal. */
export class JournalKeys {
  readonly meta: string
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    this.meta = `${name}!m`
  }

  of(kind: RecordKind, version: number): string {
    return `${this.#name}!${kind}!${String(version).padStart(DIGITS, '0')}`
  }

  /** Where a repair puts what was under a key. */
  aside(key: string): string {
    return `${this.#name}!x!${key.slice(this.#name.length + 1)}`
  }

  versionOf(key: string): number {
    return Number(key.slice(-DIGITS))
  }

  /** The records of a kind, between two versions that are both in it. */
  range(kind: RecordKind, from = 0, to?: number): JournalRange {
    const end = to === undefined ? `${this.#name}!${kind}!${END}` : `${this.of(kind, to)}${END}`
    return { from: this.of(kind, from), to: end }
  }
}

/** What comes before a version, and what is noted with it. */
export type Link = Pick<JournalRecord, 'from' | 'note'>

// Each record is one literal: to spread labels into it costs as much as the text of it.

/** The record of what a commit changed. */
export function changeOf(snapshot: Labels, { from, note }: Link, ops: Delta): JournalRecord {
  const { version, reason, source, tsWall, tsMono, metadata } = snapshot
  return { version, reason, source, tsWall, tsMono, metadata, from, note, ops }
}

/** The record of a whole state. */
export function wholeOf(snapshot: Snapshot<unknown>, { from, note }: Link, schema: number): JournalRecord {
  const { version, reason, source, tsWall, tsMono, metadata, state } = snapshot
  return { version, reason, source, tsWall, tsMono, metadata, from, note, schema, state }
}

const form = (value: unknown, root: string): unknown => toJsonForm(value, root).form

/** @throws `CODEC_INVALID` for a state that JSON cannot hold. */
export function recordText(record: JournalRecord): string {
  const { version, reason, source, tsWall, tsMono, from, note } = record
  const metadata = form(record.metadata, 'metadata')
  if ('ops' in record) {
    const ops = deltaToJSON(record.ops)
    return JSON.stringify({ version, reason, source, tsWall, tsMono, metadata, from, note, ops })
  }
  const { schema } = record
  const state = form(record.state, 'state')
  return JSON.stringify({ version, reason, source, tsWall, tsMono, metadata, from, note, schema, state })
}

/** A text with its checksum ahead of it. */
export const checked = (text: string): string => crc32(text).toString(16).padStart(CRC_LENGTH, '0') + text

/** The text behind a checksum; undefined where the two do not fit. */
export function unchecked(text: string): string | undefined {
  const rest = text.slice(CRC_LENGTH)
  return checked(rest) === text ? rest : undefined
}

/** A journal is as long as its writer made it; nobody else counts for him. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

/** Reads what {@link recordText} wrote, and a checksum has proved. */
export function recordOf(text: string): JournalRecord {
  const { ops, state, ...labels } = JSON.parse(text)
  const budget = new Budget({ bytesMax: UNLIMITED, valuesMax: UNLIMITED, entriesMax: UNLIMITED })
  const read = (value: unknown, root: string): unknown =>
    fromJsonForm(value, root, { budget, isTagged: true })
  const metadata = read(labels.metadata, 'metadata')
  return ops === undefined
    ? { ...labels, metadata, state: read(state, 'state') }
    : { ...labels, metadata, ops: deltaFromJSON(ops, { valuesMax: UNLIMITED }) }
}

/** The snapshot that a record makes of a state. */
export function snapshotOf<S>(record: JournalRecord, state: unknown): Snapshot<S> {
  const { version, reason, source, tsWall, tsMono, metadata } = record
  const snapshot = { version, state, reason, source, tsWall, tsMono, metadata }
  return Object.freeze(snapshot) as Snapshot<S> // the cast is the caller's claim of what he wrote
}
