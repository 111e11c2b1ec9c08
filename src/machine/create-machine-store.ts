import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import {
  checkKeys,
  describeValue,
  HeadgateError,
  type Instant,
  isHeadgateError,
  type KnownKeys,
  messageOf,
} from '../kit/index.ts'
import {
  contained,
  createStore,
  type Kernel,
  kernelOf,
  type Snapshot,
  STORE_KEYS,
  type Store,
  type Write,
} from '../store/index.ts'
import type { Cell, EventObject } from './definition.ts'
import { Effects, type EffectsHost, type InvokeOutcome } from './effects.ts'
import type { AnyContextRecipe, AnyInvokeTools, Machine, StateNode } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import type { MachineStore, MachineStoreOptions, SendResult } from './machine-store.ts'
import {
  type AnyMachine,
  type AnyResult,
  type AnyState,
  decide,
  INIT_EVENT,
  initialState,
  lookUp,
  nodeOf,
  runRecipes,
  settlePending,
  takeFirst,
  toEvent,
} from './transition.ts'
import { settled, transitions } from './transitions.ts'

type State = MachineState<string, unknown>
type History = AnyState['history']

/** What a recipe of `updateContext` would be given as its event, if it looked. */
const UPDATE_EVENT: EventObject = Object.freeze({ type: 'UPDATE' })

// A machine's history counts on frozen states.
function machineStoreKeys(): KnownKeys<MachineStoreOptions> {
  const { freeze: _always, ...shared } = STORE_KEYS
  return { ...shared, strict: true }
}

function checkOptions(options: MachineStoreOptions): void {
  checkKeys(options, machineStoreKeys(), 'createMachineStore()')
  const { strict } = options
  if (strict === undefined || typeof strict === 'boolean') return
  const received = describeValue(strict)
  throw new HeadgateError('OPTION_INVALID', { option: 'strict', expected: 'true or false', received })
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** None in production; see check-keys.ts in kit. */
const check = typeof process === 'object' && process.env.NODE_ENV !== 'production' ? checkOptions : undefined

/**
 * Makes a store from a machine, in its initial state.
 *
 * @throws `OPTION_INVALID`, and what the `entry` of the initial state throws.
 */
export function createMachineStore<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
  options: MachineStoreOptions = {},
): MachineStore<Context, Cells> {
  check?.(options)
  const { strict = false, ...storeOptions } = options
  const store = createStore(initialState(machine) as State, {
    ...storeOptions,
    name: options.name ?? machine.id,
  })
  const driver = new MachineDriver(machine as AnyMachine, store, options.scheduler ?? asyncScheduler, strict)
  // A store that was given more members is a machine store; the cast gives back the names that its types have.
  return Object.defineProperties(store, membersOf(driver)) as unknown as MachineStore<Context, Cells>
}

/** What a machine store has beside what a store has. */
function membersOf(driver: MachineDriver): PropertyDescriptorMap {
  const { machine, store } = driver
  const values = {
    machine,
    transitions$: contained(store, 'transitions$', transitions(store)),
    settled$: contained(store, 'settled$', settled(store)),
    send: (event: unknown, write?: Write) => driver.send(event, write),
    updateContext: (recipe: AnyContextRecipe, write?: Write) => driver.updateContext(recipe, write),
    can: (event: unknown) => driver.can(event),
    is: (name: string) => store.state.current === name,
  }
  return { ...mapValues(values), ...READ_THROUGH }
}

/**
 * The same functions for all stores: with getters of its own each store would be of another shape to V8, which costs
 * twenty times the making of it.
 */
const READ_THROUGH: PropertyDescriptorMap & ThisType<Store<State>> = {
  current: {
    enumerable: true,
    get() {
      return this.state.current
    },
  },
  context: {
    enumerable: true,
    get() {
      return this.state.context
    },
  },
}

const mapValues = (values: object): PropertyDescriptorMap =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { enumerable: true, value }]))

