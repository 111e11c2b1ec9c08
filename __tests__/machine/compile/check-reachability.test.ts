/** Which states a machine can reach, and by which transitions. */
import { describe, expect, test } from '@jest/globals'
import { exitsOf, unreachableStates } from '../../../src/machine/compile/check-reachability.ts'
import { Compiled } from '../../../src/machine/compile/compile.ts'

const work = async (): Promise<void> => {}

describe('unreachableStates', () => {
  const unreachable = (states: Record<string, unknown>, initial: string, on?: unknown): string[] => {
    return unreachableStates(new Compiled({ initial, states, on }))
  }

  test.each<[string, unknown]>([
    ['an event', { on: { GO: 'F' } }],
    ['a guarded event', { on: { GO: { target: 'F', guard: () => false } } }],
    ['the second of several', { on: { GO: [{}, { target: 'F' }] } }],
    ['an "after"', { after: { ms: 5, target: 'F' } }],
    ['an "always"', { always: { target: 'F', guard: () => false } }],
    ['a state inside', { initial: 'X', states: { X: { on: { GO: '#f' } } } }],
    ['the end of the states inside', { initial: 'X', onDone: 'F', states: { X: { type: 'final' } } }],
    ['an "onDone"', { invoke: { src: work, onDone: 'F' } }],
    ['an "onError"', { invoke: { src: work, onError: 'F' } }],
  ])('follows %s', (_way, state) => {
    expect(unreachable({ A: state, F: { id: 'f' } }, 'A')).toEqual([])
  })

  test("follows the machine's own transitions", () => {
    expect(unreachable({ A: {}, F: {} }, 'A', { STOP: 'F' })).toEqual([])
  })

  test('follows chains and circles, and ends', () => {
    const states = {
      D: {},
      A: { on: { GO: 'B' } },
      B: { on: { GO: 'C', BACK: 'A' } },
      C: { on: { GO: 'A' } },
    }
    expect(unreachable(states, 'A')).toEqual(['D'])
    expect(unreachable(states, 'D')).toEqual(['A', 'B', 'C'])
  })

  test('counts no way out of a final state', () => {
    const states = { A: { on: { END: 'F' } }, F: { type: 'final' }, B: {} }
    expect(unreachable(states, 'A', { GO: 'A' })).toEqual(['B'])
  })
})

describe('unreachableStates, of states inside of others', () => {
  const compiled = new Compiled({
    initial: 'A',
    states: {
      A: {
        initial: 'X',
        on: { BACK: '.H' },
        states: {
          X: {},
          H: { type: 'history', target: 'Y' },
          Y: { type: 'parallel', states: { P: { initial: 'Q', states: { Q: {}, LOST: {} } }, R: {} } },
          Z: {},
        },
      },
    },
  })

  test('begins in initial states and in all regions, and goes where a history may', () => {
    expect(unreachableStates(compiled)).toEqual(['A.Y.P.LOST', 'A.Z'])
  })
})

describe('exitsOf', () => {
  const stateOf = (state: unknown, on: unknown) =>
    new Compiled({ initial: 'A', states: { A: state, B: {}, C: {} }, on }).states.get('A') as never

  test('lists every transition of a state: events, delays, the ends of its work', () => {
    const state = { on: { GO: 'B' }, after: { 5: 'C' }, invoke: { src: work, onDone: 'A', onError: 'B' } }
    expect(exitsOf(stateOf(state, { STOP: 'C' })).map(({ to }) => to?.name)).toEqual([
      'B',
      'C',
      'C',
      'A',
      'B',
    ])
  })

  test('is empty for a final state', () => {
    expect(exitsOf(stateOf({ type: 'final' }, { STOP: 'A' }))).toEqual([])
  })
})
