import { type Cell, type MachineStore, valueText } from '../machine/index.ts'

/** A change of state as it was published. */
export interface SeenTransition {
  readonly from: string
  readonly to: string
  readonly event: string
  readonly version: number
}

/**
 * Tells each change of state of a store, re-entries included, whether an event of a record or a timer of the
 * machine led to it.
 *
 * `transitions$` does not say the version, and works on every commit; here a commit without a change of
 * state costs one comparison.
 *
 * @returns what ends it.
 */
export function watchTransitions(
  store: MachineStore<unknown, Cell>,
  tell: (transition: SeenTransition) => void,
): () => void {
  let attempts = Number.NaN
  const subscription = store.snapshot$.subscribe(({ state, version, reason }) => {
    if (state.attempts === attempts) return
    const changes = state.attempts - attempts
    attempts = state.attempts
    // A batch publishes several at once; the first snapshot is no change. A short history tells the newest.
    const records = changes > 0 ? state.history.slice(-changes) : []
    for (const { from, to, event } of records) {
      tell({ from: valueText(from), to: valueText(to), event, version })
    }
    if (changes > 0 && records.length === 0) {
      const from = valueText(state.previous ?? state.current)
      tell({ from, to: valueText(state.current), event: reason, version })
    }
  })
  return () => subscription.unsubscribe()
}
