/** The types of the root work for a project with few libraries that checks every declaration. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const OPTIONS =
  '--ignoreConfig --noEmit --module NodeNext --target ES2022 --lib ES2022,DOM,DOM.Iterable --strict ' +
  '--exactOptionalPropertyTypes --noUncheckedIndexedAccess --allowImportingTsExtensions --skipLibCheck false'

describe('the types of the root', () => {
  test('have no error with skipLibCheck off and without the library of disposables', () => {
    const words = [TSC, ...OPTIONS.split(' '), '--types', '', 'src/index.ts']
    const { stdout, status } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' })
    expect([stdout, status]).toEqual(['', 0])
  }, 120_000)
})
