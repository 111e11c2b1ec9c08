import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadAdapter } from '../../src/stress/load-adapter.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-adapters-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a CommonJS module, which is what jest loads, and returns its path. */
function module(name: string, code: string): string {
  const path = join(folder, `${name}.cjs`)
  writeFileSync(path, code)
  return path
}

const ADAPTER = `{ name: 'mine', create() {} }`
const SCENARIO = `{ name: 'own', group: 'own', goal: 'g', method: 'm', thresholds: {}, run() {} }`

describe('loadAdapter', () => {
  test.each([
    ['as "adapter"', `exports.adapter = ${ADAPTER}`],
    ['by default', `module.exports = ${ADAPTER}`],
    ['by default, as compiled ES modules do', `exports.__esModule = true; exports.default = ${ADAPTER}`],
  ])('finds an adapter that is exported %s', async (how, code) => {
    const { adapter, scenarios } = await loadAdapter(module(how.replace(/\W/g, '-'), code))
    expect(adapter.name).toBe('mine')
    expect(scenarios).toEqual([])
  })

  test('takes a file: URL', async () => {
    const { href } = pathToFileURL(module('by-url', `exports.adapter = ${ADAPTER}`))
    expect((await loadAdapter(href)).adapter.name).toBe('mine')
  })

  test('finds and checks scenarios', async () => {
    const good = module('good', `exports.adapter = ${ADAPTER}; exports.scenarios = [${SCENARIO}]`)
    expect((await loadAdapter(good)).scenarios.map(({ name }) => name)).toEqual(['own'])
    const bad = module('bad', `exports.adapter = ${ADAPTER}; exports.scenarios = [{ name: 'own' }]`)
    await expect(loadAdapter(bad)).rejects.toThrow('Expected "scenario.group" to be words in lower case')
  })

  test.each([
    ['nothing', '', /^Expected "store" to be a module that exports an adapter .*, which exports .*\.$/],
    ['no-create', `exports.adapter = { name: 'x' }`, /no-create\.cjs, which exports adapter/],
    ['no-name', `exports.adapter = { create() {} }`, /no-name\.cjs, which exports adapter/],
    [
      'no-list',
      `exports.adapter = ${ADAPTER}; exports.scenarios = {}`,
      /^Expected "scenarios" to be an array/,
    ],
    [
      'throws',
      `throw new Error('not today')`,
      /^Expected "store" to be a module that loads, got .*: not today\.$/,
    ],
  ])('refuses a module with %s', async (name, code, sentence) => {
    const path = module(name, code)
    await expect(loadAdapter(path)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(loadAdapter(path)).rejects.toThrow(sentence)
  })

  test('keeps what kept a module from loading as the cause', async () => {
    await expect(loadAdapter(join(folder, 'absent.cjs'))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      cause: { message: expect.stringContaining('absent.cjs') },
    })
  })
})
