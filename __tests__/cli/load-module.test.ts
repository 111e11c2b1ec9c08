import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { latest } from '../../src/backpressure/index.ts'
import { checkModule, loadModule } from '../../src/cli/load-module.ts'
import { type FakeIo, fakeIo } from './support/fake-io.ts'
import { lampModule } from './support/machines.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-'))
  await Promise.all(['module.js', 'module.ts'].map((name) => writeFile(join(folder, name), '')))
})

afterAll(() => rm(folder, { recursive: true }))

/** A world where importing `module.js` and `module.ts` gives this. */
function ioWith(module: unknown): FakeIo {
  const io = fakeIo([], folder)
  for (const name of ['module.js', 'module.ts']) io.modules.set(join(folder, name), module)
  return io
}

describe('loadModule', () => {
  test('gives the exports, with what is left out filled in', async () => {
    const module = await loadModule('module.js', ioWith(lampModule))
    expect(module).toMatchObject({ machine: lampModule.machine, timeUnit: 'ms', subscribers: [] })
  })

  test('finds the exports in the default export, where CommonJS puts them', async () => {
    const module = await loadModule('module.js', ioWith({ default: lampModule }))
    expect(module.machine).toBe(lampModule.machine)
  })

  test.each(['nothing.js', '.'])('refuses %s, which is no file', async (path) => {
    await expect(loadModule(path, ioWith(lampModule))).rejects.toThrow(`The module ${path} does not exist.`)
  })

  test('tells on one line what kept a module from loading', async () => {
    const io = { ...ioWith(lampModule), importModule: () => Promise.reject(new Error('broken\n  here')) }
    await expect(loadModule('module.js', io)).rejects.toThrow(
      /^The module module.js could not be loaded: broken here$/,
    )
  })

  test('says what to do where Node does not load TypeScript', async () => {
    const error = Object.assign(new Error('Unknown file extension'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })
    const io = { ...ioWith(lampModule), importModule: () => Promise.reject(error) }
    await expect(loadModule('module.ts', io)).rejects.toThrow(
      /does not load TypeScript; compile it, or use Node/,
    )
  })
})

describe('checkModule', () => {
  const next = (): void => {}

  test.each([
    [
      { machine: undefined },
      'The module m.js exports no "machine"; expected a machine made by defineMachine().',
    ],
    [
      { machine: {} },
      'The module m.js exports an object as "machine"; expected a machine made by defineMachine().',
    ],
    [
      { ingest: undefined },
      'The module m.js exports no "ingest"; expected a function from a record to its events.',
    ],
    [
      { observe: 1 },
      'The module m.js exports 1 (number) as "observe"; expected a recipe (draft, record) on the context.',
    ],
    [
      { timeUnit: 'minutes' },
      'The module m.js exports "minutes" (string) as "timeUnit"; expected s, ms, us, ns.',
    ],
    [
      { records: [] },
      'The module m.js exports an array as "records"; expected a function that returns records.',
    ],
    [
      { subscribers: {} },
      'The module m.js exports an object as "subscribers"; expected an array of { id, policy, next }.',
    ],
    [{ subscribers: [{ id: 'a' }] }, 'A subscriber of the module m.js is not { id, policy, next }.'],
    [{ subscribers: [null] }, 'A subscriber of the module m.js is not { id, policy, next }.'],
  ])('refuses %j', (part, sentence) => {
    expect(() => checkModule({ ...lampModule, ...part }, 'm.js')).toThrow(sentence)
  })

  test.each(['lossy', { kind: 'lossy' }, null])('refuses a subscriber with the policy %j', (policy) => {
    const subscribers = [{ id: 'a', policy, next }]
    expect(() => checkModule({ ...lampModule, subscribers }, 'm.js')).toThrow(
      /^The subscriber "a" of the module m.js: /,
    )
  })

  test('reads policies that are labels, and takes latest() where there is none', () => {
    const { subscribers } = checkModule(
      {
        ...lampModule,
        subscribers: [
          { id: 'a', policy: 'buffer:8', next },
          { id: 'b', policy: latest({ dispatch: 'microtask' }), next },
          { id: 'c', next },
        ],
      },
      'm.js',
    )
    expect(subscribers.map(({ policy }) => policy.label)).toEqual([
      'buffer:8:drop-oldest',
      'latest:microtask',
      'latest',
    ])
  })

  test('keeps a subscriber itself as the consumer, so that its methods find their `this`', () => {
    const subscriber = { id: 'a', policy: 'latest', next }
    const { subscribers } = checkModule({ ...lampModule, subscribers: [subscriber] }, 'm.js')
    expect(subscribers[0]?.consumer).toBe(subscriber)
  })
})
