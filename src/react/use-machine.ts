import type { Immutable } from '../kit/index.ts'
import type { Cell, MachineState, MachineStore } from '../machine/index.ts'
import { useStore } from './use-store.ts'

/**
 * The state of a machine and what sends it events: `state.current`, `state.context`. The state is new with each
 * version, so it may be memoized by; `store.is('IDLE')` in a render may not, as the store is always the same.
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
