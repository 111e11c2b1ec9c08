import { describeValue, HeadgateError } from '../kit/index.ts'
import type { Selection } from '../store/index.ts'

/**
 * What a binding follows: the part at a path, what a selector returns, or without both the whole state.
 *
 * A binding subscribes to it at once and, when it is asked, reads `value`: that is of a version that was published, and
 * the same version for everybody who reads the store, also before all of them have been told of it.
 *
 * @throws `OPTION_INVALID` for what nothing can be selected of.
 */
export function partOf(store: unknown, args: readonly unknown[]): Selection<unknown> {
  const { select } = (store ?? {}) as { select?: (...args: readonly unknown[]) => Selection<unknown> }
  if (typeof select === 'function') return select(...args)
  throw new HeadgateError('OPTION_INVALID', {
    option: 'store',
    expected: 'a store, a machine store, a view or another Readable',
    received: describeValue(store),
  })
}
