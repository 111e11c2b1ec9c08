import type { Immutable } from 'immer'
import type { Observable, Subscription } from 'rxjs'
import { describeValue, HeadgateError, type Instant, isHeadgateError } from '../kit/index.ts'
import { type Snapshot, StoreCore, type Write } from '../store/index.ts'
import type { Cell, EventObject } from './definition.ts'
import { Effects, type EffectsHost, type InvokeOutcome } from './effects.ts'
import type { AnyContextRecipe, Machine, StateNode } from './machine.ts'
import type { MachineState, TransitionRecord } from './machine-state.ts'
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
import { transitions } from './transitions.ts'

type State = MachineState<string, unknown>

/** What a recipe of `updateContext` would be given as its event, if it looked. */
const UPDATE_EVENT: EventObject = Object.freeze({ type: 'UPDATE' })

/**
 * Makes a store from a machine, in its initial state.
 *
 * @throws `OPTION_INVALID`, and what the `entry` of the initial state throws.
 */
export function createMachineStore<Context, Cells extends Cell>(
  machine: Machine<Context, Cells>,
  options: MachineStoreOptions = {},
): MachineStore<Context, Cells> {
  // The cast gives back the names that the class does not know; the machine's types have them.
  return new MachineStoreCore(machine as AnyMachine, options) as unknown as MachineStore<Context, Cells>
}

/** The names of states and events are plain strings here; {@link MachineStore} types them. */
class MachineStoreCore extends StoreCore<State> implements EffectsHost {
  readonly machine: AnyMachine
  readonly transitions$: Observable<TransitionRecord>
  readonly #strict: boolean
  /** The events that led into states whose effects have not started, by `attempts`. */
  readonly #entryEvents = new Map<number, EventObject>()

  constructor(machine: AnyMachine, options: MachineStoreOptions) {
    if (options.strict !== undefined && typeof options.strict !== 'boolean') {
      const received = describeValue(options.strict)
      throw new HeadgateError('OPTION_INVALID', { option: 'strict', expected: 'true or false', received })
    }
    super(initialState(machine) as State, { ...options, name: options.name ?? machine.id })
    this.machine = machine
    this.#strict = options.strict ?? false
    this.transitions$ = transitions(this)
    const effects = new Effects(this)
    this.follow(effects)
    effects.next(this.head)
  }

  get current(): string {
    return this.state.current
  }

  get context(): Immutable<unknown> {
    return this.state.context
  }

  send(given: unknown, write?: Write): SendResult {
    const event = toEvent(this.machine.id, given)
    const result = this.#apply('send()', event.type, event, write, (state, at) =>
      decide(this.machine, state, event, at),
    )
    if (result.handled) return result
    this.countUnhandled()
    if (this.#strict) throw this.#unhandled(event, result)
    return result
  }

  updateContext(recipe: AnyContextRecipe, write?: Write): Snapshot<State> {
    const before = this.head
    const snapshot = this.transact('updateContext()', 'UPDATE', write, (state) => {
      const context = runRecipes(this.machine.id, state.context, UPDATE_EVENT, recipe)
      return context === state.context ? state : Object.freeze({ ...state, context })
    })
    if (snapshot === before) this.countNoop()
    return snapshot
  }

  can(given: unknown): boolean {
    if (this.destroyed) return false
    return typeof lookUp(this.machine, this.head.state, toEvent(this.machine.id, given)) !== 'string'
  }

  is(name: string): boolean {
    return this.current === name
  }

  // ---- EffectsHost ----

  get states(): ReadonlyMap<string, StateNode> {
    return this.machine.states
  }

