import { type Observable, type SchedulerLike, Subject, type Subscription } from 'rxjs'
import type { Immutable } from '../kit/index.ts'
import { type Clock, type Instant, instantOf, systemClock } from '../kit/index.ts'
import type { Kernel, Snapshot, Store, Write } from '../store/index.ts'
import type { StateValue } from './cells.ts'
import { activeNodes, valueText } from './configuration.ts'
import { Consequences } from './consequences.ts'
import type { EventObject } from './definition.ts'
import { unhandledError, unknownStateError } from './driver-errors.ts'
import type { EffectsHost } from './effects.ts'
import type { Elsewhere, Taking } from './elsewhere.ts'
import { invokeTools } from './invoke-tools.ts'
import { labelled } from './labelled.ts'
import { type AnyState, activeIn, lookUp } from './look-up.ts'
import type { AnyContextRecipe, AnyInvokeTools, AnyMachine } from './machine.ts'
import type { MachineState } from './machine-state.ts'
import type { SendResult } from './machine-store.ts'
import { OwnWrites } from './own-writes.ts'
import { runThree } from './recipes.ts'
import { Running } from './running.ts'
import type { AnyResult } from './take.ts'
import { decide, takeEventless, toEvent } from './transition.ts'

type State = MachineState<StateValue, unknown>
type Sent = SendResult<StateValue, unknown>
/** What is decided otherwise than by the tables of a state. */
type DecideNext = (state: AnyState, at: Instant) => AnyResult

/** What a recipe of `updateContext` would be given as its event, if it looked. */
const UPDATE_EVENT: EventObject = Object.freeze({ type: 'UPDATE' })

/** What a driver needs of the kernel of its store. */
export type DriverKernel = Pick<
  Kernel<State>,
  'head' | 'inBatch' | 'inRecipe' | 'destroyed' | 'commitSettled' | 'report'
> & { readonly store: Pick<Store<State>, 'name' | 'ready'> }

/** Where the driver of a machine store is found; the same in every copy of the package. */
export const driverSymbol: unique symbol = Symbol.for('headgate.driver')

/** What a driver may be given beside its machine. */
export interface DriverOptions {
  readonly clock?: Clock
  /** Whether it waits for {@link Running.start}. */
  readonly held?: boolean
  /** What the machine was made with. */
  readonly input?: unknown
}

/**
 * Drives a store by a machine. The names of states and events are plain strings here; {@link MachineStore} types them.
 */
export class MachineDriver implements EffectsHost {
  readonly machine: AnyMachine
  kernel: DriverKernel
  /** What it does by itself. */
  readonly running: Running
  /** The time of the timers, and that of the wall, in milliseconds. */
  readonly now: () => number
  readonly wall: () => number
  readonly instant: () => Instant
  readonly #scheduler: SchedulerLike
  readonly #strict: boolean
  /** What its own step has made, which needs no check. */
  #made: AnyState | undefined
  #unhandledEvents = 0
  #noopWrites = 0
  #lateWrites = 0
  /** What follows from its events beside its states. */
  readonly consequences: Consequences
  /** What it writes that nobody sent. */
  readonly own: OwnWrites
  #emitted: Subject<EventObject> | undefined
  /** What the machine was made with. */
  readonly input: unknown
  /**
   * Who commits, where the store is not this machine's to write; while it is held, it does nothing outside of its
   * context.
   */
  elsewhere: Elsewhere | undefined

  constructor(
    machine: AnyMachine,
    kernel: DriverKernel,
    scheduler: SchedulerLike,
    strict: boolean,
    { clock = systemClock, held = false, input }: DriverOptions = {},
  ) {
    this.machine = machine
    this.kernel = kernel
    this.#scheduler = scheduler
    this.#strict = strict
    this.now = () => scheduler.now()
    this.wall = () => clock.wall()
    this.instant = () => instantOf(clock)
    this.input = input
    this.consequences = new Consequences(this)
    this.running = new Running(this, held)
    this.own = new OwnWrites(this, this.running)
  }

  /** Drives a store from now on: guards it, follows it, and adds to its figures. */
  attach(kernel: Kernel<State>): void {
    this.kernel = kernel
    kernel.guard((_write, state) => {
      const isOwn = state === this.#made
      this.#made = undefined
      if (isOwn) return
      this.checkState(state)
      this.consequences.note(kernel.head.state, state)
    })
    kernel.measure(() => ({
      currentState: valueText(kernel.head.state.current),
      noopWrites: this.#noopWrites,
      unhandledEvents: this.#unhandledEvents,
      lateWrites: this.#lateWrites,
    }))
    kernel.follow(
      { next: ({ snapshot, origin }) => this.running.tell(snapshot, origin), complete: () => this.end() },
      { place: 'before' },
    )
    this.running.tell(kernel.head)
  }

