/** The commands on real sockets of loopback, each in the world of a test. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { runCommand } from '../../../src/cli/command.ts'
import { createStore, type Store } from '../../../src/store/index.ts'
import { type FakeIo, fakeIo } from '../support/fake-io.ts'
import { lampModule } from '../support/machines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-'))
  for (const name of ['stores.js', 'lamp.js']) await writeFile(join(folder, name), '')
})
afterAll(() => rm(folder, { recursive: true }))

interface Running {
  readonly io: FakeIo
  readonly status: Promise<number>
}
const running: Running[] = []
afterEach(async () => {
  for (const { io, status } of running.splice(0)) {
    io.abort.abort('SIGINT')
    await status
  }
})

interface Robot {
  x: number
}

function begin(
  words: readonly string[],
  modules: Record<string, unknown> = {},
  input: string[] = [],
): Running {
  const io = fakeIo(input, folder)
  for (const [name, module] of Object.entries(modules)) io.modules.set(join(folder, name), module)
  const begun = { io, status: runCommand(words, io) }
  running.push(begun)
  return begun
}

async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    await nextTurn()
  }
}

const told = async ({ io }: Running, text: string): Promise<string> => {
  await until(() => io.stdout.text.includes(text))
  return io.stdout.text
}

const robot = (): Store<Robot> => createStore<Robot>({ x: 0 }, { name: 'robot' })

/** Serves, and gives the address. */
async function serving(exports: object, ...words: string[]): Promise<Running & { readonly url: string }> {
  const server = begin(['serve', 'stores.js', '--port', '0', ...words], { 'stores.js': exports })
  const text = await told(server, 'ws://')
  return { ...server, url: /ws:\/\/[\d.:]+/.exec(text)?.[0] ?? '' }
}

describe('headgate serve', () => {
  test('says where, and who comes and goes', async () => {
    const server = await serving({ store: robot() })
    expect(server.io.stdout.text).toBe(`Serving robot at ${server.url}\n`)
    const one = begin(['mirror', server.url])
    await told(one, '{"x":0}')
    server.io.time.advance(250)
    await told(server, 'joined')
    one.io.abort.abort('SIGINT')
    expect(await one.status).toBe(130)
    await until(() => {
      server.io.time.advance(250)
      return server.io.stdout.text.includes('left: 1 state, 0 missed, 0 writes')
    })
  })

  test('tells it as JSON', async () => {
    const server = await serving({ stores: { robot: robot(), fleet: createStore(['r1']) } }, '--json')
    expect(JSON.parse(server.io.stdout.lines[0] as string)).toEqual({
      type: 'listening',
      url: server.url,
      stores: ['robot', 'fleet'],
    })
  })

  test('ends when the stores are destroyed', async () => {
    const store = robot()
    const server = await serving({ default: store })
    const one = begin(['mirror', server.url])
    await told(one, '{"x":0}')
    store.destroy()
    server.io.time.advance(250)
    expect([await server.status, await one.status]).toEqual([0, 0])
  })

  test('lets in who has the token', async () => {
    const server = await serving({ store: robot() }, '--token', 'secret')
    const stranger = begin(['mirror', server.url, '--token', 'guess'])
    expect(await stranger.status).toBe(1)
    expect(stranger.io.stderr.text).toBe(
      'headgate mirror: The server ended the connection (UNAUTHORIZED): the server does not let this client in.\n',
    )
    const friend = begin(['mirror', server.url, '--token', 'secret', '--count', '1'])
    expect(await friend.status).toBe(0)
  })

  test('says where it cannot listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    const { port } = await until(() => (taken.address() ?? undefined) as { port: number } | undefined)
    const { io, status } = begin(['serve', 'stores.js', '--port', `${port}`], {
      'stores.js': { store: robot() },
    })
    expect(await status).toBe(1)
    expect(io.stderr.text).toContain(
      `headgate serve: Nothing can be served at 127.0.0.1:${port}: listen EADDRINUSE`,
    )
    await new Promise((resolve) => taken.close(resolve))
  })

  test.each([
    [[], 'Expected one MODULE, got 0.'],
    [['a.js', 'b.js'], 'Expected one MODULE, got 2.'],
    [['stores.js', '--port', '70000'], 'Expected --port to be a port from 0 to 65535, got "70000".'],
    [['stores.js', '--port', 'http'], 'Expected --port to be an integer from 0, got "http".'],
    [
      ['stores.js', '--host', '0.0.0.0'],
      'Expected a --token where --host is 0.0.0.0: others than this machine reach it.',
    ],
    [['stores.js', '--tls'], "Unknown option '--tls'."],
    [['none.js'], 'The module none.js does not exist.'],
    [
      ['stores.js'],
      'The module stores.js exports machine; expected "store", or "stores", an object of them by name.',
    ],
  ])('refuses %j', async (words, sentence) => {
    const { io, status } = begin(['serve', ...words], { 'stores.js': { machine: {} } })
    expect(await status).toBe(2)
    expect(io.stderr.text).toBe(`headgate serve: ${sentence} See "headgate serve --help".\n`)
  })
})

