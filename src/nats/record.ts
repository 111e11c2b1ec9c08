/**
 * What stands in the log, as JSON. A record names the one that it is based on; whether it counts is decided by who
 * reads it (chain.ts).
 *
 *   headgate.commit     a version: what it changed, or all of it, or where the parts of that are; and what more
 *                       versions changed that follow it: all of them count, or none
 *   headgate.claim      of a machine: a member leads for a time, or for longer
 *   headgate.release    it leads no more
 *   headgate.snapshot   a state to begin from, in a stream of its own
 */
import { deltaFromJSON } from '../delta/index.ts'
import { Budget, fromJsonForm } from '../json/index.ts'
import { isVersion } from '../kit/index.ts'
import type { EventObject } from '../machine/index.ts'

/** A state that does not fit into one message: its text in parts, which were written before what names them. */
export interface Parts {
  readonly id: string
  readonly count: number
  /** The sequence of the first one. */
  readonly first: number
}

/** What a snapshot is labelled with. */
export interface Labels {
  readonly version: number
  readonly reason: string
  readonly source: string
  readonly tsWall: number
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

interface Based {
  readonly v: 1
  /** The sequence of the record that it is based on; 0: it is the first. */
  readonly base: number
  readonly member: string
  /** It counts only while the member leads that has this fence. */
  readonly fence?: number | undefined
  /** The member has lost often: where this one does not count, the others wait so long for its next. */
  readonly turnMs?: number | undefined
}

/** A version, and what it changed. */
export interface Change extends Omit<Labels, 'version'> {
  readonly ops?: unknown
  /** Of a machine: what was sent, from which the leader knows what is to be done outside of the context. */
  readonly event?: unknown
}

export interface CommitRecord extends Based, Labels, Change {
  readonly format: 'headgate.commit'
  /** Where there are no `ops`: exactly one of these, and no `more`. */
  readonly state?: unknown
  readonly parts?: Parts | undefined
  /** The versions that follow, one by one. */
  readonly more?: readonly Change[] | undefined
}

export interface ClaimRecord extends Based {
  readonly format: 'headgate.claim'
  readonly leaseMs: number
}

export interface ReleaseRecord extends Based {
  readonly format: 'headgate.release'
}

export type LogRecord = CommitRecord | ClaimRecord | ReleaseRecord

/** Who runs what a machine does by itself. */
export interface Leader {
  readonly member: string
  /** The sequence of its claim: what it commits counts only while nobody has claimed after it. */
  readonly fence: number
  /** How long it leads after it was last heard of. */
  readonly leaseMs: number
}

/** A state to begin from, and what is known of the log where it stands. */
export interface SnapshotRecord extends Labels {
  readonly format: 'headgate.snapshot'
  readonly v: 1
  /** The sequence of the newest record that counts in it. */
  readonly at: number
  /** The sequence of the newest record that was read, as not all count. */
  readonly upTo: number
  /** The wall time of the first commit. */
  readonly began: number
  /** The wall time of the newest commit of a leader. */
  readonly ledAt?: number | undefined
  readonly leader?: Leader | undefined
  readonly state?: unknown
  readonly parts?: Parts | undefined
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isAbsentOrCount = (value: unknown): boolean => value === undefined || isCount(value)
const isTime = (value: unknown): boolean => Number.isFinite(value)

const isAbsentOrTime = (value: unknown): boolean => value === undefined || isTime(value)
const isChange = (value: unknown): boolean => {
  const { reason, source, tsWall, ops } = (value ?? {}) as Partial<Change>
  return isText(reason) && isText(source) && isTime(tsWall) && Array.isArray(ops)
}
const isAbsentOrChanges = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isChange))

const CHECKS: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  'headgate.commit': {
    base: isCount,
    member: isText,
    version: isVersion,
    reason: isText,
    source: isText,
    tsWall: isTime,
    fence: isAbsentOrCount,
    turnMs: isAbsentOrTime,
    more: isAbsentOrChanges,
  },
  'headgate.claim': {
    base: isCount,
    member: isText,
    leaseMs: isTime,
    fence: isAbsentOrCount,
    turnMs: isAbsentOrTime,
  },
  'headgate.release': { base: isCount, member: isText, fence: isCount, turnMs: isAbsentOrTime },
  'headgate.snapshot': {
    at: isCount,
    upTo: isCount,
    version: isVersion,
    reason: isText,
    source: isText,
    tsWall: isTime,
  },
}

/** Reads a record. @throws an Error that says what is wrong with it. */
export const readRecord = (text: string): LogRecord => read(text, false) as LogRecord

/** Reads a state to begin from. @throws as {@link readRecord}. */
export const readSnapshot = (text: string): SnapshotRecord => read(text, true) as SnapshotRecord

function read(text: string, isSnapshot: boolean): unknown {
  const record = JSON.parse(text) as Record<string, unknown> | null
  const format = String(record?.format)
  const checks = CHECKS[format]
  if (record === null || checks === undefined || (format === 'headgate.snapshot') !== isSnapshot) {
    throw new Error(`its format is ${JSON.stringify(record?.format)}`)
  }
  if (record.v !== 1) throw new Error(`it is of version ${JSON.stringify(record.v)} of its format`)
  for (const [key, holds] of Object.entries(checks)) {
    if (!holds(record[key])) throw new Error(`its ${key} is ${JSON.stringify(record[key])}`)
  }
  return record
}

/** The versions of a record, in order. */
export function* changesOf(record: CommitRecord): Generator<Change & Labels> {
  yield record
  for (const [index, change] of (record.more ?? []).entries()) {
    yield { ...change, version: record.version + index + 1 }
  }
}

/** What a member has read of the log is as long as its members made it; nobody else counts for them. */
const UNLIMITED = Number.MAX_SAFE_INTEGER
const LIMITS = { bytesMax: UNLIMITED, valuesMax: UNLIMITED, entriesMax: UNLIMITED }

/** The operations of a record. @throws `CODEC_INVALID` */
export const opsOf = (ops: unknown): ReturnType<typeof deltaFromJSON> => deltaFromJSON(ops, LIMITS)

/** A value from its form. @throws `CODEC_INVALID` */
export const readValue = (form: unknown, what: string): unknown =>
  fromJsonForm(form, what, { budget: new Budget(LIMITS), isTagged: true })

/** The event of a record. @throws `CODEC_INVALID` */
export const eventOf = (form: unknown): EventObject => readValue(form, 'event') as EventObject