  /** What those write with who follow from the machine. */
  get hands(): ReturnType<Elsewhere['hands']> {
    return this.elsewhere?.hands(() => true) ?? this
  }

  /** Whether what follows outside of the context is done by somebody else. */
  get isQuiet(): boolean {
    return this.elsewhere !== undefined && this.running.isHeld
  }

  /** Whether nobody is told of the newest write yet. */
  get isUntold(): boolean {
    return this.kernel.inBatch || this.running.waits
  }

  get destroyed(): boolean {
    return this.kernel.destroyed
  }

  get isSupervised(): boolean {
    return this.running.supervisor !== undefined
  }

  /** Ends all that runs. */
  end(): void {
    this.running.end()
    this.#emitted?.complete()
  }

  /** What is emitted, from now on. */
  get events$(): Observable<EventObject> {
    this.#emitted ??= new Subject()
    return this.#emitted
  }

  emit(event: unknown): void {
    // The cast holds: types say which events there are, and nothing here depends on it.
    this.#emitted?.next(event as EventObject)
  }

  send(given: unknown, write?: Write): Sent {
    const event = toEvent(this.machine.id, given)
    const result = this.apply('send()', event, write)
    if (result.handled) return result
    this.#unhandledEvents += 1
    if (this.#strict) throw unhandledError(this.machine, this.head.state, event, result.reason)
    return result
  }

  updateContext(recipe: AnyContextRecipe, write?: Write): Snapshot<State> {
    const before = this.kernel.head
    const { step } = this.updating(recipe)
    const snapshot = this.kernel.commitSettled(step, labelled(write, 'UPDATE'), 'updateContext()')
    if (snapshot === before) this.#noopWrites += 1
    return snapshot
  }

  /** What a recipe makes of the context, and all that follows without an event. */
  updating(recipe: AnyContextRecipe): Taking {
    return this.taking(UPDATE_EVENT, (state, at) => {
      const context = runThree(this.machine.id, state.context, UPDATE_EVENT, recipe)
      if (context === state.context) return { handled: true, state } as AnyResult
      return takeEventless(this.machine, Object.freeze({ ...state, context }), UPDATE_EVENT, at) as AnyResult
    })
  }

  can(given: unknown): boolean {
    if (this.kernel.destroyed) return false
    return typeof lookUp(this.machine, this.kernel.head.state, toEvent(this.machine.id, given)) !== 'string'
  }

  hasTag(tag: string): boolean {
    return [...activeIn(this.machine, this.head.state)].some(({ tags }) => tags.includes(tag))
  }

  // ---- EffectsHost ----

  get head(): Snapshot<State> {
    return this.kernel.head
  }

  toolsFor(signal: AbortSignal, isCurrent: () => boolean): AnyInvokeTools {
    return invokeTools(this.elsewhere?.hands(isCurrent) ?? this, signal, isCurrent)
  }

  late(): void {
    this.#lateWrites += 1
  }

  schedule(ms: number, fire: () => void): Subscription {
    return this.#scheduler.schedule(fire, ms)
  }

  /** `set`, `update` and `put` can bring any state; the tables know only the machine's. */
  checkState(state: Immutable<State>): void {
    if (activeNodes(this.machine, state?.current) !== undefined) return
    throw unknownStateError(this.machine, state?.current)
  }

  // ---- one event, one commit ----

  /** Commits what an event makes of the state; see {@link taking}. */
  apply(operation: string, event: EventObject, write: Write | undefined, decideNext?: DecideNext): Sent {
    const taking = this.taking(event, decideNext)
    const snapshot = this.kernel.commitSettled(taking.step, labelled(write, event.type), operation)
    // The cast holds: commit() returns only after it has called its function.
    const decided = taking.result as AnyResult
    return decided.handled
      ? { handled: true, snapshot, transition: decided.transition }
      : { handled: false, reason: decided.reason, snapshot }
  }

  /** What an event makes of a state, by the tables or as it is decided; what follows from it is noted. */
  taking(event: EventObject, decideNext?: DecideNext): Taking {
    const taking = {
      event,
      result: undefined as AnyResult | undefined,
      step: (state: AnyState, at: Instant): AnyState => {
        const result =
          decideNext === undefined ? decide(this.machine, state, event, at) : decideNext(state, at)
        taking.result = result
        if (result.state !== state) this.consequences.noteEvent(state, result, event)
        this.#made = result.state
        return result.state
      },
    }
    return taking
  }

  /** Reports what has no caller. */
  report(phase: 'after' | 'invoke' | 'run', error: unknown): void {
    // What is no write leaves the machine as it is: it is no failure of it.
    const { supervisor } = this.running
    if (supervisor !== undefined && phase !== 'run') {
      supervisor.failed(phase, error)
      return
    }
    const { version } = this.kernel.head
    this.kernel.report({ subscriberId: this.machine.id, phase, error, version, failures: 1 })
  }
}
