import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import { importsOf } from './rooms.ts'

const ROOT = join(import.meta.dirname, '../..')
const STARTERS = ['node:child_process', 'playwright-core']

const starts = new Map<string, boolean>()

/** Whether a file starts other programs: by itself, or by what it imports outside the sources. */
function startsPrograms(file: string): boolean {
  if (!starts.has(file)) {
    // So that files that import each other end.
    starts.set(file, false)
    const imported = importsOf(readFileSync(file, 'utf8')).map(({ specifier }) => specifier)
    const files = imported
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => join(dirname(file), specifier))
      .filter((path) => !path.startsWith(join(ROOT, 'src')) && existsSync(path) && /\.tsx?$/.test(path))
    starts.set(file, imported.some((each) => STARTERS.includes(each)) || files.some(startsPrograms))
  }
  return starts.get(file) === true
}

test('a test file that starts other programs is a system test', () => {
  const files = ['__tests__', 'marbles'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(ROOT, folder, path),
    ),
  )
  const others = files.filter((path) => /(?<!\.system)\.test\.tsx?$/.test(path))
  expect(others.length).toBeGreaterThan(300)
  expect(others.filter(startsPrograms).map((path) => relative(ROOT, path))).toEqual([])
})
