import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')

interface Weighed {
  readonly name: string
  readonly exports: readonly string[]
  readonly gzipped: number
  readonly limit: number
  readonly goal?: number
  readonly packages: readonly string[]
  readonly imported: readonly string[]
}

/** Ends with status 1 where a row is above its limit, and says the rows all the same. */
function weigh(): Weighed[] {
  try {
    const command = ['scripts/size.mjs', '--json']
    return JSON.parse(execFileSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' }))
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout)
  }
}

/** Bundles an entry, of which maybe nothing is used. */
async function bundleOf(contents: string, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    packages: 'external',
    minify: true,
    write: false,
    logLevel: 'silent',
    define,
  })
  return outputFiles.map(({ text }) => text).join('')
}

const GLOBALS = [globalThis, Object.prototype, Array.prototype, Promise.prototype, Symbol, Error]

/** What a module could add to when it is loaded. */
const surroundings = () => GLOBALS.map((each) => Reflect.ownKeys(each))

// Before any test has loaded the library.
const before = surroundings()
const rows = weigh()

describe('the bundle of an application', () => {
  test.each(rows.map((row) => [row.name, row] as const))('grows by %s no more than its limit', (_, row) => {
    expect(row.gzipped / 1_000).toBeLessThanOrEqual(row.limit)
  })

  test.each(rows.map((row) => [row.name, row] as const))('imports for %s what its row says', (_, row) => {
    expect(row.imported).toEqual(row.packages)
  })

  test('has limits that are no lower than what is aimed at', () => {
    expect(rows.filter(({ goal, limit }) => goal !== undefined && goal >= limit)).toEqual([])
  })

  test('holds the policies that it names, and the default one', async () => {
    const kinds = (text: string): (string | undefined)[] =>
      [...text.matchAll(/kind:"(\w+)",label/g)].map(([, kind]) => kind)
    expect(kinds(await bundleOf("export { createStore } from './src/index.ts'"))).toEqual(['latest'])
    const both = await bundleOf("export { createStore, throttle } from './src/index.ts'")
    expect(kinds(both).sort()).toEqual(['latest', 'throttle'])
    expect(kinds(await bundleOf("export { backpressure, direct } from './src/index.ts'"))).toEqual(['direct'])
  })

  test('has a row for each policy', async () => {
    const { direct, latest, ...others } = await import('../../src/backpressure/index.ts')
    const policies = Object.entries({ direct, ...others }).filter(([name]) => /^[a-z]/.test(name))
    const elsewhere = ['backpressure', 'checkPolicy', 'parsePolicy']
    const root = await import('../../src/index.ts')
    const expected = policies
      .map(([name]) => name)
      .filter((name) => name in root && !elsewhere.includes(name))
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(expected))
    expect(latest).toBeFunction()
  })
})

describe('the table of parts', () => {
  test('has every file of the bundles that it is about', async () => {
    const parts: { files: string }[] = JSON.parse(readFileSync(join(ROOT, 'scripts/size/parts.json'), 'utf8'))
    const { metafile } = await build({
      stdin: {
        contents: "export { createMachineStore, createStore, transition } from './src/index.ts'",
        resolveDir: ROOT,
      },
      absWorkingDir: ROOT,
      bundle: true,
      packages: 'external',
      format: 'esm',
      write: false,
      metafile: true,
      define: { 'process.env.NODE_ENV': '"production"' },
      minify: true,
    })
    const [output] = Object.values(metafile.outputs)
    const held = Object.entries(output?.inputs ?? {}).filter(
      ([file, { bytesInOutput }]) => bytesInOutput > 0 && file !== '<stdin>',
    )
    const unknown = held.filter(([file]) => !parts.some(({ files }) => new RegExp(`^${files}`).test(file)))
    expect(held.length).toBeGreaterThan(50)
    expect(unknown).toEqual([])
  })
})

describe('a bundle of createStore', () => {
  test('has collections only where they are made', async () => {
    const has = async (names: string) =>
      (await bundleOf(`export { ${names} } from './src/index.ts'`)).includes('give that to collection()')
    expect([await has('createStore'), await has('createStore, collection')]).toEqual([false, true])
  })
})

describe('a production bundle of createStore', () => {
  test.each([
    ['the sentences of errors', 'was refused'],
    ['the checks of options', 'true or false'],
    ['the names of options', 'Did you mean'],
    ['the tables of names', 'enforceVersion:!0'],
  ])('has not %s', async (_, text) => {
    const has = async (environment: string) => {
      const define = { 'process.env.NODE_ENV': JSON.stringify(environment) }
      return (await bundleOf("export { createStore } from './src/index.ts'", define)).includes(text)
    }
    expect([await has('development'), await has('production')]).toEqual([true, false])
  })
})

describe('a production bundle of defineMachine', () => {
  test('has not the checks of definitions', async () => {
    const has = async (environment: string) => {
      const define = { 'process.env.NODE_ENV': JSON.stringify(environment) }
      return (await bundleOf("export { defineMachine } from './src/index.ts'", define)).includes(
        'unreachable',
      )
    }
    expect([await has('development'), await has('production')]).toEqual([true, false])
  })
})

describe('"sideEffects": false', () => {
  test.each([
    'index.ts',
    'kernel/index.ts',
    'health/index.ts',
    'delta/index.ts',
    'journal/index.ts',
    'sync/index.ts',
    'nats/index.ts',
    'actors/index.ts',
    'codec/index.ts',
    'otel/index.ts',
    'react/index.ts',
    'devtools/index.ts',
    'vue/index.ts',
    'svelte/index.ts',
    'solid/index.ts',
    'angular/index.ts',
    'testing/index.ts',
    'stress/index.ts',
  ])('lets a bundler leave out src/%s where nothing of it is used', async (entry) => {
    expect(await bundleOf(`import './src/${entry}'`)).toBe('')
  })

  test('is true: the library changes nothing outside of itself when it is loaded', async () => {
    await Promise.all([import('../../src/index.ts'), import('../../src/kernel/index.ts')])
    await Promise.all([import('../../src/codec/index.ts'), import('../../src/otel/index.ts')])
    await Promise.all([import('../../src/delta/index.ts'), import('../../src/journal/index.ts')])
    await Promise.all([import('../../src/react/index.ts'), import('../../src/devtools/index.ts')])
    await import('../../src/actors/index.ts')
    expect(surroundings()).toEqual(before)
  })
})
