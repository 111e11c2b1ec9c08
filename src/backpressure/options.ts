import { describeValue, HeadgateError } from '../kit/index.ts'

/** How an idle consumer is handed something: inside the write, or in one microtask for a whole burst. */
export type Dispatch = 'sync' | 'microtask'

/** Throws `POLICY_INVALID`. */
export function refuseOption(option: string, expected: string, value: unknown): never {
  throw new HeadgateError('POLICY_INVALID', { option, expected, received: describeValue(value) })
}

/** Checks a count: an integer from 1, or `Infinity` where it is written out. */
export function checkCount(option: string, value: unknown): number {
  if (value === Number.POSITIVE_INFINITY) return value
  if (!Number.isInteger(value) || (value as number) < 1) refuseOption(option, 'an integer from 1', value)
  return value as number
}

export function checkDispatch(value: unknown): Dispatch {
  if (value !== 'sync' && value !== 'microtask') refuseOption('dispatch', '"sync" or "microtask"', value)
  return value
}

const MAX_MS = 2_147_483_647

/** Checks milliseconds: an integer that `setTimeout` takes. */
export function checkMs(option: string, value: unknown, least = 0): number {
  const ms = value as number
  if (!Number.isInteger(value) || ms < least || ms > MAX_MS) {
    refuseOption(option, `milliseconds, an integer from ${least} to ${MAX_MS}`, value)
  }
  return ms
}

export function checkFlag(option: string, value: unknown): boolean {
  if (typeof value !== 'boolean') refuseOption(option, 'true or false', value)
  return value
}
