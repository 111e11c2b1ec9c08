import { asyncScheduler, defer } from 'rxjs'
import { checkKeys, describeValue, HeadgateError, type KnownKeys, systemClock } from '../kit/index.ts'
import {
  contained,
  createStore,
  type Kernel,
  kernelOf,
  STORE_KEYS,
  type Store,
  type Write,
} from '../store/index.ts'
import type { Cell, StateValue } from './cells.ts'
import { isIn } from './configuration.ts'
import type { Ports } from './declared-types.ts'
import { driverSymbol, MachineDriver } from './driver.ts'
import type { AnyContextRecipe, AnyMachine, Machine } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import type { MachineStore, MachineStoreOptions, MachineStoreParameters } from './machine-store.ts'
import { outputOf } from './output.ts'
import { changes, outcomes } from './record-streams.ts'
import { beginning } from './transition.ts'

type State = MachineState<StateValue, unknown>

// A machine's history counts on frozen states.
function machineStoreKeys(): KnownKeys<MachineStoreOptions> {
  const { freeze: _always, ...shared } = STORE_KEYS
  return { ...shared, strict: true, held: true, input: true }
}

function checkOptions(options: MachineStoreOptions): void {
  checkKeys(options, machineStoreKeys(), 'createMachineStore()')
  for (const option of ['strict', 'held'] as const) {
    const value = options[option]
    if (value === undefined || typeof value === 'boolean') continue
    const received = describeValue(value)
    throw new HeadgateError('OPTION_INVALID', { option, expected: 'true or false', received })
  }
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check = typeof process === 'object' && process.env.NODE_ENV !== 'production' ? checkOptions : undefined

/** Machines of which it was said that they have no system. */
const advised = new WeakSet<AnyMachine>()

/** Says, at the first commit, that a machine with children has no system that runs them. */
function adviseSystem(driver: MachineDriver, kernel: Kernel<State>): void {
  const { machine } = driver
  if (machine.children.length === 0 || advised.has(machine)) return
  const stop = kernel.follow({
    next() {
      stop()
      if (driver.isSupervised || advised.has(machine)) return
      advised.add(machine)
      const children = machine.children.map(({ name }) => name).join(', ')
      // biome-ignore lint/suspicious/noConsole: advice in development, once for each machine
      console.warn(
        `[headgate] Machine "${machine.id}" has children (${children}), and nobody runs them: createMachineStore() makes its store alone. createSystem(store), of headgate/actors, starts them.`,
      )
    },
    complete() {},
  })
}

/** None in production; see check-keys.ts in kit. */
const advise = typeof process === 'object' && process.env.NODE_ENV !== 'production' ? adviseSystem : undefined

/**
 * Makes a store from a machine, in its initial state. A machine with children needs a system to run them: see
 * `createSystem` of `headgate/actors`.
 *
 * @throws `OPTION_INVALID`, and what the `entry` of the initial state throws.
 */
export function createMachineStore<Context, Cells extends Cell, Io extends Ports = Ports>(
  machine: Machine<Context, Cells, Io>,
  ...[options = {}]: MachineStoreParameters<Io['input']>
): MachineStore<Context, Cells, Io> {
  check?.(options)
  const { strict = false, held = false, input, ...storeOptions } = options
  const begun = beginning(machine as AnyMachine, input)
  // The cast forgets that it is frozen.
  const store = createStore(begun.state as State, {
    ...storeOptions,
    name: options.name ?? machine.id,
  })
  const { scheduler = asyncScheduler, clock = systemClock } = options
  const kernel = kernelOf<State>(store)
  const driver = new MachineDriver(machine as AnyMachine, kernel, scheduler, strict, { clock, held, input })
  driver.consequences.begun(begun)
  advise?.(driver, kernel)
  // The cast gives back the names that its types have.
  return drivenStore(store, driver) as unknown as MachineStore<Context, Cells, Io>
}

/** A store that was given more members is a machine store. */
export function drivenStore(store: Store<State>, driver: MachineDriver): MachineStore<unknown, Cell> {
  driver.attach(kernelOf<State>(store))
  const members = Object.getOwnPropertyDescriptors(membersOf(driver, store))
  return Object.defineProperties(store, {
    ...members,
    ...READ_THROUGH,
    [driverSymbol]: { value: driver },
  }) as unknown as MachineStore<unknown, Cell>
}

/** What a machine store has beside what a store has. */
function membersOf(driver: MachineDriver, store: Store<State>): object {
  const { machine } = driver
  return {
    machine,
    transitions$: contained(store, 'transitions$', changes(store)),
    events$: contained(
      store,
      'events$',
      defer(() => driver.events$),
    ),
    settled$: contained(store, 'settled$', outcomes(store)),
    send: (event: unknown, write?: Write) => driver.send(event, write),
    updateContext: (recipe: AnyContextRecipe, write?: Write) => driver.updateContext(recipe, write),
    can: (event: unknown) => driver.can(event),
    is: (path: string) => isIn(store.state.current, path),
    hasTag: (tag: string) => driver.hasTag(tag),
  }
}

/**
 * The same functions for all stores: with getters of its own each store would be of another shape to V8, which costs
 * twenty times the making of it.
 */
const READ_THROUGH = /* @__PURE__ */ Object.getOwnPropertyDescriptors({
  get current() {
    return this.state.current
  },
  get context() {
    return this.state.context
  },
  get output() {
    return outputOf(this.machine, this.state)
  },
} as ThisType<Store<State> & { readonly machine: AnyMachine }>)
