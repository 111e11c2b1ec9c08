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

/** Commits what a child's event is decided to make of the state; says whether it is handled, or would be. */
function take(
  driver: MachineDriver,
  event: EventObject,
  decideNext: NonNullable<Parameters<MachineDriver['taking']>[1]>,
): boolean {
  const { elsewhere } = driver
  if (elsewhere === undefined) return driver.apply(event.type, event, undefined, decideNext).handled
  const report = (error: unknown): void => driver.report('run', error)
  elsewhere.commit(driver.taking(event, decideNext), () => true).catch(report)
  return decideNext(driver.head.state, driver.instant()).handled
}

/** Takes the first transition of the machine itself whose guard agrees, as if its outermost state had it; see `on`. */
export function takeOwn(
  driver: MachineDriver,
  event: EventObject,
  transitions: readonly TransitionNode[],
): boolean {
  const { machine } = driver
  return take(driver, event, (state, at) => {
    const active = activeIn(machine, state)
    if (isOver(machine, active)) return { handled: false, reason: 'final', state }
    const [outermost = machine.root] = active
    const source = machine.root.kind === 'parallel' ? machine.root : outermost
    const own = transitions.map((one) => ({ ...one, source }))
    return takeFirst(machine, state, own, event, at)
  })
}
