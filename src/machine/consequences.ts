import type { Snapshot } from '../store/index.ts'
import { type Actor, act } from './act.ts'
import type { EventObject } from './definition.ts'
import { EntryEvents } from './entry-events.ts'
import type { AnyState } from './look-up.ts'
import type { AnyMachine } from './machine.ts'
import { Outbox } from './outbox.ts'
import type { AnyResult } from './take.ts'
import { type Beginning, INIT_EVENT } from './transition.ts'

/** The driver of the machine. */
interface Doer {
  readonly machine: AnyMachine
  /** Whether nobody is told of the newest write yet. */
  readonly isUntold: boolean
  /** Whether what follows outside of the context is done by somebody else. */
  readonly isQuiet: boolean
  readonly hands: Actor
}

/**
 * What follows from an event beside the state that it leads to: what is run and emitted, and with which event work
 * begins.
 */
export class Consequences {
  readonly #doer: Doer
  readonly #entryEvents: EntryEvents
  /** None for a machine that does nothing outside of its context. */
  readonly #outbox: Outbox | undefined

  constructor(doer: Doer) {
    this.#doer = doer
    this.#entryEvents = new EntryEvents(doer.machine)
    this.#outbox = doer.machine.acts ? new Outbox() : undefined
  }

  /** What follows from the beginning; to be said before its state is told. */
  begun({ state, acts = NONE }: Beginning): void {
    this.#outbox?.note(undefined, state, acts, false)
  }

  /** Notes what follows where one state leads to another; it is done when that is published. */
  note(before: AnyState, after: AnyState, acts: AnyResult['acts'] = NONE): void {
    if (this.#outbox === undefined || this.#doer.isQuiet) return
    this.#outbox.note(before, after, acts, this.#doer.isUntold)
  }

  /** Notes what an event has led to. */
  noteEvent(before: AnyState, result: Pick<AnyResult, 'state' | 'acts'>, event: EventObject): void {
    this.note(before, result.state, result.acts)
    this.#entryEvents.note(before, result.state, event)
  }

  /** Does what follows from what is published. */
  happen({ state }: Snapshot<AnyState>): void {
    if (this.#outbox !== undefined && !this.#doer.isQuiet) act(this.#doer.hands, this.#outbox.take(state))
  }

  /** The event that led into a state. */
  entryEventOf({ history }: AnyState, stay: number): EventObject {
    return this.#entryEvents.of(history, stay) ?? INIT_EVENT
  }
}

const NONE: readonly never[] = Object.freeze([])
