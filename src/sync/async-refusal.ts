import { deferredOf, HeadgateError } from '../kit/index.ts'

/**
 * Why a callback is refused that returned a promise where its answer is needed at once; undefined for one that
 * answered. A rejection of the promise is taken care of.
 */
export function asyncRefusal(option: string, returned: unknown): HeadgateError<'OPTION_INVALID'> | undefined {
  const deferred = deferredOf(returned)
  if (deferred === undefined) return undefined
  const received = `one that returned ${deferred}`
  return new HeadgateError('OPTION_INVALID', { option, expected: 'a synchronous function', received })
}