/** Drives a store by a machine. The names of states and events are plain strings here; {@link MachineStore} types them. */
class MachineDriver implements EffectsHost {
  readonly machine: AnyMachine
  readonly store: Store<State>
  readonly #kernel: Kernel<State>
  readonly #scheduler: SchedulerLike
  readonly #strict: boolean
  #unhandledEvents = 0
  #noopWrites = 0
  #lateWrites = 0
  /**
   * The events that led into states that invoke work, by the history that the change of state made: what is rolled
   * back is never looked up, and whatever else changes in a batch keeps the history.
   */
  readonly #entryEvents = new WeakMap<History, EventObject>()

  constructor(machine: AnyMachine, store: Store<State>, scheduler: SchedulerLike, strict: boolean) {
    this.machine = machine
    this.store = store
    this.#kernel = kernelOf<State>(store)
    this.#scheduler = scheduler
    this.#strict = strict
    this.#kernel.guard((_write, state) => this.#checkState(state))
    this.#kernel.measure(() => ({
      currentState: this.#kernel.head.state.current,
      noopWrites: this.#noopWrites,
      unhandledEvents: this.#unhandledEvents,
      lateWrites: this.#lateWrites,
    }))
    const effects = new Effects(this)
    this.#kernel.follow(
      { next: ({ snapshot }) => effects.next(snapshot), complete: () => effects.complete() },
      { place: 'before' },
    )
    effects.next(this.#kernel.head)
  }

  send(given: unknown, write?: Write): SendResult {
    const event = toEvent(this.machine.id, given)
    const result = this.#apply('send()', event, write, (state, at) => decide(this.machine, state, event, at))
    if (result.handled) return result
    this.#unhandledEvents += 1
    if (this.#strict) throw this.#unhandled(event, result)
    return result
  }

  updateContext(recipe: AnyContextRecipe, write?: Write): Snapshot<State> {
    const before = this.#kernel.head
    const step = (state: AnyState): AnyState => {
      const context = runRecipes(this.machine.id, state.context, UPDATE_EVENT, recipe)
      return context === state.context ? state : Object.freeze({ ...state, context })
    }
    const snapshot = this.#kernel.commit(step, labelled(write, 'UPDATE'), 'updateContext()')
    if (snapshot === before) this.#noopWrites += 1
    return snapshot
  }

  can(given: unknown): boolean {
    if (this.#kernel.destroyed) return false
    return typeof lookUp(this.machine, this.#kernel.head.state, toEvent(this.machine.id, given)) !== 'string'
  }

  // ---- EffectsHost ----

  get states(): ReadonlyMap<string, StateNode> {
    return this.machine.states
  }

  get head(): Snapshot<State> {
    return this.#kernel.head
  }

  entryEventOf({ history }: AnyState): EventObject {
    return this.#entryEvents.get(history) ?? INIT_EVENT
  }

  toolsFor(signal: AbortSignal, isCurrent: () => boolean): AnyInvokeTools {
    const bound = <R>(write: () => R): R | false => {
      if (isCurrent()) return write()
      this.#lateWrites += 1
      return false
    }
    return {
      signal,
      update: (recipe, write) => bound(() => this.updateContext(recipe as AnyContextRecipe, write)),
      send: (event, write) => bound(() => this.send(event, write)),
    }
  }

  schedule(ms: number, fire: () => void): Subscription {
    return this.#scheduler.schedule(fire, ms)
  }

  elapsed(ms: number, isCurrent: () => boolean): void {
    this.#byItself('after', isCurrent, () => {
      const event = { type: `after.${ms}` }
      const { after } = nodeOf(this.machine, this.#kernel.head.state.current)
      const taken = after.find((delayed) => delayed.ms === ms)?.transitions ?? []
      this.#apply('after', event, undefined, (state, at) => takeFirst(this.machine, state, taken, event, at))
    })
  }

  ended(outcome: InvokeOutcome, isCurrent: () => boolean): void {
    this.#byItself('invoke', isCurrent, () => {
      const { invoke } = nodeOf(this.machine, this.#kernel.head.state.current)
      const event = outcome.done
        ? { type: 'done.invoke', output: outcome.output }
        : { type: 'error.invoke', error: outcome.error }
      const taken = (outcome.done ? invoke?.onDone : invoke?.onError) ?? []
      let failure: { error: unknown } | undefined
      const result = this.#apply('invoke', event, undefined, (state, at) => {
        const settled = settle(state, outcome)
        try {
          return takeFirst(this.machine, settled, taken, event, at)
        } catch (error) {
          // The work has ended all the same, so its record must not stay PENDING.
          failure = { error }
          return { handled: false, reason: 'guard', state: settled }
        }
      })
      // Reported here: what somebody's code threw must not pass for a refusal of this write.
      if (failure !== undefined) this.#report('invoke', (failure as { error: unknown }).error)
      // The work's own failure, that no transition takes up.
      else if (!outcome.done && !result.handled) this.#report('invoke', outcome.error)
    })
  }

  /** `set`, `update` and `put` can bring any state; the tables know only the machine's. */
  #checkState(state: Immutable<State>): void {
    if (this.machine.states.has(state?.current)) return
    throw new HeadgateError('STATE_UNKNOWN', {
      machine: this.machine.id,
      received: describeValue(state?.current),
      states: [...this.machine.states.keys()],
    })
  }

  // ---- one event, one commit ----

  #apply(
    operation: string,
    event: EventObject,
    write: Write | undefined,
    decideNext: (state: AnyState, at: Instant) => AnyResult,
  ): SendResult {
    let result: AnyResult | undefined
    const step = (state: AnyState, at: Instant): AnyState => {
      result = decideNext(state, at)
      if (result.state.attempts !== state.attempts) this.#noteEntry(result.state, event)
      return result.state
    }
    const snapshot = this.#kernel.commit(step, labelled(write, event.type), operation)
    // The cast holds: commit() returns only after it has called its function.
    const decided = result as AnyResult | undefined as AnyResult
    return decided.handled
      ? { handled: true, snapshot, transition: decided.transition }
      : { handled: false, reason: decided.reason, snapshot }
  }

  #noteEntry({ current, history }: AnyState, event: EventObject): void {
    if (nodeOf(this.machine, current).invoke !== undefined) this.#entryEvents.set(history, event)
  }

  /**
   * Runs a step that nobody sent, unless the state has been left. What it throws has no caller: it is reported as a
   * fault. It waits until it may write: where a scheduler runs it inside a batch or a recipe until that is over, or it
   * would be decided on, and rolled back with, what the batch has come to; where a subscriber suspends the writers
   * until it is its turn.
   */
  #byItself(phase: 'after' | 'invoke', isCurrent: () => boolean, step: () => void): void {
    const retry = (): void => this.#byItself(phase, isCurrent, step)
    if (this.#kernel.inBatch || this.#kernel.inRecipe) {
      queueMicrotask(retry)
      return
    }
    if (!isCurrent()) return
    try {
      step()
    } catch (error) {
      const isFull = isHeadgateError(error, 'SUBSCRIBER_FULL') && error.details.store === this.store.name
      // Rejects only when the store is destroyed: then there is nothing left to do.
      if (isFull) this.store.ready().then(retry, () => {})
      else this.#report(phase, error)
    }
  }

  #report(phase: 'after' | 'invoke', error: unknown): void {
    const { version } = this.#kernel.head
    this.#kernel.report({ subscriberId: this.machine.id, phase, error, version, failures: 1 })
  }

  #unhandled(event: EventObject, refused: { reason: 'unhandled' | 'guard' | 'final' }): HeadgateError {
    const { current } = this.#kernel.head.state
    const allowed = [...nodeOf(this.machine, current).on.keys()]
    const { reason } = refused
    const details = { machine: this.machine.id, state: current, event: event.type, reason, allowed }
    return new HeadgateError('EVENT_UNHANDLED', details)
  }
}

/** A write with the reason that it has where it gives none. */
function labelled(write: Write | undefined, reason: string): Write {
  if (write === undefined) return reason
  return typeof write === 'object' && write !== null && write.reason === undefined
    ? { ...write, reason }
    : write
}

/** Marks the record of work that has ended. */
const settle = (state: AnyState, outcome: InvokeOutcome): AnyState =>
  outcome.done ? settlePending(state, 'SUCCESS') : settlePending(state, 'FAILED', messageOf(outcome.error))
