/** What toMermaid draws, read by Mermaid's own parser. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { toMermaid } from '../../src/index.ts'
import { defineLoose } from './support.ts'

interface Shown {
  readonly states?: readonly string[]
  readonly edges?: readonly (readonly [string, string, string])[]
  readonly error?: string
}

function parse(diagrams: readonly string[]): Shown[] {
  const reader = join(import.meta.dirname, '../support/parse-mermaid.mjs')
  const { stdout, stderr, status } = spawnSync(process.execPath, [reader], {
    input: JSON.stringify(diagrams),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const NAMES: readonly string[] = [
  'IDLE',
  'on fire',
  'a:b',
  'a;b',
  'say "hi"',
  "it's",
  'two\nlines',
  'x --> y',
  '[*]',
  '{x}',
  '%% no comment',
  '#35;',
  'a#b',
  '<b>',
  '<<fork>>',
  'tick.5',
  'é',
  '日本',
  '__proto__',
  'constructor',
  '1st',
  'state',
  'State',
  'note',
  'end',
  'END',
  'default',
  'direction',
  'class',
  'classDef',
  'click',
  'style',
  'hide',
  'scale',
  'as',
  's0',
  'statement',
  'ending',
  'fork',
  'join',
  'choice',
  'concurrent',
  'left of',
  'root',
]

const draw = (name: string): string =>
  toMermaid(
    defineLoose({
      id: 'm',
      initial: name,
      context: {},
      states: {
        [name]: { on: { [name]: { target: 'NEXT', guard: () => true } } },
        NEXT: { type: 'final' },
      },
    }),
  )

describe('a drawing, read by Mermaid', () => {
  test('shows every name of a state and of an event as it is', () => {
    const shown = parse(NAMES.map(draw))
    for (const [i, name] of NAMES.entries()) {
      expect({ name, ...shown[i] }).toEqual({
        name,
        states: expect.arrayContaining([name, 'NEXT']),
        edges: [
          ['root_start', name, ''],
          [name, 'NEXT', `${name} [guard]`],
          ['NEXT', 'root_end', ''],
        ],
      })
    }
  })
})
