/** What keeps the state of one actor, and the driver of its machine: a {@link LightKernel}, or a store. */
import {
  type AnyMachine,
  type AnyState,
  type Beginning,
  type Cell,
  drivenStore,
  MachineDriver,
  type MachineStore,
} from '../machine/index.ts'
import {
  createStore,
  firstSnapshot,
  type Kernel,
  kernelOf,
  type Snapshot,
  type Store,
  type StoreOptions,
  settleState,
} from '../store/index.ts'
import type { Actor } from './actor.ts'
import type { ActorState } from './actor-snapshot.ts'
import { LightKernel } from './light-kernel.ts'
import type { SystemCore } from './system-core.ts'

export type AnyMachineStore = MachineStore<unknown, Cell>

export class Seat {
  readonly driver: MachineDriver
  #kernel: LightKernel | Kernel<ActorState>
  #store: AnyMachineStore | undefined

  private constructor(
    driver: MachineDriver,
    kernel: LightKernel | Kernel<ActorState>,
    store?: AnyMachineStore,
  ) {
    this.driver = driver
    this.#kernel = kernel
    this.#store = store
  }

  /** One of its own; `driver.running.tell(head)` begins it. */
  static light(
    machine: AnyMachine,
    name: string,
    begin: Beginning | Snapshot<ActorState>,
    { system, actor, input }: { system: SystemCore; actor: Actor; input: unknown },
  ): Seat {
    const { clock, scheduler } = system
    const first = 'version' in begin ? settled(begin, name) : firstOf(begin.state, name, system)
    const kernel = new LightKernel(name, clock, first, {
      next: (snapshot) => driver.running.tell(snapshot),
      threw: (error) => actor.failed('after', error),
      reported: (fault) => system.report(actor, fault.phase, fault.error, 1),
    })
    const driver = new MachineDriver(machine, kernel, scheduler, false, { clock, input })
    if (!('version' in begin)) driver.consequences.begun(begin)
    return new Seat(driver, kernel)
  }

  /** That of a machine store. */
  static of(store: AnyMachineStore, driver: MachineDriver): Seat {
    return new Seat(driver, kernelOf<ActorState>(store), store)
  }

  get head(): Snapshot<ActorState> {
    return this.#kernel.head
  }

  /** Whether it is in the middle of an event. */
  get isBusy(): boolean {
    return this.#kernel.inRecipe || this.#kernel.inBatch
  }

  /** The store, where somebody has asked for it. */
  get store(): AnyMachineStore | undefined {
    return this.#store
  }

  commit(state: AnyState, reason: string): void {
    this.#kernel.commitSettled(() => state, { reason, whenFull: 'overrule' }, 'a restart')
  }

  /** The store, which is made when it is asked for first. */
  open(options: StoreOptions): AnyMachineStore {
    if (this.#store !== undefined) return this.#store
    // The casts hold: it has a state from the third line on, and without a store it is light.
    const store = createStore<ActorState>(undefined, options) as Store<ActorState>
    const light = this.#kernel as LightKernel
    const kernel = kernelOf<ActorState>(store)
    kernel.adopt(light.head)
    light.handOver(kernel)
    this.#kernel = kernel
    this.#store = drivenStore(store, this.driver)
    return this.#store
  }

  /** Ends all that runs in it, and all who follow it. */
  end(): void {
    if (this.#store !== undefined) this.#store.destroy()
    else {
      this.driver.end()
      ;(this.#kernel as LightKernel).stop()
    }
  }
}

function firstOf(state: AnyState, name: string, { clock }: SystemCore): Snapshot<ActorState> {
  // The cast forgets that it is frozen.
  return firstSnapshot(state as ActorState, { name, source: name, clock, freeze: true })
}

function settled(snapshot: Snapshot<ActorState>, name: string): Snapshot<ActorState> {
  const subject = `store "${name}"`
  const state = settleState(snapshot.state, undefined, { subject, operation: 'restore()', freeze: true })
  return Object.freeze({ ...snapshot, state })
}