describe('headgate mirror', () => {
  test('prints each state, and what was missed before it', async () => {
    const store = robot()
    const server = await serving({ store })
    const one = begin(['mirror', server.url, '--json', '--until', '3'])
    await told(one, '"version":0')
    for (let x = 1; x <= 3; x += 1) store.set({ x }, 'MOVED')
    expect(await one.status).toBe(0)
    const lines = one.io.stdout.lines.map((line) => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ version: 3, reason: 'MOVED', source: 'robot', state: { x: 3 } })
    const missed = lines.reduce((sum, line) => sum + line.missed, 0)
    expect(lines.length + missed).toBe(4)
  })

  test('takes one of several stores', async () => {
    const server = await serving({ stores: { robot: robot(), fleet: createStore(['r1']) } })
    const one = begin(['mirror', server.url, 'fleet', '--count', '1'])
    expect(await one.status).toBe(0)
    expect(one.io.stdout.text).toBe('0  INIT  ["r1"]\n')
  })

  test('says that the server has no such store', async () => {
    const server = await serving({ store: robot() })
    const one = begin(['mirror', server.url, 'fleet'])
    expect(await one.status).toBe(1)
    expect(one.io.stderr.text).toBe(
      'headgate mirror: The server ended the connection (STORE_UNKNOWN): no store is served as "fleet".\n',
    )
  })

  test('says that nobody answers', async () => {
    const { io, status } = begin(['mirror', 'ws://127.0.0.1:1'])
    expect(await status).toBe(1)
    expect(io.stderr.text).toBe(
      'headgate mirror: No server answers at ws://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n',
    )
  })

  test('goes on when its reader has gone', async () => {
    const store = robot()
    const server = await serving({ store })
    const one = begin(['mirror', server.url])
    one.io.stdout.closesAfter = 1
    await told(one, '{"x":0}')
    store.set({ x: 1 })
    expect(await one.status).toBe(0)
  })

  test.each([
    [[], 'Expected URL and NAME, got 0 words.'],
    [['robot'], 'Expected URL to begin with ws:// or wss://, as ws://127.0.0.1:8080, got "robot".'],
    [
      ['http://127.0.0.1'],
      'Expected URL to begin with ws:// or wss://, as ws://127.0.0.1:8080, got "http://127.0.0.1".',
    ],
    [['ws://127.0.0.1:1', '--count', '0'], 'Expected --count to be an integer from 1, got "0".'],
  ])('refuses %j', async (words, sentence) => {
    const { io, status } = begin(['mirror', ...words])
    expect(await status).toBe(2)
    expect(io.stderr.text).toBe(`headgate mirror: ${sentence} See "headgate mirror --help".\n`)
  })
})

describe('headgate run --serve', () => {
  test('serves the store of the run', async () => {
    const words = ['run', 'lamp.js', '--serve', '0', '--speed', '1']
    const run = begin(words, { 'lamp.js': lampModule }, ['{"t":1,"press":1}\n'])
    const url = await until(() => /ws:\/\/[\d.:]+/.exec(run.io.stderr.text)?.[0])
    expect(await run.status).toBe(0)
    expect(run.io.stderr.text).toBe(`Serving the store at ${url}\n`)
  })

  test('refuses a port that is none', async () => {
    const { io, status } = begin(['run', '--serve', 'x'])
    expect(await status).toBe(2)
    expect(io.stderr.text).toContain('Expected --serve to be an integer from 0, got "x".')
  })
})
