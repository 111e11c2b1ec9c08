/** In processes of their own: what earlier tests have left may be freed meanwhile, and is taken off the growth. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'

const execute = promisify(execFile)
const CACHE = join(import.meta.dirname, '../../node_modules/.cache')

let folder: string
let program: string

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true })
  folder = await mkdtemp(join(CACHE, 'headgate-growing-'))
  program = join(folder, 'growing.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'support/growing.ts')],
    outfile: program,
    format: 'esm',
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a store that grows with each write', () => {
  test.each(['large-snapshots', 'subscriber-cleanup'])(
    'has grown too much in %s',
    async (scenario) => {
      const { stdout } = await execute(process.execPath, ['--expose-gc', program, scenario])
      expect(JSON.parse(stdout)).toContain('heapGrowthMb')
    },
    120_000,
  )
})
