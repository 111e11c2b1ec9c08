/**
 * Runs all tests that draw random programs, from a new seed, with twenty times as many programs as `npm test` tries.
 *
 *     npm run fuzz                          HEADGATE_RUNS=100 npm run fuzz
 *     npm run fuzz -- derive store/views    only files with this in their paths
 *
 * What fails tells its seed: `HEADGATE_SEED=<seed> npx jest <file>` does the same again.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const SOURCES = /from '(?:fast-check|[./]*\/support\/(?:runs|seed)\.ts)'/
const IMPORTED = /from '(\.[^']*\.ts)'/g

/** @type {Map<string, boolean>} */
const known = new Map()

/**
 * Whether a file draws random programs: by itself, or by what it imports of the tests.
 *
 * @param {string} file
 */
function isRandom(file) {
  if (!known.has(file)) {
    // So that files that import each other end.
    known.set(file, false)
    const text = readFileSync(file, 'utf8')
    const imported = [...text.matchAll(IMPORTED)].map(([, path = '']) => join(dirname(file), path))
    // A text may look like an import.
    const tests = imported.filter((path) => !path.startsWith(join(ROOT, 'src')) && existsSync(path))
    known.set(file, SOURCES.test(text) || tests.some(isRandom))
  }
  return known.get(file) === true
}

const files = ['__tests__', 'marbles']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(ROOT, folder, path),
    ),
  )
  .filter((path) => path.endsWith('.test.ts') && isRandom(path))

const wanted = process.argv.slice(2)
const chosen = files.filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
const env = { HEADGATE_SEED: 'random', HEADGATE_RUNS: '20', ...process.env }
const jest = join(ROOT, 'node_modules/jest/bin/jest.js')
const { status } = spawnSync(process.execPath, [jest, '--runTestsByPath', ...chosen], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
