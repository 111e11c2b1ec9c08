/** What an editor completes inside a definition. */
import { beforeAll, describe, expect, test } from '@jest/globals'
import { completionsIn } from '../support/completions.ts'

const IMPORT = "import { createMachineStore, defineMachine } from '../../src/index.ts'\n"
const TYPES = "types: {} as { events: { type: 'GO'; by: string } | { type: 'STOP' } }"

const machine = (states: string, more = ''): string =>
  `defineMachine({ id: 'm', initial: 'A', context: { n: 0 }, ${TYPES}, ${more} states: { ${states} } })`

const TRANSITION = ['description', 'emit', 'guard', 'reenter', 'run', 'target', 'update']
const STATE = [
  'after',
  'always',
  'description',
  'entry',
  'exit',
  'history',
  'id',
  'initial',
  'invoke',
  'meta',
  'on',
  'onDone',
  'output',
  'states',
  'tags',
  'target',
  'type',
  'waiting',
]
const SENT = machine("A: { on: { GO: 'B' } }, B: { on: { STOP: 'A' } }")

const CASES: readonly [what: string, code: string, names: readonly string[]][] = [
  ['the keys of a state', machine('A: { ¦ }, B: {}'), STATE],
  ['the types of events in "on"', machine('A: { on: { ¦ } }, B: {}'), ['"*"', 'GO', 'STOP']],
  ['those that are not there yet', machine("A: { on: { GO: 'B', ¦ } }, B: {}"), ['"*"', 'STOP']],
  ['them in quotes', machine("A: { on: { '¦' } }, B: {}"), ['*', 'GO', 'STOP']],
  ["them in the machine's own transitions", machine('A: {}, B: {}', 'on: { ¦ },'), ['"*"', 'GO', 'STOP']],
  ['the keys of a transition', machine('A: { on: { GO: { ¦ } } }, B: {}'), TRANSITION],
  [
    'those of a transition that has a target',
    machine("A: { on: { GO: { target: 'B', ¦ } } }, B: {}"),
    TRANSITION.filter((key) => key !== 'target'),
  ],
  ["those of the machine's own", machine('A: {}, B: {}', 'on: { GO: { ¦ } },'), TRANSITION],
  ['the states for a target', machine("A: { on: { GO: { target: '¦' } } }, B: {}"), ['A', 'B']],
  ['the states for a target alone', machine("A: { on: { GO: '¦' } }, B: {}"), ['A', 'B']],
  ['the keys of a delay', machine('A: { after: { ms: 5, ¦ } }, B: {}'), TRANSITION],
  [
    'the keys of an entry that is no function',
    machine('A: { entry: { ¦ } }, B: {}'),
    ['emit', 'run', 'update'],
  ],
  ['what a wait may say', machine('A: { waiting: { ¦ } }, B: {}'), ['expiresMs', 'schema']],
  [
    'the keys of invoked work',
    machine('A: { invoke: { ¦ } }, B: {}'),
    ['onDone', 'onError', 'onNext', 'onRestore', 'src'],
  ],
  [
    'the events of a state inside of another',
    machine("A: { initial: 'X', states: { X: { on: { ¦ } } } }, B: {}"),
    ['"*"', 'GO', 'STOP'],
  ],
  [
    'the keys of a state inside of another',
    machine("A: { initial: 'X', states: { X: { ¦ } } }, B: {}"),
    STATE,
  ],
  ...(
    [
      ['a target', "X: { on: { GO: { target: '¦' } } }, Y: {}"],
      ['a target alone', "X: { on: { GO: '¦' } }, Y: {}"],
      ['a target that is being written', "X: { on: { GO: { target: 'P¦' } } }, Y: {}"],
      ['"always"', "X: { always: { target: '¦', guard: () => false } }, Y: {}"],
      ['"after"', "X: { after: { 5: '¦' } }, Y: {}"],
      ['the end of work', "X: { invoke: { src: async () => 1, onDone: { target: '¦' } } }, Y: {}"],
    ] as const
  ).map(
    ([what, states]) =>
      [
        `the siblings inside of a state, for ${what}`,
        machine(`A: { initial: 'X', states: { ${states} } }, B: {}`),
        ['X', 'Y'],
      ] as [string, string, readonly string[]],
  ),
  [
    'the siblings inside of a state, for where a history leads',
    machine("A: { initial: 'X', states: { X: {}, H: { type: 'history', target: '¦' } } }, B: {}"),
    ['H', 'X'],
  ],
  [
    'those two states deep',
    machine(
      "A: { initial: 'X', states: { X: { initial: 'P', states: { P: { on: { GO: '¦' } }, Q: {} } }, Y: {} } }, B: {}",
    ),
    ['P', 'Q'],
  ],
  [
    'the states that a state inside of the machine may begin in',
    machine("A: { initial: '¦', states: { X: {}, Y: {} } }, B: {}"),
    ['X', 'Y'],
  ],
  [
    'those that one inside of it may begin in',
    machine("A: { initial: 'X', states: { X: { initial: '¦', states: { P: {}, Q: {} } }, Y: {} } }, B: {}"),
    ['P', 'Q'],
  ],
  [
    'the paths of states',
    `createMachineStore(${machine("A: { initial: 'X', states: { X: {}, Y: {} } }, B: {}")}).is('¦')`,
    ['A', 'A.X', 'A.Y', 'B'],
  ],
  ['the keys of its end', machine('A: { invoke: { src: async () => 1, onDone: { ¦ } } }, B: {}'), TRANSITION],
  [
    'what the event of a guard carries',
    machine("A: { on: { GO: { target: 'B', guard: (_context, event) => event.¦ } } }, B: {}"),
    ['by', 'type'],
  ],
  ['the events without a payload for send', `createMachineStore(${SENT}).send('¦')`, ['STOP']],
  ['the types of events for send', `createMachineStore(${SENT}).send({ type: '¦' })`, ['GO', 'STOP']],
]

let completed: readonly string[][] = []

beforeAll(() => {
  completed = completionsIn(
    IMPORT,
    CASES.map(([, code]) => code),
  )
}, 120_000)

describe('an editor completes', () => {
  test.each(CASES.map(([what, , names], index) => [what, names, index] as const))(
    '%s',
    (_what, names, index) => {
      expect(completed[index]).toEqual(names)
    },
  )
})
