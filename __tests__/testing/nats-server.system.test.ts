import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type NatsServer, natsServer, natsVersion } from '../../src/testing/index.ts'
import { describeNats } from '../support/nats.ts'

const { TMPDIR } = process.env
const own = mkdtempSync(join(tmpdir(), 'headgate-test-'))
// Other tests have servers at the same time.
beforeAll(() => {
  process.env.TMPDIR = own
})
afterAll(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  rmSync(own, { recursive: true, force: true })
})

const servers: NatsServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(options?: Parameters<typeof natsServer>[0]): Promise<NatsServer> {
  const server = await natsServer(options)
  servers.push(server)
  return server
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const folders = (): string[] => readdirSync(own).filter((name) => name.startsWith('headgate-nats-'))

/** What a node says first: a line of JSON. */
async function infoOf({ host, port }: { host: string; port: number }): Promise<Record<string, unknown>> {
  const socket = connect(port, host)
  const [text] = await once(socket.setEncoding('utf8'), 'data')
  socket.destroy()
  return JSON.parse(String(text).slice('INFO '.length))
}

describeNats('natsServer', () => {
  test('starts a node with JetStream, and leaves neither process nor folder', async () => {
    const server = await start({ payloadBytesMax: 65_536 })
    const [node] = server.nodes
    expect(server.servers).toEqual([`127.0.0.1:${node?.port}`])
    expect(await infoOf(node as never)).toMatchObject({ jetstream: true, max_payload: 65_536 })
    const pid = node?.pid as number
    await server.close()
    expect(isAlive(pid)).toBe(false)
    expect(folders()).toEqual([])
  })

  test('starts a cluster of three that has a leader', async () => {
    const server = await start({ nodes: 3 })
    expect(server.nodes.map(({ name }) => name)).toEqual(['n1', 'n2', 'n3'])
    expect(await infoOf(server.nodes[2] as never)).toMatchObject({ cluster: 'headgate', jetstream: true })
  })

  test('a node that was killed starts again, on the same port', async () => {
    const [node] = (await start()).nodes
    const { port, pid } = node as { port: number; pid: number }
    await node?.kill()
    expect([node?.pid, isAlive(pid)]).toEqual([undefined, false])
    await node?.start()
    expect(node?.port).toBe(port)
    expect(await infoOf(node as never)).toMatchObject({ port })
  })

  test('a node that is paused answers nobody until it goes on', async () => {
    const [node] = (await start()).nodes
    node?.pause()
    let hasAnswered = false
    const info = infoOf(node as never).then(() => {
      hasAnswered = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(hasAnswered).toBe(false)
    node?.resume()
    await info
  })

  test('a server ends when the process that started it is killed', async () => {
    const script = `
      require('esbuild-register')
      require('${process.cwd()}/src/testing/nats-server.ts').natsServer().then((server) => {
        console.log(server.nodes[0].pid)
      })`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [text] = await once(child.stdout.setEncoding('utf8'), 'data')
    const pid = Number(text)
    expect(isAlive(pid)).toBe(true)
    child.kill('SIGKILL')
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('says what a program says that does not start', async () => {
    await expect(natsServer({ program: '/bin/false' })).rejects.toThrow('/bin/false has ended')
    await expect(natsServer({ program: '/nowhere' })).rejects.toThrow('ENOENT')
    expect(folders()).toEqual([])
  })
})

describe('natsServer', () => {
  test('refuses a number of nodes that is no cluster', async () => {
    await expect(natsServer({ nodes: 2 as never })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('natsVersion', () => {
  test('is undefined for a program that there is not', () => {
    expect(natsVersion('/nowhere')).toBeUndefined()
  })
})
