import type { Snapshot } from '../store/index.ts'

export type Selector = (state: unknown) => unknown
export type Equal = (previous: unknown, current: unknown) => boolean

/** The last result of a component's selectors; the component may pass a new function in each render. */
export interface Kept {
  value?: unknown
}

/**
 * Returns a reader of snapshots that runs the selector once per state: React reads several times in a render, and takes
 * a second object for a change. A result that equals the one before is replaced by it. `undefined` for a store without a
 * state.
 */
export function selected(selector: Selector, equal: Equal, kept: Kept): (of: Snapshot<unknown>) => unknown {
  let known: { readonly state: unknown; readonly value: unknown } | undefined
  return ({ version, state }) => {
    if (version < 0) return undefined
    if (known === undefined || !Object.is(known.state, state)) {
      const made = selector(state)
      const value = 'value' in kept && equal(kept.value, made) ? kept.value : made
      known = { state, value }
      kept.value = value
    }
    return known.value
  }
}
