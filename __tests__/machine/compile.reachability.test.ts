/** Which states a machine can reach, and by which transitions. */
import { describe, expect, test } from '@jest/globals'
import { DefinitionReader, exitsOf, unreachableStates } from '../../src/machine/compile.ts'
import type { StateNode } from '../../src/machine/machine.ts'

const work = async (): Promise<void> => {}

describe('unreachableStates', () => {
  /** Reads states, with F as what each of the tested ways leads to. */
  const nodes = (states: Record<string, unknown>, rootOn?: unknown): ReadonlyMap<string, StateNode> => {
    const reader = new DefinitionReader(Object.keys(states))
    const root = reader.on('The machine', rootOn)
    return new Map(Object.entries(states).map(([name, state]) => [name, reader.state(name, state, root)]))
  }

  test.each<[string, unknown]>([
    ['an event', { on: { GO: 'F' } }],
    ['a guarded event', { on: { GO: { target: 'F', guard: () => false } } }],
    ['the second of several', { on: { GO: [{}, { target: 'F' }] } }],
    ['an "after"', { after: { ms: 5, target: 'F' } }],
    ['an "onDone"', { invoke: { src: work, onDone: 'F' } }],
    ['an "onError"', { invoke: { src: work, onError: 'F' } }],
  ])('follows %s', (_way, state) => {
    expect(unreachableStates(nodes({ A: state, F: {} }), 'A')).toEqual([])
  })

  test("follows the machine's own transitions", () => {
    expect(unreachableStates(nodes({ A: {}, F: {} }, { STOP: 'F' }), 'A')).toEqual([])
  })

  test('follows chains and circles, and ends', () => {
    const states = {
      D: {},
      A: { on: { GO: 'B' } },
      B: { on: { GO: 'C', BACK: 'A' } },
      C: { on: { GO: 'A' } },
    }
    expect(unreachableStates(nodes(states), 'A')).toEqual(['D'])
    expect(unreachableStates(nodes(states), 'D')).toEqual(['A', 'B', 'C'])
  })

  test('counts no way out of a final state', () => {
    const states = { A: { on: { END: 'F' } }, F: { type: 'final' }, B: {} }
    expect(unreachableStates(nodes(states, { GO: 'A' }), 'A')).toEqual(['B'])
  })
})

describe('exitsOf', () => {
  test('lists every transition of a state: events, delays, the ends of its work', () => {
    const reader = new DefinitionReader(['A', 'B', 'C'])
    const state = { on: { GO: 'B' }, after: { 5: 'C' }, invoke: { src: work, onDone: 'A', onError: 'B' } }
    const node = reader.state('A', state, reader.on('The machine', { STOP: 'C' }))
    expect(exitsOf(node).map(({ target }) => target)).toEqual(['B', 'C', 'C', 'A', 'B'])
  })

  test('is empty for a final state', () => {
    const reader = new DefinitionReader(['A'])
    const node = reader.state('A', { type: 'final' }, reader.on('The machine', { STOP: 'A' }))
    expect(exitsOf(node)).toEqual([])
  })
})
