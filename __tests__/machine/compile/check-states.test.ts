import { describe, expect, test } from '@jest/globals'
import { Compiled } from '../../../src/machine/compile/compile.ts'
import type { StateNode, TransitionNode } from '../../../src/machine/machine.ts'
import { problemsOf } from '../support.ts'

/** What is wrong with state A of a machine that also has B. */
function problemsOfState(state: unknown): readonly string[] {
  return problemsOf({ id: 'm', initial: 'A', context: {}, on: { B: 'B' }, states: { A: state, B: {} } })
}

/** State A of a machine that also has B and C, as a table. */
function tableOf(state: unknown, on?: unknown): StateNode {
  const { states } = new Compiled({ initial: 'A', states: { A: state, B: {}, C: {} }, on })
  return states.get('A') as StateNode
}

/** What a transition was read as, without the nodes that it links. */
const plain = ({ to, guard, update, reenter }: TransitionNode): object => ({
  target: to?.name,
  guard,
  update,
  reenter,
})

const work = async (): Promise<void> => {}

describe('checkDefinition', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', null, ['State A: expected an object, got null.']],
    ['a name where a state belongs', 'B', ['State A: expected an object, got "B" (string).']],
    ['a list of states', [], ['State A: expected an object, got an array.']],
    [
      'a key that XState has and we do not',
      { ouput: 'B' },
      [
        'State A has an unknown key "ouput". Known: on, entry, exit, after, always, invoke, waiting, type, initial, states, onDone, output, history, target, id, tags, description, meta.',
      ],
    ],
    [
      'an entry that is no function',
      { entry: [] },
      [
        'State A: expected "entry" to be a function, or an object with "update", "run" or "emit", got an array.',
      ],
    ],
    [
      'an exit that is no function',
      { exit: 'x' },
      [
        'State A: expected "exit" to be a function, or an object with "update", "run" or "emit", got "x" (string).',
      ],
    ],
    [
      'a type that there is not',
      { type: 'compound' },
      ['State A has type "compound" (string); only parallel, final, history exist.'],
    ],
  ])('refuses %s', (_what, state, problems) => {
    expect(problemsOfState(state)).toEqual(problems)
  })

  test.each<[string, unknown]>([
    ['on', { GO: 'B' }],
    ['after', { ms: 5, target: 'B' }],
    ['invoke', { src: work }],
  ])('refuses "%s" in a final state', (key, value) => {
    expect(
      problemsOf({
        id: 'm',
        initial: 'A',
        context: {},
        states: { A: { on: { END: 'B' } }, B: { type: 'final', [key]: value } },
      }),
    ).toEqual([`State B is final, so it can have no "${key}".`])
  })

  test('lets a final state have an entry', () => {
    const { entry, final } = tableOf({ type: 'final', entry: work })
    expect({ entry, final }).toEqual({ entry: work, final: true })
  })

  test('gives a final state no transitions, also not those of the machine', () => {
    expect(tableOf({ type: 'final' }, { STOP: 'B' }).on).toEqual(new Map())
  })
})

