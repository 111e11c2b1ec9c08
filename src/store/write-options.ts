import { describeValue, HeadgateError } from '../kit/index.ts'
import { NO_METADATA } from './snapshot.ts'

/** Labels a write and states what it is based on. */
export interface WriteOptions {
  /** Why; default the operation's name: `'UPDATE'`, `'SET'`, `'BATCH'`. */
  reason?: string | undefined
  /** Who; default the store's `source`. */
  source?: string | undefined
  /** Compare-and-set: the write commits on exactly this version, or is refused with `VERSION_CONFLICT`. */
  expectedVersion?: number | undefined
  /** Strings that travel with the snapshot. */
  metadata?: Record<string, string> | undefined
  /** Anything; handed to those who follow the commits through the kernel, and kept nowhere. */
  origin?: unknown
}

/** A write's label as given: a reason, or options. */
export type Write = string | WriteOptions

/** Who and why, ready for a snapshot. */
export interface WriteLabel {
  readonly reason: string
  readonly source: string
  readonly metadata: Readonly<Record<string, string>>
}

function refuse(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

function checkText(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') refuse(option, 'a string', value)
}

/** Checks what an untyped caller may have passed; throws `OPTION_INVALID`. */
export function checkWrite(write: Write | undefined): void {
  if (write === undefined || typeof write === 'string') return
  if (typeof write !== 'object' || write === null) refuse('write', 'a reason (string) or an object', write)
  checkText('reason', write.reason)
  checkText('source', write.source)
  const { expectedVersion, metadata } = write
  if (expectedVersion !== undefined && !Number.isSafeInteger(expectedVersion)) {
    refuse('expectedVersion', 'an integer', expectedVersion)
  }
  if (metadata === undefined) return
  if (typeof metadata !== 'object' || metadata === null) refuse('metadata', 'an object of strings', metadata)
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') refuse(`metadata.${key}`, 'a string', value)
  }
}

/** Fills in what a write left out. */
export function labelOf(write: Write | undefined, reason: string, source: string): WriteLabel {
  if (write === undefined) return { reason, source, metadata: NO_METADATA }
  if (typeof write === 'string') return { reason: write, source, metadata: NO_METADATA }
  return {
    reason: write.reason ?? reason,
    source: write.source ?? source,
    metadata: write.metadata === undefined ? NO_METADATA : Object.freeze({ ...write.metadata }),
  }
}
