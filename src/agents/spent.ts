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

/** @throws `OPTION_INVALID` */
export function checkLimits(limits: Limits): void {
  for (const resource of [...SPENDABLE, 'ms'] as const) {
    const { [resource]: amount } = limits
    if (amount !== undefined && !(isNumber(amount) && amount >= 0))
      refuse(resource, 'a number from 0', amount)
  }
}

/**
 * NaN would spread into every later sum and compare as never exceeded; so would Infinity once it is given back.
 *
 * @throws `OPTION_INVALID`
 */
export function checkNeeds(needs: Needs): void {
  for (const resource of SPENDABLE) {
    const { [resource]: amount } = needs
    if (amount === undefined || (isNumber(amount) && amount >= 0 && amount < Number.POSITIVE_INFINITY))
      continue
    refuse(resource, 'a finite number from 0', amount)
  }
}

const isNumber = (amount: unknown): boolean => typeof amount === 'number'

function refuse(option: Resource, expected: string, amount: unknown): never {
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(amount) })
}

export const add = ({ tokens, cost, steps, since }: Spent, more: Needs): Spent => ({
  tokens: tokens + (more.tokens ?? 0),
  cost: cost + (more.cost ?? 0),
  steps: steps + (more.steps ?? 0),
  since,
})
