import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = 'src/codec/gen'

/** The files below a folder by their names, with what they say. */
const readAll = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  )

describe('the generated code', () => {
  const buf = spawnSync(process.execPath, [join(ROOT, 'node_modules/@bufbuild/buf/bin/buf'), '--version'])
  if (buf.status !== 0) {
    test.skip('is compared where buf can run; it cannot here', () => {})
    return
  }

  test('is what `npm run generate` makes of the .proto files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-codec-'))
    try {
      const script = join(ROOT, 'scripts/generate-codec.mjs')
      const run = spawnSync(process.execPath, [script, '--output', folder], { encoding: 'utf8' })
      expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' })
      expect(readAll(join(folder, FOLDER))).toEqual(readAll(join(ROOT, FOLDER)))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
