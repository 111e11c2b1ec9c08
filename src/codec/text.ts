/** Strings on their way to the wire. */
import { describeObject, invalid } from '../json/index.ts'
import { ADVICE } from './codec-error.ts'

/** Half of a surrogate pair: a JavaScript string may hold one, UTF-8 cannot. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether UTF-8 can hold a string as it is. */
export const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text)

/**
 * Checks that a value is a string that UTF-8 can hold. The runtime of protobuf would write U+FFFD in place of
 * a lone surrogate, and say nothing.
 */
export function text(value: unknown, field: string): string {
  if (typeof value === 'string' && isWellFormed(value)) return value
  const received = typeof value === 'string' ? 'a string with half a surrogate pair' : describeObject(value)
  throw invalid(field, 'a string that UTF-8 can hold', received, ADVICE.field)
}