describe('checkDefinition, "on"', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 7, ['State A, "on": expected an object, got 7 (number).']],
    [
      'an event without a name',
      { '': 'B' },
      ['State A handles ""; name each event, or "always" for what needs none.'],
    ],
    ...(
      [
        'done.invoke',
        'done.invoke.load',
        'next.invoke',
        'error.invoke',
        'done.state.A',
        'done.child',
        'error.child',
        'after.500',
        'xstate.done.actor.load',
      ] as const
    ).map((type): [string, unknown, string[]] => [
      `"${type}"`,
      { [type]: 'B' },
      [
        `State A handles "${type}", an event that a machine makes by itself; write "after", or "onDone", "onError", "onNext" or "onFault" of what it comes from.`,
      ],
    ]),
    [
      'a target that does not exist',
      { GO: 'C' },
      ['State A, event GO targets "C" (string), which is no state. States: A, B.'],
    ],
    [
      'a target that is no name',
      { GO: { target: 7 } },
      ['State A, event GO targets 7 (number), which is no state. States: A, B.'],
    ],
    ['a transition that is no object', { GO: 7 }, ['State A, event GO: expected an object, got 7 (number).']],
    ['null as a transition', { GO: null }, ['State A, event GO: expected an object, got null.']],
    [
      'a key that XState has and we do not',
      { GO: { target: 'B', actions: 'log' } },
      [
        'State A, event GO has an unknown key "actions". Known: target, guard, update, run, emit, reenter, description.',
      ],
    ],
    [
      'a delay',
      { GO: { target: 'B', ms: 5 } },
      [
        'State A, event GO has an unknown key "ms". Known: target, guard, update, run, emit, reenter, description.',
      ],
    ],
    [
      'a guard and an update that are names',
      { GO: { guard: 'isReady', update: 'count' } },
      [
        'State A, event GO: expected "guard" to be a function, got "isReady" (string).',
        'State A, event GO: expected "update" to be a function, got "count" (string).',
      ],
    ],
    [
      'a "reenter" that is no boolean',
      { GO: { target: 'A', reenter: 1 } },
      ['State A, event GO: expected "reenter" to be true or false, got 1 (number).'],
    ],
    [
      'a "reenter" that names no state',
      { GO: { reenter: true } },
      ['State A, event GO has "reenter" without a "target"; name the state to enter again.'],
    ],
    [
      'each of several transitions that is wrong',
      { GO: [{ target: 'C' }, 'D', { target: 'B' }] },
      [
        'State A, event GO targets "C" (string), which is no state. States: A, B.',
        'State A, event GO targets "D" (string), which is no state. States: A, B.',
      ],
    ],
  ])('refuses %s', (_what, on, problems) => {
    expect(problemsOfState({ on })).toEqual(problems)
  })

  test.each(['done', 'after', 'after.tea', 'error.network', 'done.invoked', 'init'])(
    'takes "%s", which nothing makes',
    (type) => {
      expect(problemsOfState({ on: { [type]: 'B' } })).toEqual([])
    },
  )

  test('names the machine as the place of its own transitions', () => {
    const definition = { id: 'm', initial: 'A', context: {}, states: { A: {} } }
    expect(problemsOf({ ...definition, on: { '*': { target: 'Z' } } })).toEqual([
      'The machine, event * targets "Z" (string), which is no state. States: A.',
    ])
    expect(problemsOf({ ...definition, on: [] })).toEqual([
      'The machine, "on": expected an object, got an array.',
    ])
  })

  test('reads a name, a transition and a list into the same table', () => {
    const guard = (): boolean => true
    const none = { guard: undefined, update: undefined, reenter: false }
    const { on } = tableOf({
      on: {
        NAME: 'B',
        ONE: { target: 'A', reenter: true },
        LIST: [{ target: 'B', guard }, { update: work }],
      },
    })
    expect([...on].map(([type, list]) => [type, list.map(plain)])).toEqual([
      ['NAME', [{ ...none, target: 'B' }]],
      ['ONE', [{ ...none, target: 'A', reenter: true }]],
      [
        'LIST',
        [
          { ...none, target: 'B', guard },
          { ...none, target: undefined, update: work },
        ],
      ],
    ])
  })

  test('puts the own transitions of a state before those of the machine', () => {
    const { on } = tableOf({ on: { GO: 'B' } }, { GO: 'C', STOP: 'C' })
    expect(on.get('GO')?.map(({ to }) => to?.name)).toEqual(['B', 'C'])
    expect(on.get('STOP')?.map(({ to }) => to?.name)).toEqual(['C'])
  })

  test('has no entry for an event that leads nowhere', () => {
    expect(tableOf({ on: { NONE: undefined, EMPTY: [] } }).on).toEqual(new Map())
  })
})

describe('checkDefinition, histories', () => {
  const leadsToItself = (name: string): string =>
    `State ${name} is a history that leads to itself while there is nothing to remember; give it a "target" that does not.`

  test.each<[string, unknown, string[]]>([
    [
      'one in which its parent begins',
      { initial: 'h', on: { GO: '.a' }, states: { a: {}, h: { type: 'history' } } },
      ['A.h'],
    ],
    ['its own target', { initial: 'a', states: { a: {}, h: { type: 'history', target: 'h' } } }, ['A.h']],
    [
      'two that lead to each other',
      {
        initial: 'a',
        states: { a: {}, h: { type: 'history', target: 'k' }, k: { type: 'history', target: 'h' } },
      },
      ['A.h', 'A.k'],
    ],
  ])('refuses %s', (_what, state, names) => {
    expect(problemsOfState(state)).toEqual(names.map(leadsToItself))
  })

  test.each<[string, object, string]>([
    ['the machine', { initial: 'h', states: { h: { type: 'history' } } }, 'The machine'],
    ['a parallel machine', { type: 'parallel', states: { h: { type: 'history' } } }, 'The machine'],
    [
      'a state',
      { initial: 'A', states: { A: { initial: 'h', states: { h: { type: 'history' } } } } },
      'State A',
    ],
    [
      'a state without "initial"',
      { initial: 'A', states: { A: { states: { h: { type: 'history' } } } } },
      'State A',
    ],
    [
      'a parallel state',
      {
        initial: 'A',
        states: { A: { type: 'parallel', states: { h: { type: 'history', history: 'deep' } } } },
      },
      'State A',
    ],
  ])('refuses %s that has nothing else, in one sentence', (_what, definition, place) => {
    expect(problemsOf({ id: 'm', context: {}, ...definition })).toEqual([
      `${place} has only history states, which are never active; add a state that is not a history state.`,
    ])
  })

  test('takes one that leads to another one, which leads to a state', () => {
    const states = { a: {}, h: { type: 'history', target: 'k' }, k: { type: 'history', target: 'a' } }
    expect(problemsOfState({ initial: 'h', states })).toEqual([])
  })
})

