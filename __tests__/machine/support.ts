/** What the tests of the machine share: virtual time, instants, and definitions that no types check. */
import { VirtualTimeScheduler } from 'rxjs'
import {
  createMachineStore,
  defineMachine,
  type Instant,
  isHeadgateError,
  type MachineState,
  type MachineStore,
  type QCoreCells,
  type QCoreContext,
  qCoreMachine,
  type Snapshot,
  type TransitionRecord,
} from '../../src/index.ts'
import { type EventObject, type Machine, type StateValue, valueText } from '../../src/machine/index.ts'
import { caught } from '../store/support.ts'

/** A scheduler whose time passes only when the test says so. */
export class Timeline extends VirtualTimeScheduler {
  /** Timers that have not run and have not been cleared. */
  get timerCount(): number {
    return this.actions.length
  }

  /** Runs what is due up to a time, that millisecond included. */
  advanceTo(ms: number): void {
    this.maxFrames = ms
    this.flush()
    this.frame = ms
  }
}

/** A machine whose states and events are any strings: for what the types would refuse. */
export type LooseMachine<Context = unknown> = Machine<Context, { state: string; event: EventObject }>

/** Defines a machine as a caller without types does. */
export const defineLoose = <Context = unknown>(definition: unknown): LooseMachine<Context> =>
  defineMachine(definition as never) as unknown as LooseMachine<Context>

/** The problems for which a definition is refused, or none. */
export function problemsOf(definition: unknown): readonly string[] {
  const error = caught(() => {
    defineLoose(definition)
    throw undefined
  })
  if (error === undefined) return []
  if (!isHeadgateError(error, 'MACHINE_INVALID')) throw error
  return error.details.problems
}

/** An instant that is told apart from every other by its number. */
export const instant = (n: number): Instant => ({ tsWall: 1_700_000_000_000 + n, tsMono: n })

/** A record as `from → to : event (status)`, with the message where there is one. */
export const told = ({ from, to, event, status, errorMessage }: TransitionRecord<StateValue>): string =>
  `${valueText(from)} → ${valueText(to)} : ${event} (${status}${errorMessage === '' ? '' : `: ${errorMessage}`})`

/** The history of a machine's state, record by record. */
export const historyOf = (state: Pick<MachineState<StateValue, unknown>, 'history'>): string[] =>
  state.history.map(told)

/** A consumer that notes the machine's state of each snapshot. */
export const noteCurrent =
  (into: string[]) =>
  ({ state }: Snapshot<MachineState<string, unknown>>): void => {
    into.push(state.current)
  }

/** A Q-Core agent that has booted: in IDLE, at version 1. */
export function booted(): MachineStore<QCoreContext, QCoreCells> {
  const store = createMachineStore(qCoreMachine)
  store.send('BOOT_COMPLETE')
  return store
}