  takeEntryEvent(attempts: number): EventObject {
    if (this.#entryEvents.size === 0) return INIT_EVENT
    const event = this.#entryEvents.get(attempts) ?? INIT_EVENT
    for (const earlier of this.#entryEvents.keys()) if (earlier <= attempts) this.#entryEvents.delete(earlier)
    return event
  }

  schedule(ms: number, fire: () => void): Subscription {
    return this.scheduler.schedule(fire, ms)
  }

  elapsed(ms: number, isCurrent: () => boolean): void {
    this.#byItself('after', isCurrent, () => {
      const event = { type: `after.${ms}` }
      const { after } = nodeOf(this.machine, this.head.state.current)
      const taken = after.find((delayed) => delayed.ms === ms)?.transitions ?? []
      this.#apply('after', event.type, event, undefined, (state, at) =>
        takeFirst(this.machine, state, taken, event, at),
      )
    })
  }

  ended(outcome: InvokeOutcome, isCurrent: () => boolean): void {
    this.#byItself('invoke', isCurrent, () => {
      const { invoke } = nodeOf(this.machine, this.head.state.current)
      const event = outcome.done
        ? { type: 'done.invoke', output: outcome.output }
        : { type: 'error.invoke', error: outcome.error }
      const taken = (outcome.done ? invoke?.onDone : invoke?.onError) ?? []
      let failure: { error: unknown } | undefined
      this.#apply('invoke', event.type, event, undefined, (state, at) => {
        const settled = settle(state, outcome)
        try {
          return takeFirst(this.machine, settled, taken, event, at)
        } catch (error) {
          // The work has ended all the same, so its record must not stay PENDING.
          failure = { error }
          return { handled: false, reason: 'guard', state: settled }
        }
      })
      if (failure !== undefined) throw (failure as { error: unknown }).error
    })
  }

  protected override stateName(state: Immutable<State>): string {
    return state.current
  }

  /** `set`, `update` and `put` can bring any state; the tables know only the machine's. */
  protected override checkState(state: Immutable<State>): void {
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
    reason: string,
    event: EventObject,
    write: Write | undefined,
    decideNext: (state: AnyState, at: Instant) => AnyResult,
  ): SendResult {
    let result: AnyResult | undefined
    const snapshot = this.transact(operation, reason, write, (state, at) => {
      result = decideNext(state, at)
      if (result.state.attempts !== state.attempts) this.#noteEntry(result.state, event)
      return result.state
    }) as Snapshot<State>
    // The cast holds: transact() returns only after it has called its function.
    const decided = result as AnyResult | undefined as AnyResult
    return decided.handled
      ? { handled: true, snapshot, transition: decided.transition }
      : { handled: false, reason: decided.reason, snapshot }
  }

  #noteEntry({ current, attempts }: AnyState, event: EventObject): void {
    if (nodeOf(this.machine, current).invoke !== undefined) this.#entryEvents.set(attempts, event)
  }

  /**
   * Runs a step that nobody sent. What it throws has no caller: it is reported as a fault. Where a
   * subscriber suspends the writers the step waits its turn, and is dropped if the state has been left.
   */
  #byItself(phase: 'after' | 'invoke', isCurrent: () => boolean, step: () => void): void {
    try {
      step()
    } catch (error) {
      if (isHeadgateError(error, 'SUBSCRIBER_FULL')) {
        const retry = (): void => {
          if (isCurrent()) this.#byItself(phase, isCurrent, step)
        }
        // Rejects only when the store is destroyed: then there is nothing left to do.
        this.ready().then(retry, () => {})
      } else
        this.reportFault({
          subscriberId: this.machine.id,
          phase,
          error,
          version: this.head.version,
        })
    }
  }

  #unhandled(event: EventObject, refused: { reason: 'unhandled' | 'guard' | 'final' }): HeadgateError {
    const { current } = this.head.state
    const allowed = [...nodeOf(this.machine, current).on.keys()]
    const { reason } = refused
    const details = { machine: this.machine.id, state: current, event: event.type, reason, allowed }
    return new HeadgateError('EVENT_UNHANDLED', details)
  }
}

/** Marks the record of work that has ended. */
const settle = (state: AnyState, outcome: InvokeOutcome): AnyState =>
  outcome.done ? settlePending(state, 'SUCCESS') : settlePending(state, 'FAILED', messageOf(outcome.error))

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
