import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../../kit/index.ts'

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
  /**
   * What becomes of the write where a subscriber that suspends its writers is full: `'throw'` refuses it with
   * `SUBSCRIBER_FULL`; `'overrule'` commits it, and that subscriber drops its oldest, counted and told as an
   * `'overflow'`. To wait instead, write in {@link Store.whenReady}. Default: the store's `whenFull`, else `'throw'`.
   */
  whenFull?: WhenFull | undefined
}

/** What a writer wants where a subscriber that suspends is full. */
export type WhenFull = 'throw' | 'overrule'

/** A write's label as given: a reason, or options. */
export type Write = string | WriteOptions

/** A write's label as read. */
export type ReadWrite = Omit<WriteOptions, 'metadata'> & {
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

const WRITE_KEYS: KnownKeys<WriteOptions> = {
  reason: true,
  source: true,
  expectedVersion: true,
  metadata: true,
  origin: true,
  whenFull: true,
}

/** Whether a value is one of {@link WhenFull}. */
export const isWhenFull = (value: unknown): boolean => value === 'throw' || value === 'overrule'

function refuse(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

/** Refuses what is no object, and names that nobody reads. */
function checkObject(write: unknown): void {
  if (typeof write !== 'object' || write === null) refuse('write', 'a reason (string) or an object', write)
  checkKeys(write, WRITE_KEYS, 'A write')
}

function checkText(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') refuse(option, 'a string', value)
}

/** Refuses what an untyped caller may have passed. */
function checkRead(
  { reason, source, expectedVersion, metadata, whenFull }: ReadWrite,
  givenMetadata: unknown,
): void {
  checkText('reason', reason)
  checkText('source', source)
  if (expectedVersion !== undefined && !Number.isSafeInteger(expectedVersion)) {
    refuse('expectedVersion', 'an integer', expectedVersion)
  }
  if (whenFull !== undefined && !isWhenFull(whenFull)) refuse('whenFull', '"throw" or "overrule"', whenFull)
  if ((typeof givenMetadata !== 'object' && givenMetadata !== undefined) || givenMetadata === null)
    refuse('metadata', 'an object of strings', givenMetadata)
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (typeof value !== 'string') refuse(`metadata.${key}`, 'a string', value)
  }
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check =
  typeof process === 'object' && process.env.NODE_ENV !== 'production'
    ? { object: checkObject, read: checkRead }
    : undefined

/**
 * Reads a write's label once, and checks what an untyped caller may have passed; throws `OPTION_INVALID`.
 *
 * What is used afterwards is the copy: a getter of the options is foreign code, and may write or change its mind.
 */
export function readWrite(write: Write | undefined): ReadWrite | undefined {
  if (write === undefined) return undefined
  if (typeof write === 'string') return { reason: write }
  check?.object(write)
  const { reason, source, expectedVersion, metadata: given, origin, whenFull } = write
  const metadata = given === undefined ? undefined : Object.freeze({ ...given })
  const read = { reason, source, expectedVersion, metadata, origin, whenFull }
  check?.read(read, given)
  return read
}
