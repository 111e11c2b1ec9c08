import { HeadgateError } from './errors.ts'
import { describeValue } from './foreign.ts'

/** What a timer of the platform can wait, in milliseconds: one that is set to more is due at once. */
export const TIMER_MS_MAX = 2_147_483_647

/**
 * Checks an option that a timer is set to.
 *
 * @throws `OPTION_INVALID` for anything but a number of milliseconds from `least` to {@link TIMER_MS_MAX}.
 */
export function checkTimerMs(option: string, ms: unknown, least = 0): void {
  if (typeof ms === 'number' && ms >= least && ms <= TIMER_MS_MAX) return
  const expected = `a number of milliseconds from ${least} to ${TIMER_MS_MAX}`
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(ms) })
}
