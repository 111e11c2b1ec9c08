import { deferredOf, HeadgateError } from '../../kit/index.ts'

export type Selector = (state: never) => unknown

/** What the followers of a selector are called: `select(byBattery)`. */
export const nameOfSelector = ({ name }: Selector): string => `select(${name === '' ? 'selector' : name})`

/**
 * Refuses what an `async` or generator function returned in the place of a selector, or of its `equal`: a promise
 * differs from the one before at every version, and as a verdict it always says yes.
 *
 * @throws `SELECTOR_ASYNC`
 */
export function synchronous<R>(result: R, what: 'selector' | 'equality', selector: Selector): R {
  if (typeof result !== 'object' || result === null) return result
  const returned = deferredOf(result)
  if (returned === undefined) return result
  throw new HeadgateError('SELECTOR_ASYNC', { selection: nameOfSelector(selector), what, returned })
}
