/**
 * Claim: a destroyed store lets go of everybody, and nothing holds the store: subscribers, streams with
 * waiting readers, path and function selectors, timers of `after` and invoked work in flight.
 */
import { createMachineStore, defineMachine } from '../../src/index.ts'
import type { ScenarioFactory } from '../support/scenario.ts'

const STORES = 30

const machine = defineMachine({
  id: 'busy',
  initial: 'IDLE',
  context: { robots: { one: { pose: 0 } }, log: '' },
  states: {
    IDLE: { on: { GO: 'WORKING' } },
    WORKING: {
      after: { ms: 3_600_000, target: 'IDLE' },
      invoke: { src: () => new Promise(() => {}), onDone: 'IDLE' },
    },
  },
})

const follow = (): (() => void) => {
  const store = createMachineStore(machine)
  const ballast = new Array(8).fill('captured by a subscriber')
  store.subscribe(() => ballast.length)
  store.snapshot$.subscribe(() => ballast.length)
  store.select('context', 'robots', 'one', 'pose').subscribe(() => ballast.length)
  store.select((state) => state.context.log).subscribe(() => ballast.length)
  store
    .stream()
    .next()
    .then(
      () => ballast.length,
      () => {},
    )
  store.waitFor(() => ballast.length === 0).catch(() => ballast.length)
  store.send('GO')
  return () => store.destroy()
}

export const createScenario: ScenarioFactory = ({ leak }) => {
  let pending: (() => void)[] = []
  return {
    act() {
      pending = Array.from({ length: STORES }, follow)
    },
    release() {
      // The twin destroys nothing: the timers of its machines keep the stores and all that follow them.
      if (!leak) for (const destroy of pending) destroy()
      pending = []
    },
    refresh() {},
  }
}
