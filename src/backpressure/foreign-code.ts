/** What a mailbox does with results of code that it did not write. */
import { type ObservableInput, observable as observableKey } from 'rxjs'

/** Whether something has a `then`; asking may throw, where it is a getter. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown }).then === 'function'

/**
 * Whether a consumer's result is something that ends later. A collection has nothing to wait for, and to
 * walk it would cost its size with each delivery: `(entry) => seen.add(entry)` returns a whole `Set`. Of
 * what can be iterated, only a generator's iterator has work to do.
 */
export function isAwaitable(result: unknown): result is ObservableInput<unknown> {
  if (typeof result !== 'object' && typeof result !== 'function') return false
  if (result === null) return false
  if (isThenable(result)) return true
  const { next, subscribe } = result as { next?: unknown; subscribe?: unknown }
  return (
    Symbol.asyncIterator in result ||
    observableKey in result ||
    typeof subscribe === 'function' ||
    (Symbol.iterator in result && typeof next === 'function')
  )
}
