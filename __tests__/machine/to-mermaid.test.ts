import { describe, expect, test } from '@jest/globals'
import { toMermaid } from '../../src/index.ts'
import { defineLoose } from './support.ts'

/** The lines of the drawing of a machine that begins in its first state. */
function draw(states: Record<string, unknown>, on?: unknown): string[] {
  const machine = defineLoose({
    id: 'm',
    initial: Object.keys(states)[0],
    context: {},
    states,
    ...(on !== undefined && { on }),
  })
  return toMermaid(machine).split('\n')
}

const work = async (): Promise<void> => {}

describe('toMermaid', () => {
  test('draws a machine of one state', () => {
    expect(draw({ A: {} })).toEqual(['stateDiagram-v2', '  [*] --> A'])
  })

  test('draws what an event, a delay and the ends of work lead to', () => {
    const lines = draw({
      A: {
        on: { GO: 'B' },
        after: { 5: 'B', 7: { update: work } },
        invoke: { src: work, onNext: 'B', onDone: 'B', onError: 'A' },
      },
      B: {},
    })
    expect(lines.slice(2)).toEqual([
      '  A --> B : GO',
      '  A --> B : after 5 ms',
      '  A --> A : after 7 ms',
      '  A --> B : done',
      '  A --> B : next',
      '  A --> A : error',
    ])
  })

  test('draws each of several transitions, the guarded ones marked', () => {
    const guard = (): boolean => true
    const lines = draw({
      A: {
        on: { GO: [{ target: 'B', guard }, { target: 'A' }] },
        after: [{ ms: 5, guard, target: 'B' }, { ms: 5 }],
      },
      B: {},
    })
    expect(lines.slice(2)).toEqual([
      '  A --> B : GO [guard]',
      '  A --> A : GO',
      '  A --> B : after 5 ms [guard]',
      '  A --> A : after 5 ms',
    ])
  })

  test("draws the machine's own transitions from each state, and from no final one", () => {
    expect(draw({ A: { on: { STOP: 'B' } }, B: {}, C: { type: 'final' } }, { STOP: 'C' }).slice(2)).toEqual([
      '  A --> B : STOP',
      '  A --> C : STOP',
      '  B --> C : STOP',
      '  C --> [*]',
    ])
  })

  test('draws a name that is no plain word through an alias', () => {
    expect(
      draw({
        'not ready': { on: { GO: 'B' } },
        B: { on: { BACK: 'not ready', END: 'the end' } },
        'the end': { type: 'final' },
      }),
    ).toEqual([
      'stateDiagram-v2',
      '  state "not ready" as s0',
      '  state "the end" as s2',
      '  [*] --> s0',
      '  s0 --> B : GO',
      '  B --> s0 : BACK',
      '  B --> s2 : END',
      '  s2 --> [*]',
    ])
  })

  test('chooses an alias that is the name of no other state', () => {
    expect(draw({ 'a b': { on: { GO: 's0', NEXT: 's0_' } }, s0: {}, s0_: {} }).slice(1)).toEqual([
      '  state "a b" as s0__',
      '  [*] --> s0__',
      '  s0__ --> s0 : GO',
      '  s0__ --> s0_ : NEXT',
    ])
  })
})
