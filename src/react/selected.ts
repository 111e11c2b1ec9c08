import type { Snapshot } from '../store/index.ts'

export type Selector = (state: unknown) => unknown
export type Equal = (previous: unknown, current: unknown) => boolean

/** What the selectors of a component returned last: it may pass a new function in each render. */
export interface Kept {
  value?: unknown
}

/**
 * What a selector makes of snapshots. It runs once a state, as React reads several times a render and takes two objects
 * for a change; and what equals the value before is that value.
 */
export function selected(selector: Selector, equal: Equal, kept: Kept): (of: Snapshot<unknown>) => unknown {
  let known: { readonly state: unknown; readonly value: unknown } | undefined
  return ({ version, state }) => {
    // A store without a state yet.
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
