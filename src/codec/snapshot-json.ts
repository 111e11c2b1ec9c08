/**
 * Snapshots of any store as plain JSON, for files and for programs that have no protobuf.
 *
 * The form has a name and a version of its own, so a reader can tell it from other JSON and from later forms.
 * What `JSON.stringify` would drop or change gets a tag (json-form.ts), and the form is of version 2 then: who
 * reads version 1 only, refuses it instead of taking tags for data.
 */

import {
  Budget,
  bracketed,
  type DecodeLimits,
  describeObject,
  fromJsonForm,
  invalid,
  isPlainObject,
  readJson,
  toJsonForm,
} from '../json/index.ts'
import { isVersion } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import { ADVICE, requireObject } from './codec-error.ts'

const FORMAT = 'headgate.snapshot'
/** Without tags, and with them. */
const [PLAIN, TAGGED] = [1, 2] as const

/** A snapshot as JSON: ready for `JSON.stringify`. */
export interface SnapshotJson extends Snapshot<unknown> {
  readonly format: 'headgate.snapshot'
  /** 2 where the state holds what plain JSON cannot. */
  readonly formatVersion: 1 | 2
}

/**
 * Makes the JSON form of a snapshot. {@link fromJSON} brings back all that a state is made of: plain data,
 * collections, Map, Set, Date, typed arrays, undefined, BigInt, NaN, infinities and -0. What JSON holds is shared
 * with the snapshot, not copied. What a decoded snapshot has beyond a snapshot (`wire`) is left out.
 *
 * @throws `CODEC_INVALID` naming the path of what has no form, and how to convert it: functions, symbols, holes,
 * cycles, other objects of a class, more than 500 levels.
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
 * console.log(replica.state?.count, replica.snapshot.reason) // → 1 INIT
 * ```
 */
export function toJSON(snapshot: Snapshot<unknown>): SnapshotJson {
  requireObject(snapshot, 'the snapshot')
  const { version, reason, source, tsWall, tsMono, metadata } = snapshot
  checkFields(snapshot, ADVICE.field)
  const { form, isTagged } = toJsonForm(snapshot.state, 'state')
  return {
    format: FORMAT,
    formatVersion: isTagged ? TAGGED : PLAIN,
    version,
    state: form,
    reason,
    source,
    tsWall,
    tsMono,
    metadata,
  }
}

/**
 * Reads the JSON form of a snapshot, from its text or from the parsed value. The result is a copy, frozen at
 * every level but in Dates and typed arrays; `S` is a claim about the writer, as with `JSON.parse`.
 *
 * @throws `CODEC_INVALID` for what is not JSON, not this form, of another version of it, or incomplete, or more than
 *   the limits.
 */
export function fromJSON<S = unknown>(json: unknown, limits?: DecodeLimits): Snapshot<S> {
  const budget = new Budget(limits)
  const value = typeof json === 'string' ? readJson(json, budget, 'the JSON') : json
  const advice = 'Read only what toJSON() has made.'
  if (!isPlainObject(value)) throw invalid('the JSON', 'an object', describeObject(value), advice)
  if (value.format !== FORMAT) {
    throw invalid('format', `"${FORMAT}"`, describeObject(value.format), advice)
  }
  if (value.formatVersion !== PLAIN && value.formatVersion !== TAGGED) {
    const later = 'Read it with the version of Headgate that wrote it.'
    throw invalid('formatVersion', `${PLAIN} or ${TAGGED}`, describeObject(value.formatVersion), later)
  }
  checkFields(value, advice)
  budget.check('entriesMax', Object.keys(value.metadata as object).length, 'metadata', 'entries')
  const isTagged = value.formatVersion === TAGGED
  const state = fromJsonForm(value.state, 'state', { budget, isTagged }) as Snapshot<S>['state']
  // The cast holds for the fields, which are checked.
  const { version, reason, source, tsWall, tsMono, metadata } = value as unknown as Snapshot<S>
  const entries = fromJsonForm(metadata, 'metadata', { budget, isTagged: false }) as Snapshot<S>['metadata']
  return Object.freeze({ version, state, reason, source, tsWall, tsMono, metadata: entries })
}

type Fields = Partial<Record<keyof Snapshot<unknown>, unknown>>

function checkFields(fields: Fields, advice: string): void {
  const { version, reason, source, tsWall, tsMono, metadata } = fields
  const check = (field: string, expected: string, value: unknown, ok: boolean): void => {
    if (!ok) throw invalid(field, expected, describeObject(value), advice)
  }
  check('version', 'an integer from 0 to 2^52', version, isVersion(version))
  check('reason', 'a string', reason, typeof reason === 'string')
  check('source', 'a string', source, typeof source === 'string')
  check('tsWall', 'a finite number', tsWall, Number.isFinite(tsWall))
  check('tsMono', 'a finite number', tsMono, Number.isFinite(tsMono))
  check('metadata', 'an object', metadata, isPlainObject(metadata))
  for (const [key, entry] of Object.entries(metadata as object)) {
    check(`metadata${bracketed(key)}`, 'a string', entry, typeof entry === 'string')
  }
  for (const key of ['version', 'tsWall', 'tsMono'] as const) {
    check(key, 'a number that JSON can hold', fields[key], !Object.is(fields[key], -0))
  }
}
