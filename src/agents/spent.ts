/** What a budget counts: limits, what a call needs, and what was spent, which is state. */
import { describeValue, HeadgateError } from '../kit/index.ts'

/** What may be spent; what is left out is without a limit. */
export interface Limits {
  readonly tokens?: number
  /** In any currency. */
  readonly cost?: number
  /** Milliseconds since the first call began. */
  readonly ms?: number
  /** Calls. */
  readonly steps?: number
}

export type Resource = keyof Limits

/** What a call takes at most; each call is a step. */
export type Needs = Omit<Limits, 'ms'>

/** What was spent: to be kept in the context, as `spent`. */
export interface Spent {
  readonly tokens: number
  readonly cost: number
  readonly steps: number
  /** When the first call began, in milliseconds since 1970. */
  readonly since: number | null
}

/** A context that keeps what was spent. */
export interface WithSpent {
  readonly spent: Spent
}

export const SPENDABLE = ['tokens', 'cost', 'steps'] as const

/**
 * NaN would spread into every later sum and compare as never exceeded. Infinity is a limit, but cannot be spent: it
 * could not be given back.
 *
 * @throws `OPTION_INVALID`
 */
export function checkAmounts(amounts: Limits, mayBeInfinite = false): void {
  for (const option of [...SPENDABLE, 'ms'] as const) {
    const amount: unknown = amounts[option]
    const isAmount = typeof amount === 'number' && amount >= 0 && (mayBeInfinite || Number.isFinite(amount))
    if (amount === undefined || isAmount) continue
    const expected = mayBeInfinite ? 'a number from 0' : 'a finite number from 0'
    throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(amount) })
  }
}

export const add = ({ tokens, cost, steps, since }: Spent, more: Needs): Spent => ({
  tokens: tokens + (more.tokens ?? 0),
  cost: cost + (more.cost ?? 0),
  steps: steps + (more.steps ?? 0),
  since,
})
