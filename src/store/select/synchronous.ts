import { deferredOf, HeadgateError } from '../../kit/index.ts'

/**
 * Refuses what an `async` or generator function returned in the place of a selector, or of its `equal`: a promise
 * differs from the one before at every version, and as a verdict it always says yes.
 *
 * @throws `SELECTOR_ASYNC`
 */
export function synchronous<R>(result: R, what: 'selector' | 'equality', selection: string): R {
  if (typeof result !== 'object' || result === null) return result
  const returned = deferredOf(result)
  if (returned !== undefined) throw new HeadgateError('SELECTOR_ASYNC', { selection, what, returned })
  return result
}
