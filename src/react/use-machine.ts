import type { Immutable } from '../kit/index.ts'
import type { Cell, MachineState, MachineStore } from '../machine/index.ts'
import { useStore } from './use-store.ts'

/**
 * Returns the state of a machine (`state.current`, `state.context`) and a function that sends it events. The state is a
 * new object in each version, so it can be a memo dependency; the store (`store.is('IDLE')`) cannot, as it stays the
 * same.
 *
 * @example
 * ```ts no-run
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { useMachine } from 'headgate/react'
 * import { createElement } from 'react'
 *
 * const door = createMachineStore(
 *   defineMachine({
 *     id: 'door',
 *     initial: 'CLOSED',
 *     context: {},
 *     states: { CLOSED: { on: { OPEN: 'OPENED' } }, OPENED: { on: { CLOSE: 'CLOSED' } } },
 *   }),
 * )
 *
 * function Door() {
 *   const [{ current }, send] = useMachine(door)
 *   const isOpen = current === 'OPENED'
 *   return createElement('button', { onClick: () => send({ type: isOpen ? 'CLOSE' : 'OPEN' }) }, current)
 * }
 * ```
 */
export function useMachine<Context, Cells extends Cell>(
  store: MachineStore<Context, Cells>,
): readonly [
  state: Immutable<MachineState<Cells['state'], Context>>,
  send: MachineStore<Context, Cells>['send'],
] {
  return [useStore<MachineState<Cells['state'], Context>>(store), store.send]
}
