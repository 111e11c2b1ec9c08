import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type FaultProxy, faultProxy } from '../../src/testing/index.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that sends back what it is sent, behind a proxy. */
async function echo(): Promise<FaultProxy> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await faultProxy({ port: (server.address() as AddressInfo).port })
  ends.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => proxy.close(),
  )
  return proxy
}

interface Client {
  readonly socket: Socket
  readonly pieces: string[]
  /** Resolves when so much has come. */
  has(text: string): Promise<void>
  readonly over: Promise<unknown>
}

function client({ port, host }: FaultProxy): Client {
  const socket = connect(port, host)
  socket.on('error', () => {})
  const pieces: string[] = []
  const over = new Promise((resolve) => socket.on('close', resolve))
  socket.on('data', (bytes) => pieces.push(String(bytes)))
  const has = async (text: string): Promise<void> => {
    while (pieces.join('') !== text) await once(socket, 'data')
  }
  ends.push(() => socket.destroy())
  return { socket, pieces, has, over }
}

describe('faultProxy', () => {
  test('carries everything, both ways, until it is told otherwise', async () => {
    const proxy = await echo()
    const one = client(proxy)
    one.socket.write('hello')
    await one.has('hello')
    expect([proxy.open, proxy.accepted]).toEqual([1, 1])
    one.socket.end()
    await one.over
    expect(one.pieces.join('')).toBe('hello')
  })

  test('cuts what is open, and takes the next', async () => {
    const proxy = await echo()
    const one = client(proxy)
    one.socket.write('a')
    await one.has('a')
    proxy.cut()
    expect(proxy.open).toBe(0) // at once: whoever waits for those who come back does not count those who go
    await one.over
    const two = client(proxy)
    two.socket.write('b')
    await two.has('b')
    expect([proxy.open, proxy.accepted]).toEqual([1, 2])
  })

  test('refuses connections as long as it is to', async () => {
    const proxy = await echo()
    proxy.set({ refuse: true })
    await client(proxy).over
    proxy.set()
    const two = client(proxy)
    two.socket.write('b')
    await two.has('b')
    expect(proxy.accepted).toBe(1)
  })

  test('delivers in pieces, and all of them', async () => {
    const proxy = await echo()
    proxy.set({ piecesMax: 3 })
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(4)
    const one = client(proxy)
    one.socket.write(text)
    await one.has(text)
    expect(one.pieces.length).toBeGreaterThan(4)
  })

  test('resets a connection in the middle of what it carries', async () => {
    const proxy = await echo()
    proxy.set({ resetAfterBytes: 3 })
    const one = client(proxy)
    one.socket.write('hello')
    await one.over
    expect(one.pieces.join('').length).toBeLessThanOrEqual(3)
  })

  test('holds everything as a black hole, and delivers it afterwards', async () => {
    const proxy = await echo()
    const one = client(proxy)
    one.socket.write('a')
    await one.has('a')
    proxy.set({ blackHole: true })
    one.socket.write('b')
    // Nothing else says that nothing comes: another connection is served meanwhile.
    const other = await echo()
    const two = client(other)
    two.socket.write('x')
    await two.has('x')
    expect(one.pieces.join('')).toBe('a')
    proxy.set()
    await one.has('ab')
  })

  test.each([{ delayMs: 5 }, { bytesPerSecond: 2_000 }])('is late and slow: %j', async (faults) => {
    const proxy = await echo()
    proxy.set(faults)
    const one = client(proxy)
    one.socket.write('x'.repeat(50))
    await one.has('x'.repeat(50))
  })

  test('refuses a port that is none', async () => {
    await expect(faultProxy({ port: 0 })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
