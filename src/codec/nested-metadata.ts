/** What the state of a machine with nested states has beside its path, as text in `state_metadata`. */
import { type Budget, describeObject, fromJsonForm, invalid, parseJson } from '../json/index.ts'
import { isHeadgateError } from '../kit/index.ts'
import type { StateValue } from '../machine/index.ts'
import { ADVICE } from './codec-error.ts'
import type { WireState } from './decoded-snapshot.ts'
import { isValue } from './state-names.ts'

export const NESTED = 'dto_nested'

/** The records of regions, by the field of the message that has the number of their parallel state. */
export type Regions = Readonly<Record<string, StateValue>>

type Kept = Pick<WireState<string, unknown>, 'stays' | 'remembered'>

/** Makes the text; undefined for a machine without nested states. */
export function toNestedText({ stays, remembered }: Kept, regions: Regions): string | undefined {
  const hasRegions = Object.keys(regions).length > 0
  if (stays === undefined && !hasRegions) return undefined
  const nested = { stays: stays ?? {}, remembered: remembered ?? {}, ...(hasRegions && { regions }) }
  if (isNested(nested)) return JSON.stringify(nested)
  throw invalid('state.stays and state.remembered', EXPECTED, describeObject(stays), ADVICE.field)
}

/** Reads the text, frozen: nothing where there is none. Messages of before there were regions have none of them. */
export function fromNestedText(
  value: string | undefined,
  budget: Budget,
): { readonly kept: Kept; readonly regions: Regions } {
  if (value === undefined) return { kept: {}, regions: {} }
  let nested: unknown
  let cause: unknown
  try {
    nested = fromJsonForm(parseJson(value, budget, NESTED), NESTED, { budget, isTagged: false })
  } catch (error) {
    if (isHeadgateError(error)) throw error
    cause = error
  }
  if (!isNested(nested)) {
    throw invalid(NESTED, `JSON of ${EXPECTED}`, describeObject(value), ADVICE.sender, cause)
  }
  const { stays, remembered, regions = {} } = nested
  return { kept: { stays, remembered }, regions }
}

const EXPECTED =
  'integers by path in "stays", lists of paths by path in "remembered", states by field in "regions"'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPaths = (value: unknown): boolean =>
  Array.isArray(value) && value.every((path) => typeof path === 'string')

function isNested(value: unknown): value is Required<Kept> & { readonly regions?: Regions } {
  if (!isObject(value)) return false
  const { stays, remembered, regions = {} } = value as Kept & { regions?: unknown }
  return (
    isObject(stays) &&
    isObject(remembered) &&
    isObject(regions) &&
    Object.values(stays).every(Number.isSafeInteger) &&
    Object.values(remembered).every(isPaths) &&
    Object.values(regions).every(isValue)
  )
}
