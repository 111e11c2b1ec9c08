/**
 * What a machine waits for: its active states that are marked `waiting`.
 *
 * An interrupt is a place in a state, and not an object that somebody keeps: it is in every snapshot, journal and
 * checkpoint of the machine. Its id is the state and the change of state that entered it, so the next stay has another.
 */
import { HeadgateError } from '../kit/index.ts'
import {
  type AnyState,
  activeIn,
  driverSymbol,
  entryTimes,
  type MachineDriver,
  recordAt,
  type StateNode,
  stayOf,
} from '../machine/index.ts'

/** One state that waits for an answer. */
export interface OpenInterrupt {
  /** Such as `AWAITING#12`. */
  readonly id: string
  /** The path of the state. */
  readonly state: string
  /** When it was entered, in milliseconds since 1970. */
  readonly since: number
  /** When its time is over; no time where it has no end. */
  readonly expiresAt: number | undefined
  /** As the definition has it. */
  readonly schema: object | undefined
  readonly meta: unknown
}

/** What is driven by a machine, or made to look like it. */
export interface Driven {
  readonly name: string
}

/** @throws `OPTION_INVALID` for what is no machine store. */
export function driverOf(store: Driven): MachineDriver {
  const driver = (store as { readonly [driverSymbol]?: MachineDriver })[driverSymbol]
  if (driver !== undefined) return driver
  const received = `the store "${store.name}"`
  throw new HeadgateError('OPTION_INVALID', { option: 'store', expected: 'a machine store', received })
}

/**
 * What a machine store waits for now, in the order of its states. A machine with regions may wait for several.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { interruptsOf } from 'headgate/agents'
 *
 * const refund = defineMachine({
 *   id: 'refund',
 *   initial: 'AWAITING',
 *   context: {},
 *   states: {
 *     AWAITING: { waiting: { expiresMs: 60_000 }, on: { APPROVE: 'PAID' }, after: { 60_000: 'REFUSED' } },
 *     PAID: {},
 *     REFUSED: {},
 *   },
 * })
 * const store = createMachineStore(refund)
 * console.log(interruptsOf(store).map(({ id }) => id)) // → [ 'AWAITING#0' ]
 * store.send('APPROVE')
 * console.log(interruptsOf(store)) // → []
 * ```
 */
export const interruptsOf = (store: Driven): readonly OpenInterrupt[] => {
  const driver = driverOf(store)
  return interruptsIn(driver, driver.head.state)
}

/** What a machine waits for in a state that it has, or had. */
export function interruptsIn(driver: MachineDriver, state: AnyState): readonly OpenInterrupt[] {
  const entered = entryTimes(driver)
  return [...activeIn(driver.machine, state)].flatMap((node) => {
    if (node.waiting === undefined) return []
    const since = state.history[recordAt(state, node)]?.tsWall ?? entered[node.name] ?? driver.wall()
    return [interruptOf(node, state, since)]
  })
}

function interruptOf(node: StateNode, state: AnyState, since: number): OpenInterrupt {
  const { schema, expiresMs } = node.waiting ?? {}
  const expiresAt = expiresMs === undefined ? undefined : since + expiresMs
  return {
    id: `${node.name}#${stayOf(state, node)}`,
    state: node.name,
    since,
    expiresAt,
    schema,
    meta: node.meta,
  }
}
