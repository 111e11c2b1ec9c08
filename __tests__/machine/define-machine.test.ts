import { describe, expect, test } from '@jest/globals'
import { createMachineStore, defineMachine, HeadgateError, initialState } from '../../src/index.ts'
import { caught, isDeeplyFrozen, refusal } from '../store/support.ts'
import { defineLoose, problemsOf } from './support.ts'

/** The smallest definition: one state, nothing to do. */
const SMALLEST = { id: 'm', initial: 'A', context: {}, states: { A: {} } } as const

describe('defineMachine', () => {
  test('takes a machine of one state', () => {
    const machine = defineMachine(SMALLEST)
    expect(machine).toMatchObject({ id: 'm', initial: 'A', context: {}, historyLimit: 64 })
    expect([...machine.states.keys()]).toEqual(['A'])
  })

  test('keeps the states in the order of the definition', () => {
    const states = { C: { on: { GO: 'A' } }, A: { on: { GO: 'B' } }, B: {} }
    const machine = defineLoose({ ...SMALLEST, initial: 'C', states })
    expect([...machine.states.keys()]).toEqual(['C', 'A', 'B'])
  })

  test('freezes the machine, and its context deeply and in place', () => {
    const context = { list: [{ n: 1 }], byName: new Map([['a', { n: 2 }]]) }
    const machine = defineMachine({ ...SMALLEST, context })
    expect(machine.context).toBe(context)
    expect(isDeeplyFrozen(context)).toBeTrue()
    expect(machine).toBeFrozen()
  })

  test('makes a machine without a state of its own: two stores of it share nothing', () => {
    const machine = defineMachine({
      id: 'counter',
      initial: 'ON',
      context: { count: 0 },
      states: { ON: { on: { TICK: { target: 'ON', update: (draft) => void draft.count++ } } } },
    })
    const one = createMachineStore(machine)
    const other = createMachineStore(machine)
    one.send('TICK')
    expect([one.context.count, other.context.count, initialState(machine).context.count]).toEqual([1, 0, 0])
  })

  test.each([0, 'text', false, null])('takes %p as a context', (context) => {
    expect(initialState(defineMachine({ ...SMALLEST, context })).context).toBe(context)
  })

  test('takes descriptions and meta data, and never reads them', () => {
    const definition = {
      ...SMALLEST,
      description: 'a machine',
      types: 'anything',
      historyLimit: 0,
      states: {
        A: {
          description: 'a state',
          meta: { color: 1 },
          on: { GO: { target: 'A', description: 'an event' } },
        },
      },
    }
    expect(problemsOf(definition)).toEqual([])
  })

  test('refuses with an error that names the machine and tells every problem in its sentence', () => {
    const error = caught(() => defineLoose({ ...SMALLEST, initial: 'X', historyLimit: -1 }))
    const problems = [
      'Expected "historyLimit" to be an integer from 0, got -1 (number).',
      'Expected "initial" to be one of the states A, got "X" (string).',
    ]
    expect(error).toBeInstanceOf(HeadgateError)
    expect(error).toEqual(
      refusal('MACHINE_INVALID', `The definition of machine "m" is invalid: ${problems.join(' ')}`),
    )
    expect(error).toHaveProperty('details', { machine: 'm', problems })
  })

  test.each([undefined, null, 7, 'machine'])('refuses %p as a definition', (definition) => {
    expect(problemsOf(definition)).toEqual([
      'Expected "id" to be a string that is not empty, got undefined.',
      'Expected "states" to be an object with at least one state, got undefined.',
      'Expected "context" to be any value but undefined, such as {}, got undefined.',
    ])
  })

  test.each<[string, object, string]>([
    ['an empty id', { id: '' }, 'Expected "id" to be a string that is not empty, got "" (string).'],
    ['an id that is no string', { id: 7 }, 'Expected "id" to be a string that is not empty, got 7 (number).'],
    [
      'no initial state',
      { initial: undefined },
      'Expected "initial" to be one of the states A, got undefined.',
    ],
    [
      'an initial state that does not exist',
      { initial: 'Z' },
      'Expected "initial" to be one of the states A, got "Z" (string).',
    ],
    [
      'no states',
      { states: {} },
      'Expected "states" to be an object with at least one state, got an object.',
    ],
    [
      'no context',
      { context: undefined },
      'Expected "context" to be any value but undefined, such as {}, got undefined.',
    ],
    [
      'a history limit below 0',
      { historyLimit: -1 },
      'Expected "historyLimit" to be an integer from 0, got -1 (number).',
    ],
    [
      'a history limit between integers',
      { historyLimit: 1.5 },
      'Expected "historyLimit" to be an integer from 0, got 1.5 (number).',
    ],
    [
      'a history limit of NaN',
      { historyLimit: Number.NaN },
      'Expected "historyLimit" to be an integer from 0, got NaN (number).',
    ],
    [
      'a history without limit',
      { historyLimit: Number.POSITIVE_INFINITY },
      'Expected "historyLimit" to be an integer from 0, got Infinity (number).',
    ],
    [
      'a history limit in words',
      { historyLimit: '64' },
      'Expected "historyLimit" to be an integer from 0, got "64" (string).',
    ],
    [
      'a key it does not know',
      { historyLimt: 3 },
      'The machine has an unknown key "historyLimt". Known: id, type, initial, context, types, historyLimit, states, on, output, children, description.',
    ],
  ])('refuses %s', (_what, change, problem) => {
    expect(problemsOf({ ...SMALLEST, ...change })).toEqual([problem])
  })

  test('tells all problems at once: of the machine, of its "on", of each state', () => {
    const problems = problemsOf({
      id: '',
      initial: 'X',
      context: {},
      on: { STOP: 'Y' },
      states: { A: { on: { GO: 'B' }, entry: 1, after: { ms: -1 } }, C: { type: 'end', invoke: {} } },
    })
    expect(problems).toEqual([
      'Expected "id" to be a string that is not empty, got "" (string).',
      'State A: expected "entry" to be a function, or an object with "update", "run" or "emit", got 1 (number).',
      'State A, "after": expected milliseconds, an integer from 0 to 2147483647, got -1 (number).',
      'State C has type "end" (string); only parallel, final, history exist.',
      'State C, "invoke" has no "src".',
      'Expected "initial" to be one of the states A, C, got "X" (string).',
      'State A, event GO targets "B" (string), which is no state. States: A, C.',
      'The machine, event STOP targets "Y" (string), which is no state. States: A, C.',
    ])
  })

  test('looks for unreachable states once everything else is right', () => {
    const states = { A: {}, B: { on: { GO: 'C' } }, C: {} }
    expect(problemsOf({ ...SMALLEST, states })).toEqual([
      'State B is unreachable: no chain of transitions leads to it from A.',
      'State C is unreachable: no chain of transitions leads to it from A.',
    ])
    expect(problemsOf({ ...SMALLEST, id: '', states })).toEqual([
      'Expected "id" to be a string that is not empty, got "" (string).',
    ])
  })
})
