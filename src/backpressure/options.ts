/**
 * Checks of what a policy is made with.
 *
 * What is named `require…` is always checked. What is named `check…` is checked in development only: written out like
 * this, a bundler that sets NODE_ENV leaves out the calls too.
 */
import { checkKeys, describeValue, HeadgateError, type KnownKeys, TIMER_MS_MAX } from '../kit/index.ts'

/** How an idle consumer is handed something: inside the write, or in one microtask for a whole burst. */
export type Dispatch = 'sync' | 'microtask'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** Throws `POLICY_INVALID`. */
export function refuseOption(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('POLICY_INVALID', { option, expected, received: describeValue(value) })
}

/** A count: an integer from 1, or `Infinity` where it is written out. */
export function requireCount(option: string, value: unknown): void {
  if (value === Number.POSITIVE_INFINITY) return
  if (!Number.isInteger(value) || (value as number) < 1) refuseOption(option, 'an integer from 1', value)
}

/** Milliseconds: an integer from `least` to what `setTimeout` can wait, which runs longer ones at once. */
export function requireMs(option: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > TIMER_MS_MAX) {
    refuseOption(option, `milliseconds, an integer from ${least} to ${TIMER_MS_MAX}`, value)
  }
}

export function requireDispatch(value: unknown): void {
  if (value !== 'sync' && value !== 'microtask') refuseOption('dispatch', '"sync" or "microtask"', value)
}

export function requireFlag(option: string, value: unknown): void {
  if (typeof value !== 'boolean') refuseOption(option, 'true or false', value)
}

export function checkMs(option: string, value: unknown, least: number): void {
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') requireMs(option, value, least)
}

export function checkDispatch(value: unknown): void {
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') requireDispatch(value)
}

/** Refuses names that a policy does not have; before its options are read. */
export function checkNames<Options extends object>(
  options: Options,
  known: KnownKeys<NoInfer<Options>>,
  where: string,
): void {
  if (typeof process === 'object' && process.env.NODE_ENV !== 'production') checkKeys(options, known, where)
}
