import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')
const PICTURES = 'docs/images/policies'

let library: string

/** Bundles the sources where they find rxjs and immer, so that the test needs no build of the package. */
beforeAll(async () => {
  const cache = join(ROOT, 'node_modules/.cache/headgate-pictures')
  await mkdir(cache, { recursive: true })
  library = await mkdtemp(join(cache, 'run-'))
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/index.ts', 'src/backpressure/index.ts', 'src/delta/index.ts'],
    outdir: library,
    outbase: 'src',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  // Makes what is inside ES modules: no package.json above `node_modules` counts.
  await writeFile(join(library, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(library, { recursive: true, force: true }))

/** Runs a script that draws, to see whether what it has drawn is current. */
const check = (file: string): Promise<unknown> =>
  promisify(execFile)(process.execPath, [`scripts/${file}`, '--check', '--library', library], { cwd: ROOT })

const QUIET = { stdout: '', stderr: '' }

describe('the picture of very many machines', () => {
  test('shows what the paper says now, and is on the page with words for those who cannot see it', async () => {
    await expect(check('draw-nats-scale.mjs')).resolves.toEqual(QUIET)
    const page = await readFile(join(ROOT, 'docs/many-machines.md'), 'utf8')
    const [, words = ''] = /!\[([^\]]+)\]\(images\/nats-scale\.svg\)/.exec(page) ?? []
    const picture = await readFile(join(ROOT, 'docs/images/nats-scale.svg'), 'utf8')
    const limits = [...picture.matchAll(/: ([\d ]+)[;.]/g)].map(([, members]) => members)
    expect(limits).toHaveLength(3)
    for (const members of limits) expect(words).toContain(members)
  })
})

describe('the pictures of the policies', () => {
  test('show what the policies do now', async () => {
    await expect(check('draw-policies.mjs')).resolves.toEqual(QUIET)
  })

  test('are all shown on the page, each with words for those who cannot see it', async () => {
    const page = await readFile(join(ROOT, 'docs/backpressure.md'), 'utf8')
    const shown = [...page.matchAll(/!\[([^\]]+)\]\(images\/policies\/([^)]+)\)/g)].map(([, , file]) => file)
    const drawn = await readdir(join(ROOT, PICTURES))
    expect(shown.sort()).toEqual(drawn.sort())
  })

  test('load nothing, and carry a title and a description', async () => {
    for (const file of await readdir(join(ROOT, PICTURES))) {
      const picture = await readFile(join(ROOT, PICTURES, file), 'utf8')
      expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|url\(|<script/)
      expect(picture).toMatch(/<title id="title">.+<\/title>\n<desc id="desc">.+<\/desc>/)
    }
  })
})
