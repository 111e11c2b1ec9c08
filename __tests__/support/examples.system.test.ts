import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { collectExamples, type Example, runProblems, typeErrors } from './examples.ts'

/** A package invented for these tests: a root, and a room. */
let sources = ''

beforeAll(() => {
  sources = mkdtempSync(join(tmpdir(), 'headgate-examples-'))
  mkdirSync(join(sources, 'room'))
  writeFileSync(join(sources, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(sources, 'index.ts'), 'export const add = (a: number, b: number): number => a + b\n')
  writeFileSync(join(sources, 'room/index.ts'), 'export const call = (): number => 1\n')
})

afterAll(() => rmSync(sources, { recursive: true, force: true }))

const FENCE = '```'

function page(...lines: string[]): string {
  return lines.join('\n').replaceAll('~~~', FENCE)
}

/** An example that begins on line 10 of an invented page. */
function example(...lines: string[]): Example {
  return { file: 'page.md', line: 10, code: lines.join('\n'), run: true }
}

describe('collectExamples', () => {
  test('finds the blocks of a page that are marked ts, with the line of their code', () => {
    const text = page(
      '# Page',
      '~~~ts',
      'one()',
      '',
      'two()',
      '~~~',
      '~~~sh',
      'ls',
      '~~~',
      '~~~ts no-run',
      'three()',
      '~~~',
    )
    expect(collectExamples('page.md', text)).toEqual([
      { file: 'page.md', line: 3, code: 'one()\n\ntwo()', run: true },
      { file: 'page.md', line: 11, code: 'three()', run: false },
    ])
  })

  test('strips the indentation of a block in a list, and no more', () => {
    const text = page('1. Item', '   ~~~ts', '   if (yes) {', '     one()', '', '   }', '   ~~~')
    expect(collectExamples('page.md', text)).toEqual([
      { file: 'page.md', line: 3, code: 'if (yes) {\n  one()\n\n}', run: true },
    ])
  })

  test('leaves a ts block inside a block of another kind alone', () => {
    expect(collectExamples('page.md', page('~~~md', '~~~ts', 'one()', '~~~'))).toEqual([])
  })

  test('finds the blocks below @example in the comments of a source file', () => {
    const text = page(
      '/**',
      ' * Adds.',
      ' * ~~~ts',
      ' * prose()',
      ' * ~~~',
      ' * @example',
      ' * In words:',
      ' * ~~~ts',
      " * import { add } from 'headgate'",
      ' *',
      ' *   indented()',
      ' * ~~~',
      ' * @param a - the first',
      ' * ~~~ts',
      ' * parameter()',
      ' * ~~~',
      ' */',
      'export const add = 1',
    )
    expect(collectExamples('src/add.ts', text)).toEqual([
      { file: 'src/add.ts', line: 9, code: "import { add } from 'headgate'\n\n  indented()", run: true },
    ])
  })

  test('finds the second @example, and those of members', () => {
    const comment = [
      '  /**',
      '   * @example Title',
      '   * ~~~ts',
      '   * one()',
      '   * ~~~',
      '   * @example',
      '   * ~~~ts',
      '   * two()',
      '   * ~~~',
      '   */',
    ]
    const found = collectExamples('src/a.ts', page('interface A {', ...comment, '}'))
    expect(found.map(({ line, code }) => `${line} ${code}`)).toEqual(['5 one()', '9 two()'])
  })

  test('refuses a mark it does not know, and a block without an end', () => {
    expect(() => collectExamples('page.md', page('', '~~~ts norun', '~~~'))).toThrow(
      'page.md:2 marks a block "ts norun"; write "ts" or "ts no-run".',
    )
    expect(() => collectExamples('page.md', page('~~~typescript', '~~~'))).toThrow(
      'write "ts" or "ts no-run"',
    )
    expect(() => collectExamples('page.md', page('~~~ts', 'one()'))).toThrow(
      'page.md:1 opens a block that nothing closes.',
    )
  })
})

describe('typeErrors', () => {
  test('passes blocks that compile, each a module of its own', async () => {
    const blocks = [
      example(
        "import { add } from 'headgate'",
        'const sum: number = add(1, 2)',
        'await Promise.resolve(sum)',
      ),
      example("import { call } from 'headgate/room'", 'const sum: number = call()'),
    ]
    expect(await typeErrors(blocks, sources)).toEqual([])
  })

  test('reports an error at its line of the documentation, in blocks that are not run too', async () => {
    const wrong = {
      ...example("import { add } from 'headgate'", '', "add('1', 2)"),
      file: 'src/add.ts',
      run: false,
    }
    const errors = await typeErrors([example('const fine = 1'), wrong], sources)
    expect(errors).toEqual([
      expect.stringMatching(/^src\/add\.ts:12: error TS2345: Argument of type 'string'.*$/s),
    ])
  })

  test('reports an error in the sources at its place', async () => {
    mkdirSync(join(sources, 'broken'))
    writeFileSync(join(sources, 'broken/index.ts'), 'export const one: string = 1\n')
    const errors = await typeErrors([example("import { one } from 'headgate/broken'", 'one.at(0)')], sources)
    expect(errors).toEqual([expect.stringMatching(/^\S+\/broken\/index\.ts:1: error TS2322:/)])
  })

  test('is as strict as the project', async () => {
    const errors = await typeErrors(
      [example('const list: number[] = []', 'const first: number = list[0]')],
      sources,
    )
    expect(errors).toEqual([expect.stringMatching(/^page\.md:11: error TS2322:/)])
  })
})

describe('runProblems', () => {
  test('passes a block that logs what it says', async () => {
    const block = example(
      "import { add } from 'headgate'",
      "import { call } from 'headgate/room'",
      'type Sum = { sum: number; parts: readonly number[] }',
      'const result: Sum = { sum: add(1, 2), parts: [1, 2] }',
      'console.log(result) // → { sum: 3, parts: [ 1, 2 ] }',
      "console.log('calls: %d', await Promise.resolve(call())) // → calls: 1",
      "console.log('two\\n  lines')",
      '// → two',
      '// →   lines',
    )
    expect(await runProblems(block, sources)).toEqual([])
  })

  test('keeps an object on one line, however long', async () => {
    const list = Array.from({ length: 40 }, (_, index) => index)
    expect(
      await runProblems(
        example(
          `console.log(${JSON.stringify({ a: { b: { c: list } } })})`,
          '// → { a: { b: { c: [Array] } } }',
        ),
      ),
    ).toEqual([])
    expect(await runProblems(example(`console.log([${list}])`, `// → [ ${list.join(', ')} ]`))).toEqual([])
  })

  test('waits for what is logged late, and releases what a block holds by using', async () => {
    const block = example(
      '{',
      "  using held = { [Symbol.dispose]: () => console.log('released') } // → released",
      '}',
      "setTimeout(() => console.log('late'), 1) // → late",
    )
    expect(await runProblems(block, sources)).toEqual([])
  })

  test('finds a wrong value at its line', async () => {
    const block = example("import { add } from 'headgate'", 'console.log(add(1, 2)) // → 4')
    expect(await runProblems(block, sources)).toEqual(['page.md:11 expects "4", but "3" was logged.'])
  })

  test('finds an order that differs', async () => {
    const block = example("console.log('a') // → b", "console.log('b') // → a")
    expect(await runProblems(block, sources)).toHaveLength(2)
  })

  test('finds a line that is never logged', async () => {
    const block = example('const silent = 1 // → 1')
    expect(await runProblems(block, sources)).toEqual(['page.md:10 expects "1", but nothing was logged.'])
  })

  test('finds a line that is logged without being expected', async () => {
    const block = example('console.log(1) // → 1', 'console.log(2)')
    expect(await runProblems(block, sources)).toEqual([
      'page.md:10 also logged "2"; add "// → 2" where it does.',
    ])
  })

  test('finds a block that throws, or imports what is not there', async () => {
    expect(await runProblems(example("throw new TypeError('no')"), sources)).toEqual([
      'page.md:10 threw TypeError: no',
    ])
    const [problem] = await runProblems(example("import { x } from 'headgate/attic'", 'x()'), sources)
    expect(problem).toStartWith('page.md:10 threw Error: Cannot find module')
  })

  test('does not run a block marked no-run', async () => {
    expect(await runProblems({ ...example("throw new Error('no')"), run: false }, sources)).toEqual([])
  })
})
