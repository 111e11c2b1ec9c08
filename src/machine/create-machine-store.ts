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
import type { Cell, StateValue } from './cells.ts'
import { activeNodes, isIn, valueText } from './configuration.ts'
import type { EventObject } from './definition.ts'
import { Effects, type EffectsHost, type InvokeOutcome } from './effects.ts'
import type { AnyContextRecipe, AnyInvokeTools, Machine, StateNode } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import type { MachineStore, MachineStoreOptions, SendResult } from './machine-store.ts'
import { runThree } from './recipes.ts'
import { settlePending } from './records.ts'
import {
  type AnyMachine,
  type AnyResult,
  type AnyState,
  decide,
  INIT_EVENT,
  initialState,
  lookUp,
  nodeOf,
  takeEventless,
  takeFirst,
  toEvent,
} from './transition.ts'
import { settled, transitions } from './transitions.ts'

type State = MachineState<StateValue, unknown>
type Sent = SendResult<StateValue, unknown>
type History = AnyState['history']
/** By the change of state that entered the states, as told by `attempts`. */
type EntryEvents = ReadonlyMap<number, EventObject>

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
    is: (path: string) => isIn(store.state.current, path),
    hasTag: (tag: string) => driver.hasTag(tag),
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
  readonly #entryEvents = new WeakMap<History, EntryEvents>()

  constructor(machine: AnyMachine, store: Store<State>, scheduler: SchedulerLike, strict: boolean) {
    this.machine = machine
    this.store = store
    this.#kernel = kernelOf<State>(store)
    this.#scheduler = scheduler
    this.#strict = strict
    this.#kernel.guard((_write, state) => this.#checkState(state))
    this.#kernel.measure(() => ({
      currentState: valueText(this.#kernel.head.state.current),
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

  send(given: unknown, write?: Write): Sent {
    const event = toEvent(this.machine.id, given)
    const result = this.#apply('send()', event, write, (state, at) => decide(this.machine, state, event, at))
    if (result.handled) return result
    this.#unhandledEvents += 1
    if (this.#strict) throw this.#unhandled(event, result)
    return result
  }

  updateContext(recipe: AnyContextRecipe, write?: Write): Snapshot<State> {
    const before = this.#kernel.head
    const step = (state: AnyState, at: Instant): AnyState => {
      const context = runThree(this.machine.id, state.context, UPDATE_EVENT, recipe)
      if (context === state.context) return state
      const updated = takeEventless(this.machine, Object.freeze({ ...state, context }), UPDATE_EVENT, at)
      this.#noteEntry(state, updated, UPDATE_EVENT)
      return updated
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

  hasTag(tag: string): boolean {
    return this.#active.some(({ tags }) => tags.includes(tag))
  }

  get #active(): readonly StateNode[] {
    // The cast holds: a store refuses what is no state of its machine.
    return activeNodes(this.machine, this.store.state.current) as readonly StateNode[]
  }

  get head(): Snapshot<State> {
    return this.#kernel.head
  }

  entryEventOf({ history }: AnyState, stay: number): EventObject {
    return this.#entryEvents.get(history)?.get(stay) ?? INIT_EVENT
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

  elapsed({ after }: StateNode, ms: number, isCurrent: () => boolean): void {
    this.#byItself('after', isCurrent, () => {
      const event = { type: `after.${ms}` }
      const taken = after.find((delayed) => delayed.ms === ms)?.transitions ?? []
      this.#apply('after', event, undefined, (state, at) => takeFirst(this.machine, state, taken, event, at))
    })
  }

  ended(
    node: StateNode,
    outcome: InvokeOutcome,
    { isCurrent, isLast }: { isCurrent(): boolean; isLast(): boolean },
  ): void {
    this.#byItself('invoke', isCurrent, () => {
      const { invoke } = node
      const event = outcome.done
        ? { type: 'done.invoke', output: outcome.output }
        : { type: 'error.invoke', error: outcome.error }
      const taken = (outcome.done ? invoke?.onDone : invoke?.onError) ?? []
      let failure: { error: unknown } | undefined
      const result = this.#apply('invoke', event, undefined, (state, at) => {
        const settled = settle(state, node, outcome, isLast())
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
    if (activeNodes(this.machine, state?.current) !== undefined) return
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
  ): Sent {
    let result: AnyResult | undefined
    const step = (state: AnyState, at: Instant): AnyState => {
      result = decideNext(state, at)
      this.#noteEntry(state, result.state, event)
      return result.state
    }
    const snapshot = this.#kernel.commit(step, labelled(write, event.type), operation)
    // The cast holds: commit() returns only after it has called its function.
    const decided = result as AnyResult | undefined as AnyResult
    return decided.handled
      ? { handled: true, snapshot, transition: decided.transition }
      : { handled: false, reason: decided.reason, snapshot }
  }

  /** Keeps the event for the work that the entered states invoke, and those of the states that are not left. */
  #noteEntry(before: AnyState, { attempts, current, history, stays }: AnyState, event: EventObject): void {
    if (attempts === before.attempts || !this.#invokes(current)) return
    const kept = stays === undefined ? undefined : this.#entryEvents.get(before.history)
    const events = [...(kept ?? [])].filter(([stay]) => Object.values(stays ?? {}).includes(stay))
    this.#entryEvents.set(history, new Map([...events, [attempts, event]]))
  }

  #invokes(current: unknown): boolean {
    const { machine } = this
    if (!machine.composed) return nodeOf(machine, current).invoke !== undefined
    return activeNodes(machine, current)?.some(({ invoke }) => invoke !== undefined) === true
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
    const allowed = [...new Set(this.#active.flatMap(({ on }) => [...on.keys()]))]
    const { reason } = refused
    const state = valueText(current)
    const details = { machine: this.machine.id, state, event: event.type, reason, allowed }
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
function settle(state: AnyState, node: StateNode, outcome: InvokeOutcome, isLast: boolean): AnyState {
  if (!outcome.done) return settlePending(state, node, 'FAILED', messageOf(outcome.error))
  // One that began other work too has not succeeded before all of it has.
  return isLast ? settlePending(state, node, 'SUCCESS') : state
}
