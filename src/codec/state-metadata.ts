/**
 * The fields of a snapshot that travel as text in `state_metadata`, beside the metadata of the write.
 *
 * A text that another program wrote differently, as "007" for version 7, is kept in the metadata of the
 * decoded snapshot under its `dto_` name. The encoder uses it again while it still means the field's value, so
 * a message that is only passed on stays as it was. The `dto_` names below are the codec's own: what a writer
 * puts there is not sent.
 */

import { type Budget, bracketed, describeObject, invalid, parseJson, setOwn } from '../json/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import { ADVICE, requireObject } from './codec-error.ts'
import type { ContextData } from './context-data.ts'
import type { DecodedSnapshot, MachineSnapshot } from './decoded-snapshot.ts'
import { NESTED, type Regions, toNestedText } from './nested-metadata.ts'
import { fromSecondsText, toSecondsText } from './seconds-text.ts'
import { text } from './text.ts'

const VERSION = 'dto_version'
const REASON = 'dto_reason'
export const PREVIOUS = 'dto_prev_state'
const MONO = 'dto_ts_mono'
const CONTEXT_JSON = 'dto_context_json'
const CONTEXT_TAGGED = 'dto_context_tagged'

const OWN: ReadonlySet<string> = new Set([
  VERSION,
  REASON,
  PREVIOUS,
  MONO,
  CONTEXT_JSON,
  CONTEXT_TAGGED,
  NESTED,
])

type Metadata = Readonly<Record<string, string>>

/** The version that a text means; undefined for what is not an integer from 0 to 2^53-1. */
function parseVersion(value: string): number | undefined {
  const version = /^\d+$/.test(value) ? Number(value) : undefined
  return Number.isSafeInteger(version) ? version : undefined
}

/** The text of a number: the one it came with, if that still means it. */
function numberText(
  metadata: Metadata,
  key: string,
  value: number,
  canonical: string,
  parse: (kept: string) => number | undefined,
): string {
  const kept = metadata[key]
  return typeof kept === 'string' && Object.is(parse(kept), value) ? kept : canonical
}

/** What travels in `state_metadata` for other fields. */
interface Beside extends Pick<ContextData, 'jsonKeys' | 'taggedKeys'> {
  /** The name of the previous state. */
  readonly previous: unknown
  readonly regions: Regions
}

/** Makes `state_metadata` of a snapshot. */
export function toStateMetadata(
  snapshot: MachineSnapshot,
  { jsonKeys, taggedKeys, previous, regions }: Beside,
): Record<string, string> {
  const { version, reason, tsMono, metadata, state } = snapshot
  requireObject(metadata, 'metadata')
  if (!Number.isSafeInteger(version) || version < 0) {
    throw invalid('version', 'an integer from 0 to 2^53-1', describeObject(version), ADVICE.field)
  }
  if (!Number.isFinite(tsMono)) {
    throw invalid('tsMono', 'a finite number', describeObject(tsMono), ADVICE.field)
  }
  const entries: Record<string, string> = {}
  for (const [key, value] of Object.entries(metadata)) {
    if (!OWN.has(key))
      setOwn(entries, text(key, 'a key of metadata'), text(value, `metadata${bracketed(key)}`))
  }
  const omitted = (key: string, empty: boolean): boolean =>
    empty && snapshot.wire?.omitted.includes(key) === true
  if (!omitted(VERSION, version === 0)) {
    // -0 is an integer too, and prints as 0.
    entries[VERSION] = numberText(metadata, VERSION, version, String(version), parseVersion)
  }
  if (!omitted(REASON, reason === '')) entries[REASON] = text(reason, 'reason')
  if (previous !== null) entries[PREVIOUS] = text(previous, 'state.previous')
  if (!omitted(MONO, tsMono === 0)) {
    entries[MONO] = numberText(metadata, MONO, tsMono, toSecondsText(tsMono), fromSecondsText)
  }
  const nested = toNestedText(state, regions)
  if (nested !== undefined) entries[NESTED] = nested
  if (jsonKeys.length > 0) entries[CONTEXT_JSON] = JSON.stringify(jsonKeys)
  if (taggedKeys.length > 0) entries[CONTEXT_TAGGED] = JSON.stringify(taggedKeys)
  return entries
}

/** What `state_metadata` says. */
export interface StateMetadata
  extends Pick<DecodedSnapshot, 'version' | 'reason' | 'tsMono' | 'metadata'>,
    Pick<ContextData, 'jsonKeys' | 'taggedKeys'> {
  readonly previous: string | null
  readonly omitted: readonly string[]
}

/** Reads `state_metadata`. */
export function fromStateMetadata(entries: Metadata, budget: Budget): StateMetadata {
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(entries)) {
    if (!OWN.has(key)) setOwn(metadata, key, text(value, `state_metadata${bracketed(key)}`))
  }
  const read = (
    key: string,
    expected: string,
    parse: (value: string) => number | undefined,
    format: (value: number) => string,
  ): number => {
    const value = entries[key]
    if (value === undefined) return 0
    const number = parse(text(value, key))
    if (number === undefined) throw invalid(key, expected, describeObject(value), ADVICE.sender)
    if (format(number) !== value) metadata[key] = value
    return number
  }
  const version = read(VERSION, 'a decimal integer from 0 to 2^53-1', parseVersion, String)
  const tsMono = read(MONO, 'a decimal number of seconds', fromSecondsText, toSecondsText)
  const previous = entries[PREVIOUS]
  return {
    version,
    reason: text(entries[REASON] ?? '', REASON),
    tsMono,
    metadata: Object.freeze(metadata),
    previous: previous === undefined ? null : text(previous, PREVIOUS),
    jsonKeys: parseKeys(entries, CONTEXT_JSON, budget),
    taggedKeys: parseKeys(entries, CONTEXT_TAGGED, budget),
    omitted: [VERSION, REASON, MONO].filter((key) => !Object.hasOwn(entries, key)),
  }
}

function parseKeys(entries: Metadata, field: string, budget: Budget): readonly string[] {
  const value = entries[field] ?? '[]'
  let keys: unknown
  let cause: unknown
  try {
    keys = parseJson(value, budget, field)
  } catch (error) {
    if (isHeadgateError(error)) throw error
    cause = error
  }
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys
  throw invalid(field, 'a JSON array of strings', describeObject(value), ADVICE.sender, cause)
}
