/** A machine small enough to be drawn in marbles, with its events and states by letter. */
import type { Observable } from 'rxjs'
import { createMachineStore, defineMachine, type Machine, type MachineStore } from '../../src/index.ts'

type LampEvent = { type: 'PRESS' } | { type: 'BREAK' } | { type: 'LOCKED' } | { type: 'FAIL' }

type LampCells =
  | { readonly state: 'OFF' | 'ON'; readonly event: LampEvent }
  | { readonly state: 'BROKEN'; readonly event: never }

/** What the guard of FAIL throws. */
export const FAILURE: Error = new Error('guard')

/** PRESS goes to and fro between OFF and ON, LOCKED is always refused, FAIL throws, BREAK is the end. */
export const lamp: Machine<{ presses: number }, LampCells> = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context: { presses: 0 },
  types: {} as { events: LampEvent },
  states: {
    OFF: { exit: (draft) => void draft.presses++, on: { PRESS: 'ON' } },
    ON: { on: { PRESS: 'OFF' } },
    BROKEN: { type: 'final' },
  },
  on: {
    BREAK: 'BROKEN',
    LOCKED: { target: 'ON', guard: () => false },
    FAIL: {
      guard: () => {
        throw FAILURE
      },
    },
  },
})

/** Events by their letter in a diagram. */
export const EVENTS: Record<string, LampEvent['type']> = { p: 'PRESS', b: 'BREAK', l: 'LOCKED', f: 'FAIL' }

/** States, and why an event is refused, by their letter in a diagram. */
export const OUTCOMES: Record<string, string> = { 0: 'OFF', 1: 'ON', x: 'BROKEN', g: 'guard', e: 'final' }

/** A lamp that a hot diagram drives; the end of the diagram destroys it. */
export function drivenBy(
  events$: Observable<LampEvent['type']>,
): MachineStore<{ presses: number }, LampCells> {
  const store = createMachineStore(lamp)
  events$.subscribe({ next: (event) => void store.send(event), complete: () => store.destroy() })
  return store
}
