import {
  type AnyMachine,
  type AnyState,
  activeIn,
  type EventObject,
  isOver,
  type MachineDriver,
  type TransitionNode,
  takeFirst,
} from '../machine/index.ts'

/** Whether a machine has come to its end. */
export const isFinal = (machine: AnyMachine, state: AnyState): boolean =>
  machine.composed
    ? isOver(machine, activeIn(machine, state))
    : machine.states.get(state.current as string)?.final === true

/** Takes the first transition of the machine itself whose guard agrees, as if its outermost state had it; see `on`. */
export function takeOwn(
  driver: MachineDriver,
  event: EventObject,
  transitions: readonly TransitionNode[],
): boolean {
  const { machine } = driver
  return driver.take(event, (state, at) => {
    const active = activeIn(machine, state)
    if (isOver(machine, active)) return { handled: false, reason: 'final', state }
    const [outermost = machine.root] = active
    const source = machine.root.kind === 'parallel' ? machine.root : outermost
    const own = transitions.map((one) => ({ ...one, source }))
    return takeFirst(machine, state, own, event, at)
  })
}
