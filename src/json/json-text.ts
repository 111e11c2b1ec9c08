/** Reads JSON text within a budget: what it would make is counted before it is made. */
import { isHeadgateError } from '../kit/index.ts'
import { invalid } from './json-error.ts'
import { type Budget, JSON_DEPTH_MAX } from './limits.ts'

/** What a text of this length can make costs less than counting it each time. */
const SHORT = 16_384
/** The form of a Map nests three levels for one: itself, its list, an entry. */
const TEXT_DEPTH_MAX: number = JSON_DEPTH_MAX * 4 + 8

/**
 * @throws `CODEC_INVALID` for too long or too rich a text; `SyntaxError` for one that is no JSON.
 */
export function parseJson(text: string, budget: Budget, field: string): unknown {
  budget.check('bytesMax', text.length, field, 'characters')
  if (text.length > SHORT) count(text, budget, field)
  return JSON.parse(text) as unknown
}

/**
 * Reads JSON text that a caller has handed in.
 *
 * @throws `CODEC_INVALID`, also for text that is no JSON.
 */
export function readJson(text: string, budget: Budget, field: string): unknown {
  try {
    return parseJson(text, budget, field)
  } catch (error) {
    if (isHeadgateError(error)) throw error
    throw invalid(field, 'JSON text', 'a text that is none', 'Check that it was not cut.', error)
  }
}

/** Looks at brackets and commas outside of strings. */
function count(text: string, budget: Budget, field: string): void {
  const { valuesMax } = budget.limits
  let values = 1
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = endOfString(text, at)
    else if (code === 0x2c) values += 1
    else if (code === 0x5b || code === 0x7b) {
      values += 1
      depth += 1
      if (depth > TEXT_DEPTH_MAX) throw tooDeep(field)
    } else if (code === 0x5d || code === 0x7d) depth -= 1
    if (values > valuesMax) budget.check('valuesMax', values, field, 'values in JSON')
  }
}

/** Where a string ends; an escape skips what it escapes. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at += 1
  }
  return at
}

export const tooDeep = (field: string): Error =>
  invalid(field, `nested at most ${JSON_DEPTH_MAX} deep`, 'a deeper one', 'Keep its parts in a list, by id.')
