/**
 * The context of a machine as a map of strings, and back.
 *
 *   context        { mode: 'idle', pose: { x: 1 } }
 *   context_data   { mode: 'idle', pose: '{"x":1}' }     what any reader sees
 *   json keys      ['pose']                              what tells ours which texts are JSON
 *
 * Without the list of keys the string '1' and the number 1 would be the same on the wire.
 */
import { freezeState } from '../store/index.ts'
import { ADVICE, describeObject, invalid } from './codec-error.ts'
import { isPlainObject, toJsonText } from './json-value.ts'
import { isWellFormed, setOwn, text } from './text.ts'

/** The map, and the keys whose values are JSON text. */
export interface ContextData {
  readonly data: Record<string, string>
  readonly jsonKeys: readonly string[]
}

/** Encodes a context. Keys whose value is undefined are left out. */
export function toContextData(context: unknown): ContextData {
  if (!isPlainObject(context) || Object.getOwnPropertySymbols(context).length > 0) {
    const received = isPlainObject(context) ? 'one with symbols among its keys' : describeObject(context)
    throw invalid('state.context', 'a plain object keyed by strings', received, ADVICE.field)
  }
  const data: Record<string, string> = {}
  const jsonKeys: string[] = []
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined) continue
    const field = `state.context[${JSON.stringify(key)}]`
    text(key, `the key of ${field}`)
    const asItIs = typeof value === 'string' && isWellFormed(value)
    if (!asItIs) jsonKeys.push(key)
    setOwn(data, key, asItIs ? value : toJsonText(value, field))
  }
  return { data, jsonKeys }
}

/** Decodes a context, frozen. A listed key that is not there is nothing to decode: someone on the way removed it. */
export function fromContextData({ data, jsonKeys }: ContextData): Readonly<Record<string, unknown>> {
  const json = new Set(jsonKeys)
  const context: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(data)) {
    const field = `context_data[${JSON.stringify(key)}]`
    setOwn(context, key, json.has(key) ? parse(value, field) : text(value, field))
  }
  return Object.freeze(context)
}

function parse(value: string, field: string): unknown {
  try {
    return freezeState(JSON.parse(value) as unknown)
  } catch (error) {
    throw invalid(field, 'JSON text, as dto_context_json says', describeObject(value), ADVICE.sender, error)
  }
}
