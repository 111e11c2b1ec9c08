import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FLOORS, importsOf, roomViolations } from './rooms.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Reads the text of each source file by its path from the root. */
function readSources(): Record<string, string> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.map((file) => [
      file
        .slice(ROOT.length + 1)
        .split(sep)
        .join('/'),
      readFileSync(file, 'utf8'),
    ]),
  )
}

/** What the rule says to one import in one file. */
function verdict(file: string, specifier: string): string[] {
  return roomViolations({ [file]: `import { something } from '${specifier}'\n` })
}

describe('the sources', () => {
  test('of JSON and of deltas know no store, though they stand above its floor', () => {
    const theirs = Object.entries(readSources()).filter(([file]) => /^src\/(?:json|delta)\//.test(file))
    const rooms = theirs.flatMap(([, source]) =>
      importsOf(source).flatMap(({ specifier }) => specifier.split('/').at(-2) ?? []),
    )
    expect([...new Set(rooms)].sort()).toEqual(['.', 'collection', 'json', 'kit', 'state'])
  })

  test('keep the room rule', () => {
    expect(roomViolations(readSources())).toEqual([])
  })
})

describe('roomViolations', () => {
  test.each([
    ['src/store/store.ts', './options.ts', 'a file of its own room'],
    ['src/store/collection/radix.ts', '../store.ts', 'a file of its own room from a folder in it'],
    ['src/store/store.ts', '../kit/index.ts', 'the door of a lower floor'],
    [
      'src/store/collection/radix.ts',
      '../../kit/index.ts',
      'the door of a lower floor from a folder in a room',
    ],
    ['src/index.ts', './store/index.ts', 'a door from the root door'],
    ['src/backpressure/mailbox.ts', 'rxjs', 'rxjs above kit'],
    ['src/backpressure/mailbox.ts', 'rxjs/testing', 'an entry of rxjs'],
    ['src/store/store.ts', 'immer', 'immer from the store on'],
    ['src/codec/proto.ts', '@bufbuild/protobuf', 'any package outside the core'],
    ['src/testing/leak-probe.ts', 'node:v8', 'a module of Node from floor 7 on'],
    ['src/cli/main.ts', 'node:process', 'a module of Node in the command'],
  ])('lets %s import %s: %s', (file, specifier) => {
    expect(verdict(file, specifier)).toEqual([])
  })

  test.each([
    [
      'src/codec/run.ts',
      '../otel/index.ts',
      "'codec' and 'otel' are neighbours on floor 5; neither may import the other.",
    ],
    [
      'src/counting/m.ts',
      '../collection/index.ts',
      "'counting' and 'collection' are neighbours on floor 2; neither may import the other.",
    ],
    [
      'src/kit/clock.ts',
      '../store/index.ts',
      "'store' stands on floor 3, above 'kit' on floor 0; imports only go down.",
    ],
    [
      'src/kit/clock.ts',
      '../store/store.ts',
      "'store' stands on floor 3, above 'kit' on floor 0; imports only go down.",
    ],
    ['src/store/store.ts', '../kit/clock.ts', 'a room is entered by its door; import from src/kit/index.ts.'],
    [
      'src/store/store.ts',
      '../kit/deep/index.ts',
      'a room is entered by its door; import from src/kit/index.ts.',
    ],
    ['src/store/store.ts', './index.ts', 'inside a room, import the file that has it, not the door.'],
    [
      'src/store/collection/radix.ts',
      '../index.ts',
      'inside a room, import the file that has it, not the door.',
    ],
    [
      'src/store/store.ts',
      '../index.ts',
      'the root door is for users; import the door of the room that has it.',
    ],
    ['src/cli/main.ts', '../../package.json', 'a room may not import a file that lies outside every room.'],
    ['src/store/store.ts', '../attic/index.ts', "the room 'attic' has no floor."],
    [
      'src/cli/main.ts',
      'headgate',
      'sources name one another by relative paths, not by the name of the package.',
    ],
    [
      'src/cli/main.ts',
      'headgate/store',
      'sources name one another by relative paths, not by the name of the package.',
    ],
    ['src/index.ts', './kit/clock.ts', 'the root door may import only the doors of rooms.'],
    ['src/index.ts', './kit/deep/index.ts', 'the root door may import only the doors of rooms.'],
    ['src/index.ts', 'rxjs', 'the root door may import only the doors of rooms.'],
    ['src/kit/clock.ts', 'rxjs', "'kit' may import no package."],
    ['src/backpressure/mailbox.ts', 'immer', "'backpressure' may import no package but rxjs."],
    ['src/machine/m.ts', '@scope/tool/part', "'machine' may import no package but rxjs and immer."],
    [
      'src/devtools/serve.ts',
      'node:http',
      "'devtools' stands on floor 6, and modules of Node may be used from floor 7 on.",
    ],
    [
      'src/kit/uuid.ts',
      'crypto',
      "'kit' stands on floor 0, and modules of Node may be used from floor 7 on.",
    ],
  ])('refuses that %s imports %s', (file, specifier, why) => {
    expect(verdict(file, specifier)).toEqual([`${file}:1 imports '${specifier}': ${why}`])
  })

  test('refuses a file outside every room, and a room without a floor', () => {
    expect(roomViolations({ 'src/version.ts': '', 'src/attic/box.ts': '' })).toEqual([
      'src/version.ts lies outside every room; only src/index.ts may.',
      "src/attic/box.ts lies in the room 'attic', which has no floor.",
    ])
  })

  test('reports each import of a file with its line', () => {
    const source = ["import 'rxjs'", '', "export * from 'immer'"].join('\n')
    expect(roomViolations({ 'src/kit/a.ts': source })).toEqual([
      "src/kit/a.ts:1 imports 'rxjs': 'kit' may import no package.",
      "src/kit/a.ts:3 imports 'immer': 'kit' may import no package.",
    ])
  })

  test('knows every room of the building', () => {
    expect(Object.keys(FLOORS)).toHaveLength(32)
  })
})

describe('importsOf', () => {
  test('finds every form of import, in order, with the line on which it ends', () => {
    const source = `import bare, { type A } from 'one'
import type { B } from "two"
import {
  a,
  b, // not 'this'
  type C as D,
} from './three.ts'
import 'four'
export * from './five.ts'
export * as six from './six.ts'
export { $seven } from './seven.ts'
const lazy = async () => (await import('eight')).default
type Nine = import('nine').Nine
`
    expect(importsOf(source).map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
      '1 one',
      '2 two',
      '7 ./three.ts',
      '8 four',
      '9 ./five.ts',
      '10 ./six.ts',
      '11 ./seven.ts',
      '12 eight',
      '13 nine',
    ])
  })

  test('finds none in comments, nor in code that only resembles an import', () => {
    const source = `/**
 * import { a } from 'one'
 * const b = await import('two')
 */
// import 'three'
export const from = 'four'
export function importer(from: string) {
  return [from, 'five']
}
`
    expect(importsOf(source)).toEqual([])
  })
})
