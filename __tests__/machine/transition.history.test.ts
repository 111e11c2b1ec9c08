/** What a machine remembers of its way: records, their number, their status. */
import { describe, expect, test } from '@jest/globals'
import { initialState, transition } from '../../src/index.ts'
import type { MachineState } from '../../src/machine/index.ts'
import { defineLoose, historyOf, instant, type LooseMachine } from './support.ts'

const AT = instant(7)

const ping = (limit?: number): LooseMachine =>
  defineLoose({
    id: 'ping',
    initial: 'A',
    context: {},
    ...(limit !== undefined && { historyLimit: limit }),
    states: {
      A: { on: { GO: 'B', AGAIN: { target: 'A', reenter: true }, LOOK: {} } },
      B: { on: { BACK: 'A' } },
    },
  })

/** Sends events one by one, each at an instant of its own. */
function walk(machine: LooseMachine, events: readonly string[]): MachineState<string, unknown> {
  let state = initialState(machine)
  events.forEach((type, n) => {
    state = transition(machine, state, { type }, instant(n)).state
  })
  return state as MachineState<string, unknown>
}

describe('the history of a machine', () => {
  test('holds each change of state, oldest first, re-entries included', () => {
    const state = walk(ping(), ['GO', 'BACK', 'AGAIN', 'LOOK', 'GO'])
    expect(historyOf(state)).toEqual([
      'A → B : GO (SUCCESS)',
      'B → A : BACK (SUCCESS)',
      'A → A : AGAIN (SUCCESS)',
      'A → B : GO (SUCCESS)',
    ])
    expect(state.history.map(({ tsMono }) => tsMono)).toEqual([0, 1, 2, 4])
    expect(state).toMatchObject({ current: 'B', previous: 'A', attempts: 4 })
  })

  test.each([
    [1, ['BACK']],
    [2, ['GO', 'BACK']],
    [3, ['BACK', 'GO', 'BACK']],
    [4, ['GO', 'BACK', 'GO', 'BACK']],
    [5, ['GO', 'BACK', 'GO', 'BACK']],
  ])('keeps the newest %i', (limit, kept) => {
    const state = walk(ping(limit), ['GO', 'BACK', 'GO', 'BACK'])
    expect(state.history.map(({ event }) => event)).toEqual(kept)
    expect(state.attempts).toBe(4)
  })

  test('with a limit of 0 is always empty, and the rest is as ever', () => {
    const machine = ping(0)
    const first = initialState(machine)
    const state = walk(machine, ['GO', 'BACK', 'GO'])
    expect(state.history).toEqual([])
    expect(first.history).toEqual([])
    expect(state).toMatchObject({ current: 'B', previous: 'A', attempts: 3 })
  })

  test('keeps 64 where nothing else is said', () => {
    const events = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 'GO' : 'BACK'))
    const { history, attempts } = walk(ping(), events)
    expect(history).toHaveLength(64)
    expect(history[0]?.tsMono).toBe(36)
    expect(attempts).toBe(100)
  })

  test('keeps the records themselves from one state to the next', () => {
    const machine = ping()
    const first = transition(machine, initialState(machine), { type: 'GO' }, AT).state
    const second = transition(machine, first, { type: 'BACK' }, AT).state
    expect(second.history[0]).toBe(first.history[0])
    expect(first.history).toHaveLength(1)
  })

  test('is cut to its limit where a longer one was brought', () => {
    const machine = ping(3)
    const brought = { ...walk(ping(), ['GO', 'BACK', 'GO', 'BACK', 'GO', 'BACK']) }
    const { history } = transition(machine, brought as never, { type: 'GO' }, instant(9)).state
    expect(history.map(({ tsMono }) => tsMono)).toEqual([4, 5, 9])
    expect(Object.isFrozen(history)).toBe(true)
  })

  test('of a re-entry says that it came from the state itself', () => {
    expect(walk(ping(), ['AGAIN'])).toMatchObject({ current: 'A', previous: 'A', attempts: 1 })
  })
})

describe('the status of a record', () => {
  const machine = defineLoose({
    id: 'loader',
    initial: 'IDLE',
    context: {},
    states: {
      IDLE: { on: { LOAD: 'LOADING' } },
      LOADING: {
        invoke: { src: async () => {} },
        on: { LOAD: { target: 'LOADING', reenter: true }, NOTE: {}, STOP: 'IDLE' },
      },
    },
  })

  test('is PENDING for a state that invokes work', () => {
    expect(historyOf(walk(machine, ['LOAD']))).toEqual(['IDLE → LOADING : LOAD (PENDING)'])
  })

  test('stays PENDING while the state is not left', () => {
    const loading = walk(machine, ['LOAD'])
    expect(walk(machine, ['LOAD', 'NOTE']).history).toEqual(loading.history)
  })

  test('of a transition inside such a state is SUCCESS: it starts no work', () => {
    const loading = walk(machine, ['LOAD']) as Parameters<typeof transition>[1]
    const result = transition(machine, loading as never, { type: 'NOTE' }, AT)
    expect(result).toMatchObject({ handled: true, transition: { status: 'SUCCESS' } })
  })

  test('becomes FAILED with its reason when the state is left before the work has ended', () => {
    expect(historyOf(walk(machine, ['LOAD', 'STOP']))).toEqual([
      'IDLE → LOADING : LOAD (FAILED: Left by STOP before it had ended.)',
      'LOADING → IDLE : STOP (SUCCESS)',
    ])
  })

  test('becomes FAILED when the state is entered again, whose record is the PENDING one', () => {
    expect(historyOf(walk(machine, ['LOAD', 'LOAD']))).toEqual([
      'IDLE → LOADING : LOAD (FAILED: Left by LOAD before it had ended.)',
      'LOADING → LOADING : LOAD (PENDING)',
    ])
  })
})
