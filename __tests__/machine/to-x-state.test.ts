import { describe, expect, test } from '@jest/globals'
import { createMachine, initialTransition, transition } from 'xstate'
import { qCoreMachine, toXState } from '../../src/index.ts'
import { defineLoose } from './support.ts'

describe('toXState', () => {
  test('writes JSON: delays as a map, the own transitions of the machine under each state, guards by name', () => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: { n: 1 },
      states: {
        A: {
          on: { GO: { target: 'B', guard: () => true }, STAY: { update: () => {} } },
          after: { ms: 5, target: 'B' },
          invoke: { src: async () => {}, onDone: 'B', onError: { target: 'A', reenter: true } },
        },
        B: { type: 'final' },
      },
      on: { STOP: 'B' },
    })
    expect(JSON.parse(JSON.stringify(toXState(machine)))).toEqual({
      id: 'm',
      initial: 'A',
      context: { n: 1 },
      states: {
        A: {
          on: { GO: [{ target: 'B', guard: 'GO guard' }], STAY: [{}], STOP: [{ target: 'B' }] },
          after: { 5: [{ target: 'B' }] },
          invoke: { src: 'A', onDone: [{ target: 'B' }], onError: [{ target: 'A', reenter: true }] },
        },
        B: { type: 'final' },
      },
    })
  })

  test('writes what XState loads and runs', () => {
    const theirs = createMachine(toXState(qCoreMachine) as Parameters<typeof createMachine>[0]).provide({
      guards: { 'PROPOSALS_RECEIVED guard': () => true, 'GUARD_EVENT guard': () => false },
    })
    let [state] = initialTransition(theirs)
    const visited = ['BOOT_COMPLETE', 'PROPOSALS_RECEIVED', 'GUARD_EVENT', 'NO_PROPOSALS', 'SHUTDOWN'].map(
      (type) => {
        state = transition(theirs, state, { type })[0]
        return state.value
      },
    )
    expect(visited).toEqual(['IDLE', 'ACTIVE', 'ACTIVE', 'IDLE', 'SHUTDOWN'])
  })
})
