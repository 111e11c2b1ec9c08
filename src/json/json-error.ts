/** What cannot be written as JSON, or read from it, is refused with `CODEC_INVALID`, its place, and what to do. */
import { describeValue, HeadgateError } from '../kit/index.ts'

/** What to do about what somebody else has sent. */
export const SENDER = 'Correct the sender of the message.'

/** Makes the error; `field` is a path, as `state.context["pose"]`. */
export function invalid(
  field: string,
  expected: string,
  received: string,
  advice: string,
  cause?: unknown,
): HeadgateError<'CODEC_INVALID'> {
  const details = { field, expected, received, advice }
  return new HeadgateError('CODEC_INVALID', details, cause === undefined ? undefined : { cause })
}

/** How much of a foreign text or path an error quotes. */
const QUOTED_MAX = 100

/** The beginning of a text that may be as long as a message. */
const beginning = (text: string): string =>
  text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text

/** A key in brackets, as the paths of errors have it: `["pose"]`. */
export const bracketed = (key: string | number): string =>
  `[${typeof key === 'number' ? key : JSON.stringify(beginning(key))}]`

/** A path as an error says it: `state["robots"][0]`; of a very long one the beginning and the end. */
export function pathOf([root, ...keys]: readonly (string | number)[]): string {
  const all = keys.map(bracketed)
  if (all.length <= QUOTED_MAX) return `${root}${all.join('')}`
  const half = QUOTED_MAX / 2
  return `${root}${all.slice(0, half).join('')}…${all.slice(-half).join('')}`
}

/** Says what a value is, and of an object also of which class. */
export function describeObject(value: unknown): string {
  if (typeof value === 'string') return describeValue(beginning(value))
  if (describeValue(value) !== 'an object') return describeValue(value)
  try {
    const name = (value as { constructor?: { name?: unknown } }).constructor?.name
    return typeof name === 'string' && name !== 'Object' && name !== ''
      ? `an instance of ${name}`
      : 'an object'
  } catch {
    return 'an object' // it throws when it is asked
  }
}
