import { activeNodes } from './configuration.ts'
import type { EventObject } from './definition.ts'
import type { AnyState } from './look-up.ts'
import type { AnyMachine } from './machine.ts'

type History = AnyState['history']
/** By the change of state that entered the states, as told by `attempts`. */
type Events = ReadonlyMap<number, EventObject>

/**
 * The events that led into states that invoke work, by the history that the change of state made: what is rolled back
 * is never looked up, and whatever else changes in a batch keeps the history.
 */
export class EntryEvents {
  readonly #machine: AnyMachine
  readonly #events = new WeakMap<History, Events>()

  constructor(machine: AnyMachine) {
    this.#machine = machine
  }

  /** The event that a change of state followed from; undefined where it was not noted. */
  of(history: History, stay: number): EventObject | undefined {
    return this.#events.get(history)?.get(stay)
  }

  /** Keeps the event for the work that the entered states invoke, and those of the states that are not left. */
  note(before: AnyState, { attempts, current, history, stays }: AnyState, event: EventObject): void {
    if (attempts === before.attempts || !this.#invokes(current)) return
    const kept = stays === undefined ? undefined : this.#events.get(before.history)
    const events = [...(kept ?? [])].filter(([stay]) => Object.values(stays ?? {}).includes(stay))
    this.#events.set(history, new Map([...events, [attempts, event]]))
  }

  #invokes(current: unknown): boolean {
    return activeNodes(this.#machine, current)?.some(({ invoke }) => invoke !== undefined) === true
  }
}