describe('checkDefinition, "after"', () => {
  test.each<[string, unknown]>([
    ['one delayed transition', { ms: 5, target: 'B' }],
    ['a list of one', [{ ms: 5, target: 'B' }]],
    ["XState's map to a name", { 5: 'B' }],
    ["XState's map to a transition", { 5: { target: 'B' } }],
    ["XState's map to a list", { 5: [{ target: 'B' }] }],
  ])('reads %s', (_form, after) => {
    const transition = { target: 'B', guard: undefined, update: undefined, reenter: false }
    const read = tableOf({ after }).after
    expect(read.map(({ ms, transitions }) => [ms, transitions.map(plain)])).toEqual([[5, [transition]]])
  })

  test.each([0, 2_147_483_647])('takes %i milliseconds', (ms) => {
    expect(tableOf({ after: { ms, target: 'B' } }).after[0]?.ms).toBe(ms)
    expect(tableOf({ after: { [ms]: 'B' } }).after[0]?.ms).toBe(ms)
  })

  test('joins the transitions of one time, in their order', () => {
    const { after } = tableOf({
      after: [
        { ms: 7, target: 'B' },
        { ms: 5, target: 'C' },
        { ms: 7, target: 'A' },
      ],
    })
    expect(after.map(({ ms, transitions }) => [ms, transitions.map(({ to }) => to?.name)])).toEqual([
      [7, ['B', 'A']],
      [5, ['C']],
    ])
  })

  const range = 'State A, "after": expected milliseconds, an integer from 0 to 2147483647, got'

  test.each<[unknown, string]>([
    [-1, '-1 (number)'],
    [1.5, '1.5 (number)'],
    [2_147_483_648, '2147483648 (number)'],
    [Number.NaN, 'NaN (number)'],
    [Number.POSITIVE_INFINITY, 'Infinity (number)'],
    ['5', '"5" (string)'],
    [5n, '5 (bigint)'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %p as milliseconds', (ms, received) => {
    expect(problemsOfState({ after: { ms, target: 'B' } })).toEqual([`${range} ${received}.`])
    expect(problemsOfState({ after: [{ ms, target: 'B' }] })).toEqual([`${range} ${received}.`])
  })

  test.each<[string, string]>([
    ['soon', '"soon" (string)'],
    ['', '"" (string)'],
    ['-1', '"-1" (string)'],
    ['1.5', '"1.5" (string)'],
    ['1e3', '"1e3" (string)'],
    ['2147483648', '2147483648 (number)'],
  ])('refuses "%s" as a key of the map', (key, received) => {
    expect(problemsOfState({ after: { [key]: 'B' } })).toEqual([`${range} ${received}.`])
  })

  test('tells what is wrong with a delayed transition', () => {
    expect(problemsOfState({ after: { ms: 5, target: 'X', delay: 3 } })).toEqual([
      'State A, after 5 ms has an unknown key "delay". Known: target, guard, update, run, emit, reenter, description.',
      'State A, after 5 ms targets "X" (string), which is no state. States: A, B.',
    ])
    expect(problemsOfState({ after: 5 })).toEqual([
      `${range} undefined.`,
      'State A, after undefined ms: expected an object, got 5 (number).',
    ])
  })
})

describe('checkDefinition, "invoke"', () => {
  test.each<[string, unknown, string[]]>([
    [
      'no object',
      work,
      ['State A, "invoke": expected an object, got a function.', 'State A, "invoke" has no "src".'],
    ],
    ['no "src"', { onDone: 'B' }, ['State A, "invoke" has no "src".']],
    [
      'a "src" that is a name',
      { src: 'load' },
      ['State A, "invoke": expected "src" to be a function, got "load" (string).'],
    ],
    [
      'a key that XState has and we do not',
      { src: work, id: 'loader' },
      ['State A, "invoke" has an unknown key "id". Known: src, onNext, onDone, onError, onRestore.'],
    ],
    [
      'targets that do not exist',
      { src: work, onDone: 'X', onError: { target: 'Y' } },
      [
        'State A, onDone targets "X" (string), which is no state. States: A, B.',
        'State A, onError targets "Y" (string), which is no state. States: A, B.',
      ],
    ],
  ])('refuses %s', (_what, invoke, problems) => {
    expect(problemsOfState({ invoke })).toEqual(problems)
  })
})
