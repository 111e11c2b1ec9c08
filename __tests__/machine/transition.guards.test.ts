/** Which transition is taken, by the table and the guards, and why none is. */
import { describe, expect, test } from '@jest/globals'
import { initialState, qCoreMachine, transition } from '../../src/index.ts'
import { toEvent } from '../../src/machine/transition.ts'
import { caught, refusal } from '../store/support.ts'
import { defineLoose, instant, type LooseMachine } from './support.ts'

const AT = instant(7)

/** A gate with a guard on every way, so that a test says which of them agree. */
function gateMachine(agree: readonly string[], asked: string[] = []): LooseMachine<{ via: string }> {
  const way = (name: string, target?: string): object => ({
    ...(target !== undefined && { target }),
    guard: () => {
      asked.push(name)
      return agree.includes(name)
    },
    update: (draft: { via: string }) => {
      draft.via = name
    },
  })
  return defineLoose({
    id: 'gate',
    initial: 'A',
    context: { via: '' },
    states: {
      A: { on: { GO: [way('first', 'B'), way('second', 'C'), way('third')] } },
      B: {},
      C: {},
      D: {},
    },
    on: { GO: way('root', 'D') },
  })
}

describe('transition, refusals', () => {
  test('an event that the state has no transition for is unhandled', () => {
    const start = initialState(qCoreMachine)
    const result = transition(qCoreMachine, start, 'NO_PROPOSALS', AT)
    expect(result).toEqual({ handled: false, reason: 'unhandled', state: start })
    expect(result.state).toBe(start)
  })

  test('an event whose guard refuses is told apart', () => {
    const { state } = transition(qCoreMachine, initialState(qCoreMachine), 'BOOT_COMPLETE', AT)
    const result = transition(qCoreMachine, state, { type: 'PROPOSALS_RECEIVED', count: 0 }, AT)
    expect(result).toEqual({ handled: false, reason: 'guard', state })
    expect(result.state).toBe(state)
  })

  test('a final state takes no event, also none that the machine handles everywhere', () => {
    const { state } = transition(qCoreMachine, initialState(qCoreMachine), 'SHUTDOWN', AT)
    expect(state.current).toBe('SHUTDOWN')
    expect(transition(qCoreMachine, state, 'SHUTDOWN', AT)).toEqual({
      handled: false,
      reason: 'final',
      state,
    })
  })

  test('an event that leads nowhere is unhandled: no guard has refused it', () => {
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: { A: { on: { NONE: undefined, EMPTY: [] } } },
    })
    for (const type of ['NONE', 'EMPTY']) {
      expect(transition(machine, initialState(machine), { type }, AT)).toHaveProperty('reason', 'unhandled')
    }
  })

  test.each([undefined, null, 7, {}, { type: 7 }, [], () => 'GO'])('%p is no event', (event) => {
    const start = initialState(qCoreMachine)
    expect(caught(() => transition(qCoreMachine, start, event as never, AT))).toEqual(
      refusal('EVENT_INVALID'),
    )
  })

  test('says what was given instead of an event', () => {
    expect(caught(() => toEvent('door', { kind: 'GO' }))).toEqual(
      refusal(
        'EVENT_INVALID',
        'Machine "door" expected an event to be a string or an object with a string "type", got an object.',
      ),
    )
  })
})

describe('transition, guards', () => {
  test.each<[readonly string[], string, string, readonly string[]]>([
    [['first', 'second', 'third', 'root'], 'B', 'first', ['first']],
    [['second', 'third'], 'C', 'second', ['first', 'second']],
    [['third', 'root'], 'A', 'third', ['first', 'second', 'third']],
    [['root'], 'D', 'root', ['first', 'second', 'third', 'root']],
  ])('where %j agree the first of them is taken, to %s', (agree, current, via, asked) => {
    const order: string[] = []
    const machine = gateMachine(agree, order)
    const result = transition(machine, initialState(machine), { type: 'GO' }, AT)
    expect(result).toMatchObject({ handled: true, state: { current, context: { via } } })
    expect(order).toEqual(asked)
  })

  test('where none agrees the event is refused after each was asked once', () => {
    const order: string[] = []
    const machine = gateMachine([], order)
    expect(transition(machine, initialState(machine), { type: 'GO' }, AT)).toHaveProperty('reason', 'guard')
    expect(order).toEqual(['first', 'second', 'third', 'root'])
  })

  test('a guard is given the context and the event, both of which it cannot change', () => {
    const given: unknown[] = []
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: { n: 1 },
      states: { A: { on: { GO: { guard: (...all: unknown[]) => given.push(...all) > 0 } } } },
    })
    const start = initialState(machine)
    const event = { type: 'GO', by: 'Ada' }
    transition(machine, start, event, AT)
    expect(given[0]).toBe(start.context)
    expect(given[1]).toBe(event)
    expect(given).toHaveLength(2)
    expect(given[0]).toBeFrozen()
  })

  test('what a guard throws reaches the caller as it is, and the later ones are not asked', () => {
    const error = new Error('guard')
    let asked = 0
    const machine = defineLoose({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: {
          on: {
            GO: [
              {
                guard: () => {
                  throw error
                },
              },
              { guard: () => ++asked > 0 },
            ],
          },
        },
      },
    })
    expect(caught(() => transition(machine, initialState(machine), { type: 'GO' }, AT))).toBe(error)
    expect(asked).toBe(0)
  })
})
