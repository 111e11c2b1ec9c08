/**
 * Snapshots of any store as plain JSON, for files and for programs that have no protobuf.
 *
 * The form has a name and a version of its own, so a reader can tell it from other JSON and from later forms.
 * What `JSON.stringify` would drop or change is refused when it is written: a reader could not tell.
 */
import type { Snapshot } from '../store/index.ts'
import { ADVICE, describeObject, invalid, requireObject } from './codec-error.ts'
import { frozenCopy, isPlainObject, requireExactJson } from './json-value.ts'

const FORMAT = 'headgate.snapshot'
const FORMAT_VERSION = 1

/** A snapshot as JSON: ready for `JSON.stringify`. */
export interface SnapshotJson<S = unknown> extends Snapshot<S> {
  readonly format: 'headgate.snapshot'
  readonly formatVersion: 1
}

/**
 * Makes the JSON form of a snapshot whose state JSON can hold. The state is shared with the snapshot, not
 * copied. What a decoded snapshot has beyond a snapshot (`wire`) is left out.
 *
 * @throws `CODEC_INVALID` naming the path of what JSON would lose: undefined, NaN, infinities, -0, BigInts,
 * functions, symbols, holes, cycles, and objects of a class, as Date, Map and Set.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { fromJSON, toJSON } from 'headgate/codec'
 *
 * const store = createStore({ count: 1 })
 * const line = JSON.stringify(toJSON(store.snapshot))
 * const replica = createStore<{ count: number }>()
 * replica.put(fromJSON(line))
 * console.log(replica.state.count, replica.snapshot.reason) // → 1 INIT
 * ```
 */
export function toJSON<S>(snapshot: Snapshot<S>): SnapshotJson<S> {
  requireObject(snapshot, 'the snapshot')
  const { version, state, reason, source, tsWall, tsMono, metadata } = snapshot
  checkFields(snapshot, ADVICE.field)
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    version,
    state,
    reason,
    source,
    tsWall,
    tsMono,
    metadata,
  }
}

/**
 * Reads the JSON form of a snapshot, from its text or from the parsed value. The result is a copy, frozen at
 * every level; `S` is a claim about the writer, as with `JSON.parse`.
 *
 * @throws `CODEC_INVALID` for what is not JSON, not this form, of another version of it, or incomplete.
 */
export function fromJSON<S = unknown>(json: unknown): Snapshot<S> {
  const value = typeof json === 'string' ? parse(json) : json
  const advice = 'Read only what toJSON() has made.'
  if (!isPlainObject(value)) throw invalid('the JSON', 'an object', describeObject(value), advice)
  if (value.format !== FORMAT) {
    throw invalid('format', `"${FORMAT}"`, describeObject(value.format), advice)
  }
  if (value.formatVersion !== FORMAT_VERSION) {
    const later = 'Read it with the version of Headgate that wrote it.'
    throw invalid('formatVersion', String(FORMAT_VERSION), describeObject(value.formatVersion), later)
  }
  checkFields(value, advice)
  // The cast holds for the fields, which are checked, and claims the state.
  const { version, state, reason, source, tsWall, tsMono, metadata } = value as unknown as Snapshot<S>
  return frozenCopy({ version, state, reason, source, tsWall, tsMono, metadata })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid('the JSON', 'JSON text', 'a text that is none', 'Check that it was not cut.', error)
  }
}

type Fields = Partial<Record<keyof Snapshot<unknown>, unknown>>

function checkFields(fields: Fields, advice: string): void {
  const { version, state, reason, source, tsWall, tsMono, metadata } = fields
  const check = (field: string, expected: string, value: unknown, ok: boolean): void => {
    if (!ok) throw invalid(field, expected, describeObject(value), advice)
  }
  const isVersion = Number.isSafeInteger(version) && (version as number) >= 0
  check('version', 'an integer from 0 to 2^53-1', version, isVersion)
  check('reason', 'a string', reason, typeof reason === 'string')
  check('source', 'a string', source, typeof source === 'string')
  check('tsWall', 'a finite number', tsWall, Number.isFinite(tsWall))
  check('tsMono', 'a finite number', tsMono, Number.isFinite(tsMono))
  check('metadata', 'an object', metadata, isPlainObject(metadata))
  for (const [key, entry] of Object.entries(metadata as object)) {
    check(`metadata[${JSON.stringify(key)}]`, 'a string', entry, typeof entry === 'string')
  }
  requireExactJson(state, 'state')
  for (const key of ['version', 'tsWall', 'tsMono'] as const) requireExactJson(fields[key], key)
}
