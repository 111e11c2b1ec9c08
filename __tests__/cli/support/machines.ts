import type { RunModule, RunRecord } from '../../../src/cli/run-module.ts'
import { type Cell, defineMachine, type Machine } from '../../../src/machine/index.ts'

export interface LampContext {
  presses: number
  watts: unknown
}

const press = (draft: LampContext): void => {
  draft.presses += 1
}

const context: LampContext = { presses: 0, watts: 0 }

/** A lamp that counts; what the tests of the command run. */
export const lamp: Machine<LampContext, Cell> = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context,
  types: {} as { events: { type: 'PRESS' } | { type: 'BREAK' } },
  states: {
    OFF: { on: { PRESS: { target: 'ON', update: press } } },
    ON: { on: { PRESS: { target: 'OFF', update: press }, BREAK: 'BROKEN' } },
    BROKEN: { type: 'final' },
  },
})

/** A module around the lamp: `{ press: 2 }` is two events, `{ break: true }` one, `{ watts }` an observation. */
export const lampModule: RunModule<LampContext, RunRecord> = {
  machine: lamp,
  ingest: (record) => {
    if (record.break === true) return { type: 'BREAK' }
    return typeof record.press === 'number' ? Array.from({ length: record.press }, () => 'PRESS') : undefined
  },
  observe: (draft, record) => {
    draft.watts = record.watts
  },
}
