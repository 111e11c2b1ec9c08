/** Deltas as JSON: the values in the form that the codec gives to the values of a snapshot, so there is one rule. */
import {
  Budget,
  type DecodeLimits,
  describeObject,
  fromJsonForm,
  invalid,
  readJson,
  SENDER,
  toJsonForm,
} from '../json/index.ts'
import { requireDelta } from './apply-delta.ts'
import type { Delta, Operation } from './delta.ts'

/**
 * The form of a delta for `JSON.stringify`: what JSON has no form for is an object with the key `$headgate`, as in
 * the JSON of snapshots. What needs no such object is shared, not copied; a delta of plain JSON is any JSON Patch.
 *
 * @example
 * ```ts
 * import { deltaFromJSON, deltaToJSON, diff } from 'headgate/delta'
 *
 * const delta = diff({ seen: 0n }, { seen: 5n })
 * const text = JSON.stringify(deltaToJSON(delta))
 * console.log(text) // → [{"op":"replace","path":"/seen","value":{"$headgate":"bigint","value":"5"}}]
 * console.log(deltaFromJSON(text)) // → [ { op: 'replace', path: '/seen', value: 5n } ]
 * ```
 * @throws `CODEC_INVALID` naming the path of a value that JSON cannot hold: a function, a symbol, an instance of a
 *   class.
 */
export function deltaToJSON(delta: Delta): Delta {
  return delta.map((operation) => {
    if (!hasValue(operation)) return operation
    const { form, isTagged } = toJsonForm(operation.value, `the value at "${operation.path}"`)
    return isTagged ? { ...operation, value: form } : operation
  })
}

/**
 * Reads the JSON of a delta, as text or parsed; the values are copies, frozen.
 *
 * It looks at values and not at paths: `applyDelta` refuses those that lead nowhere. Members that no operation has
 * are left out.
 *
 * @param limits - how much it will read of what somebody else has sent, as for snapshots
 * @throws `CODEC_INVALID` for what {@link deltaToJSON} does not make.
 */
export function deltaFromJSON(json: unknown, limits?: Pick<DecodeLimits, 'bytesMax' | 'valuesMax'>): Delta {
  const budget = new Budget(limits)
  const parsed = typeof json === 'string' ? readJson(json, budget, 'the delta') : json
  requireDelta(parsed)
  const delta = (parsed as unknown[]).map((operation, index) => readOperation(operation, index, budget))
  return Object.freeze(delta)
}

const hasValue = (operation: Operation): operation is Extract<Operation, { value: unknown }> =>
  Object.hasOwn(operation, 'value')

const TEXTS = ['op', 'path', 'from', 'before'] as const

function readOperation(given: unknown, index: number, budget: Budget): Operation {
  const place = `delta[${index}]`
  if (typeof given !== 'object' || given === null) {
    throw invalid(place, 'an operation', describeObject(given), SENDER)
  }
  budget.spend(1, place)
  const operation: Record<string, unknown> = {}
  for (const name of TEXTS) {
    const text = (given as Record<string, unknown>)[name]
    if (typeof text === 'string') operation[name] = text
    else if (text !== undefined) throw invalid(`${place}.${name}`, 'a string', describeObject(text), SENDER)
  }
  if (Object.hasOwn(given, 'value')) {
    const { value } = given as { value: unknown }
    operation.value = fromJsonForm(value, `${place}.value`, { budget, isTagged: true })
  }
  return Object.freeze(operation) as unknown as Operation
}

/**
 * Whether a delta is worth sending: its text is at most half as long as that of the state. A delta that is longer
 * costs both sides more than the state does. `diff` with `operationsMax` refuses many of them before they have
 * a text.
 *
 * @param delta - its text, or the bytes of it
 * @param state - the text of the state, or of one about as long: that of the last one that was sent will do
 */
export function deltaPays(delta: { readonly length: number }, state: { readonly length: number }): boolean {
  return delta.length * 2 <= state.length
}
