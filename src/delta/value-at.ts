import { describeValue, HeadgateError } from '../kit/index.ts'
import type { JsonPointer } from './delta.ts'
import { keysOf } from './pointer.ts'
import { NOTHING, valueAlong } from './workspace.ts'

/**
 * The value at a path of a state; `undefined` where there is none. Keys are own keys; those of a collection are ids.
 *
 * @example
 * ```ts
 * import { valueAt } from 'headgate/delta'
 *
 * const state = { log: ['start'], 'a/b': 1 }
 * console.log(valueAt(state, '/log/0'), valueAt(state, '/a~1b'), valueAt(state, '/gone/x')) // → start 1 undefined
 * ```
 * @throws `OPTION_INVALID` for a path that is no JSON Pointer.
 */
export function valueAt(state: unknown, path: JsonPointer): unknown {
  const keys = typeof path === 'string' ? keysOf(path) : undefined
  if (keys === undefined) {
    throw new HeadgateError('OPTION_INVALID', {
      option: 'path',
      expected: 'a JSON Pointer',
      received: describeValue(path),
    })
  }
  const value = valueAlong(state, keys)
  return value === NOTHING ? undefined : value
}
