/**
 * The context of a machine as a map of strings, and back.
 *
 *   context        { mode: 'idle', pose: { x: 1 } }
 *   context_data   { mode: 'idle', pose: '{"x":1}' }     what any reader sees
 *   json keys      ['pose']                              what tells ours which texts are JSON
 *   tagged keys    []                                    and which are JSON with tags: a Date, a Map, NaN
 *
 * Without the list of keys the string '1' and the number 1 would be the same on the wire.
 */

import {
  type Budget,
  bracketed,
  describeObject,
  fromJsonForm,
  invalid,
  isPlainObject,
  parseJson,
  setOwn,
  toJsonText,
} from '../json/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import { ADVICE } from './codec-error.ts'
import { isWellFormed, text } from './text.ts'

/** The map, and the keys whose values are JSON text. */
export interface ContextData {
  readonly data: Record<string, string>
  readonly jsonKeys: readonly string[]
  /** The keys whose values are JSON text in which there are tags: the form of json-form.ts. */
  readonly taggedKeys: readonly string[]
}

/** Encodes a context. */
export function toContextData(context: unknown): ContextData {
  if (!isPlainObject(context) || Object.getOwnPropertySymbols(context).length > 0) {
    const received = isPlainObject(context) ? 'one with symbols among its keys' : describeObject(context)
    throw invalid('state.context', 'a plain object keyed by strings', received, ADVICE.field)
  }
  const data: Record<string, string> = {}
  const jsonKeys: string[] = []
  const taggedKeys: string[] = []
  for (const [key, value] of Object.entries(context)) {
    const field = `state.context${bracketed(key)}`
    text(key, `the key of ${field}`)
    if (typeof value === 'string' && isWellFormed(value)) {
      setOwn(data, key, value)
      continue
    }
    const json = toJsonText(value, field)
    ;(json.isTagged ? taggedKeys : jsonKeys).push(key)
    setOwn(data, key, json.text)
  }
  return { data, jsonKeys, taggedKeys }
}

/** Decodes a context, frozen. A listed key that is not there is nothing to decode: someone on the way removed it. */
export function fromContextData(
  { data, jsonKeys, taggedKeys }: ContextData,
  budget: Budget,
): Readonly<Record<string, unknown>> {
  const tagged = new Set(taggedKeys)
  const json = new Set([...jsonKeys, ...tagged])
  const context: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(data)) {
    const field = `context_data${bracketed(key)}`
    const isTagged = tagged.has(key)
    const read = (): unknown => fromJsonForm(parse(value, field, budget), field, { budget, isTagged })
    setOwn(context, key, json.has(key) ? read() : text(value, field))
  }
  return Object.freeze(context)
}

function parse(value: string, field: string, budget: Budget): unknown {
  try {
    return parseJson(value, budget, field)
  } catch (error) {
    if (isHeadgateError(error)) throw error
    throw invalid(field, 'JSON text, as dto_context_json says', describeObject(value), ADVICE.sender, error)
  }
}
