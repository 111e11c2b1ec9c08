import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCommand } from '../../../src/cli/command.ts'
import { createStore } from '../../../src/index.ts'
import { mirror, serve, sseHandler, sseSocket } from '../../../src/sync/index.ts'
import { type FakeIo, fakeIo } from '../support/fake-io.ts'

let folder: string
const RECORDING = '{"headgate":"recording","format":1,"at":0}\n'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-'))
  await writeFile(join(folder, 'session.ndjson'), RECORDING)
  await writeFile(join(folder, 'other.ndjson'), '{"t":1}\n')
})

afterAll(() => rm(folder, { recursive: true }))

const inspect = (io: FakeIo, ...words: string[]): Promise<number> => runCommand(['inspect', ...words], io)

/** The address that it prints. */
async function addressOf(io: FakeIo): Promise<URL> {
  while (!io.stdout.text.includes('\n')) await nextTurn()
  return new URL(io.stdout.text.trim())
}

describe('headgate inspect', () => {
  test('serves a recording until it is stopped', async () => {
    const io = fakeIo([], folder)
    const status = inspect(io, 'session.ndjson')
    const address = await addressOf(io)
    expect(address.searchParams.has('recording')).toBe(true)
    address.pathname = '/recording'
    expect(await (await fetch(address)).text()).toBe(RECORDING)
    io.abort.abort('SIGINT')
    expect(await status).toBe(130)
    await expect(fetch(address)).rejects.toThrow()
  })

  test('shows stores that another program serves', async () => {
    const store = createStore({ battery: 90 })
    const server = serve({ robot: store })
    const http = createServer(sseHandler(server))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    const io = fakeIo([], folder)
    const status = inspect(io, `http://127.0.0.1:${port}/sync`, 'robot')
    const address = await addressOf(io)
    address.pathname = '/feed'
    const page = mirror<{ s1: { state: { battery?: number } } }>(() => sseSocket(address.href), {
      store: 'looks',
      clientId: 's1 page',
      onFault: () => {},
    })
    // At first the mirror has nothing itself.
    await page.store.waitFor((looks) => looks.s1?.state.battery === 90)
    page.close()
    io.abort.abort('SIGTERM')
    expect(await status).toBe(143)
    server[Symbol.dispose]()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })

  test('explains itself', async () => {
    const io = fakeIo()
    expect(await inspect(io, '--help')).toBe(0)
    expect(io.stdout.text).toMatch(/^Usage: headgate inspect RECORDING/)
  })

  test.each([
    [[], 'Expected a recording or an address.'],
    [['--walk'], "Unknown option '--walk'."],
    [['session.ndjson', '--port', 'x'], 'Expected --port to be an integer from 0, got "x".'],
    [['absent.ndjson'], 'The recording cannot be read: ENOENT'],
    [['other.ndjson'], 'other.ndjson is no recording of the inspector'],
  ])('refuses %j in one line', async (words, sentence) => {
    const io = fakeIo([], folder)
    expect(await inspect(io, ...words)).toBe(2)
    expect(io.stderr.text).toContain(sentence)
    expect(io.stderr.lines).toHaveLength(1)
  })
})
