/** What the state of a machine with nested states has beside its path, as text in `state_metadata`. */
import { type Budget, describeObject, invalid, parseJson } from '../json/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import { ADVICE } from './codec-error.ts'
import type { WireState } from './decoded-snapshot.ts'

export const NESTED = 'dto_nested'

type Nested = Pick<WireState<string, unknown>, 'stays' | 'remembered'>

/** Makes the text; undefined for a machine without nested states. */
export function toNestedText({ stays, remembered }: Nested): string | undefined {
  if (stays === undefined) return undefined
  const nested = { stays, remembered: remembered ?? {} }
  if (isNested(nested)) return JSON.stringify(nested)
  throw invalid('state.stays and state.remembered', EXPECTED, describeObject(stays), ADVICE.field)
}

/** Reads the text: nothing where there is none. */
export function fromNestedText(value: string | undefined, budget: Budget): Nested {
  if (value === undefined) return {}
  let nested: unknown
  let cause: unknown
  try {
    nested = parseJson(value, budget, NESTED)
  } catch (error) {
    if (isHeadgateError(error)) throw error
    cause = error
  }
  if (!isNested(nested)) {
    throw invalid(NESTED, `JSON of ${EXPECTED}`, describeObject(value), ADVICE.sender, cause)
  }
  for (const paths of Object.values(nested.remembered)) Object.freeze(paths)
  return { stays: Object.freeze(nested.stays), remembered: Object.freeze(nested.remembered) }
}

const EXPECTED = 'integers by path in "stays", lists of paths by path in "remembered"'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPaths = (value: unknown): boolean =>
  Array.isArray(value) && value.every((path) => typeof path === 'string')

function isNested(value: unknown): value is Required<Nested> {
  if (!isObject(value)) return false
  const { stays, remembered } = value as Nested
  return (
    isObject(stays) &&
    isObject(remembered) &&
    Object.values(stays).every(Number.isSafeInteger) &&
    Object.values(remembered).every(isPaths)
  )
}
