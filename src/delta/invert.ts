import { applyDelta } from './apply-delta.ts'
import type { Delta } from './delta.ts'
import { diff } from './diff.ts'

/**
 * The delta that takes another one back: `applyDelta(applyDelta(state, delta), invert(state, delta))` equals `state`.
 *
 * @example
 * ```ts
 * import { applyDelta, invert } from 'headgate/delta'
 *
 * const state = { speed: 3, log: ['start'] }
 * const delta = [{ op: 'remove', path: '/log/0' }] as const
 * console.log(invert(state, delta)) // → [ { op: 'add', path: '/log/0', value: 'start' } ]
 * console.log(applyDelta(applyDelta(state, delta), invert(state, delta))) // → { speed: 3, log: [ 'start' ] }
 * ```
 * @param state - the state that the delta is applied to, not the one that it leads to
 * @throws as `applyDelta` does
 */
export function invert<State>(state: State, delta: Delta): Delta {
  return diff(applyDelta(state, delta), state)
}
