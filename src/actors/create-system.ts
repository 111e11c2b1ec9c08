import type { BufferPolicy } from '../backpressure/index.ts'
import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'
import {
  type Cell,
  driverSymbol,
  type Machine,
  type MachineDriver,
  type MachineStore,
  type Ports,
} from '../machine/index.ts'
import type { ActorSystem } from './actor-system.ts'
import type { AnyMachineStore } from './seat.ts'
import { System } from './system.ts'

/** How a system is made. */
export interface SystemOptions {
  /**
   * What waits for the root at most, and what becomes of more; default `buffer({ capacity: 64, overflow: 'error' })`.
   */
  readonly mailbox?: BufferPolicy | undefined
}

const SYSTEM_KEYS: KnownKeys<SystemOptions> = { mailbox: true }

/**
 * Runs a machine store with its children: it starts those that its state wants, now and after each commit. See
 * docs/actors.md.
 *
 * The system owns the store: `destroy()` of either ends both.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { createSystem } from 'headgate/actors'
 *
 * const job = defineMachine({
 *   id: 'job',
 *   initial: 'RUNNING',
 *   context: {},
 *   states: { RUNNING: { on: { END: 'DONE' } }, DONE: { type: 'final' } },
 * })
 * const queue = defineMachine({
 *   id: 'queue',
 *   initial: 'ON',
 *   context: { jobs: ['a', 'b'] },
 *   states: { ON: {} },
 *   children: {
 *     job: {
 *       machine: job,
 *       keys: (context) => context.jobs,
 *       onDone: { update: (draft, { key }) => { draft.jobs = draft.jobs.filter((one) => one !== key) } },
 *     },
 *   },
 * })
 * const system = createSystem(createMachineStore(queue))
 * system.send('root/job:a', 'END')
 * await system.idle()
 * console.log(system.get('root').context.jobs, system.metrics().actors) // → [ 'b' ] 2
 * ```
 *
 * @throws `OPTION_INVALID` for what is no machine store, `SYSTEM_EXISTS` for one that has a system.
 */
export function createSystem<Context, Cells extends Cell, Io extends Ports>(
  root: MachineStore<Context, Cells, Io>,
  options: SystemOptions = {},
): ActorSystem<Machine<Context, Cells, Io>> {
  checkKeys(options, SYSTEM_KEYS, 'createSystem()')
  checkMailbox(options.mailbox)
  const driver = (root as { [driverSymbol]?: MachineDriver } | undefined)?.[driverSymbol]
  if (driver === undefined) {
    const expected = 'a store that createMachineStore() returned'
    throw new HeadgateError('OPTION_INVALID', { option: 'root', expected, received: describeValue(root) })
  }
  const { name: store } = root
  if (root.closed) throw new HeadgateError('STORE_DESTROYED', { store, operation: 'createSystem()' })
  if (driver.isSupervised) throw new HeadgateError('SYSTEM_EXISTS', { store })
  // The casts erase the names of states, events and children, and give them back.
  const system: unknown = new System(root as unknown as AnyMachineStore, driver, options.mailbox)
  return system as ActorSystem<Machine<Context, Cells, Io>>
}

function checkMailbox(mailbox: unknown): void {
  const { kind, overflow } = (mailbox ?? { kind: 'buffer' }) as Partial<BufferPolicy>
  if (kind === 'buffer' && overflow !== 'suspend') return
  const expected = 'a policy that buffer() returned, whose overflow does not suspend'
  throw new HeadgateError('OPTION_INVALID', { option: 'mailbox', expected, received: describeValue(mailbox) })
}
