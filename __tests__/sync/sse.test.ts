import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { createStore, type Store } from '../../src/index.ts'
import {
  type Mirror,
  mirror,
  type ServeOptions,
  type SseHandlerOptions,
  type SyncServer,
  serve,
  sseHandler,
  sseSocket,
} from '../../src/sync/index.ts'
import { SseReader, writeEvent } from '../../src/sync/sse-events.ts'
import { faultProxy } from '../../src/testing/index.ts'
import { type Robot, statusOf, to, turn, until, versionOf } from './support/bench.ts'
import { endAfterEach } from './support/ends.ts'

const ends = endAfterEach()

interface Bench {
  readonly store: Store<Robot>
  readonly server: SyncServer
  readonly http: Server
  readonly url: string
  readonly port: number
}

async function listening(options: ServeOptions<Robot> = {}, handler?: SseHandlerOptions): Promise<Bench> {
  const store = createStore<Robot>({ x: 0, log: [] })
  const server = serve(store, { authorize: () => ({ read: true, write: true }), ...options })
  const http = createServer(sseHandler(server, handler)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  ends(
    () => new Promise((resolve) => http.close(resolve)),
    () => http.closeAllConnections(),
    () => store.destroy(),
    () => server[Symbol.dispose](),
  )
  const { port } = http.address() as AddressInfo
  return { store, server, http, port, url: `http://127.0.0.1:${port}/sync` }
}

function mirrorOf(url: string): Mirror<Robot> {
  const made = mirror<Robot>(() => sseSocket(url), { backoffMs: { least: 0, most: 0 }, onFault: () => {} })
  ends(() => made.close())
  return made
}

/** What a page without a package does: reads the stream, and posts to the session that it names. */
async function openPage(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  ends(() => abort.abort())
  const response = await fetch(url, { headers, signal: abort.signal })
  const stream = response.body?.getReader()
  const decoder = new TextDecoder()
  const reader = new SseReader(1_000_000)
  const events: { name: string; data: string }[] = []
  const next = async (): Promise<{ name: string; data: string } | undefined> => {
    while (events.length === 0) {
      const { value, done } = (await stream?.read()) ?? { done: true }
      if (done) return undefined
      events.push(...(reader.read(decoder.decode(value, { stream: true })) ?? []))
    }
    return events.shift()
  }
  const session = response.ok ? ((await next())?.data ?? '') : ''
  const post = (body: string): Promise<Response> =>
    fetch(`${url}?session=${session}`, { method: 'POST', body, headers })
  return { response, session, next, post }
}

const hello = JSON.stringify({ t: 'hello', protocol: 1, clientId: 'page' })

describe('sseSocket', () => {
  test('carries a mirror, its writes, and the connection after a cut', async () => {
    const { store, server, url, http } = await listening()
    const one = mirrorOf(url)
    await versionOf(one, 0)
    store.update(to(1))
    expect(await versionOf(one, 1)).toEqual({ x: 1, log: [] })
    expect(await one.update(to(2))).toEqual({ committed: true, version: 2 })
    http.closeAllConnections()
    await statusOf(one, 'stale')
    store.update(to(3))
    expect(await versionOf(one, 3)).toEqual({ x: 3, log: [] })
    expect(server.clients).toMatchObject([{ resumes: 1 }])
  })

  test('that is closed leaves nothing at the server', async () => {
    const { server, url } = await listening()
    const one = mirrorOf(url)
    await versionOf(one, 0)
    one.close()
    await until(() => server.metrics().connections === 0)
    expect(server.clients).toEqual([])
  })

  test('ends with the store, and tells so', async () => {
    const { store, url } = await listening()
    const one = mirrorOf(url)
    await versionOf(one, 0)
    store.destroy()
    expect(await statusOf(one, 'closed')).toBe('closed')
  })

  test('holds what is not posted yet, and delivers it also where it is closed then', async () => {
    const { url } = await listening()
    const socket = sseSocket(url)
    const pong = new Promise((resolve) => {
      socket.onFrame = resolve
    })
    // Before the session is named, all of it waits; then the first goes alone.
    socket.send('{"t":"ping","at":1}')
    expect(await pong).toBe('{"t":"pong","at":1}')
    const answered: unknown[] = []
    socket.onFrame = (frame) => void answered.push(frame)
    socket.send('{"t":"ping","at":2}')
    socket.send('{"t":"ping","at":3}')
    expect(socket.bufferedBytes).toBe(38)
    await until(() => answered.length === 2)
    await until(() => socket.bufferedBytes === 0)

    const { server, url: another } = await listening()
    const last = sseSocket(another)
    last.send(hello)
    await until(() => server.clients.length === 1)
    last.send('no JSON')
    last.close(1000, 'done')
    await until(() => server.metrics().protocolErrors === 1)
  })

  test('says once that it is over: of a server that is not there, that refuses, or that says too much', async () => {
    const codeOf = (url: string, options?: { frameCharactersMax: number }): Promise<number> =>
      new Promise((resolve) => {
        const socket = sseSocket(url, options)
        socket.onClose = resolve
        socket.send(hello)
      })
    const { url, store } = await listening()
    expect(await codeOf('http://127.0.0.1:1/sync')).toBe(1006)
    expect(await codeOf(`${url}/nowhere`)).toBe(1006)
    store.update((draft) => {
      draft.log.push('x'.repeat(1_000))
    })
    expect(await codeOf(url, { frameCharactersMax: 500 })).toBe(1009)
  })

  test('carries a mirror through a network that cuts, and delivers in pieces', async () => {
    const { store, port } = await listening({ chunkBytes: 16 })
    const proxy = await faultProxy({ port })
    ends(() => proxy.close())
    const one = mirrorOf(`http://127.0.0.1:${proxy.port}/sync`)
    proxy.set({ piecesMax: 5 })
    await versionOf(one, 0)
    for (let round = 1; round <= 4; round += 1) {
      const write = one.update(to(round), { timeoutMs: 60_000 })
      await turn()
      proxy.cut()
      expect(await write).toEqual({ committed: true, version: round })
    }
    expect(store.state).toEqual(one.store.state)
  })
})

describe('sseHandler', () => {
  test('serves a page that has no package', async () => {
    const { store, url } = await listening()
    const { next, post, response } = await openPage(url)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect((await post(`${hello}\n`)).status).toBe(204)
    const frames = [await next(), await next()].map((event) => JSON.parse(event?.data ?? ''))
    expect(frames).toMatchObject([{ t: 'welcome' }, { t: 'chunk', text: '{"x":0,"log":[]}' }])
    await post('{"t":"ack","version":0,"index":0}\n{"t":"ping","at":7}')
    expect(await next()).toEqual({ name: 'message', data: '{"t":"pong","at":7}' })
    store.destroy()
    expect(JSON.parse((await next())?.data ?? '')).toMatchObject({ t: 'bye', code: 'DESTROYED' })
  })

  test('says how a connection has ended', async () => {
    const { url } = await listening()
    const { next, post } = await openPage(url)
    await post('no JSON')
    expect(JSON.parse((await next())?.data ?? '')).toMatchObject({ t: 'bye', code: 'PROTOCOL_INVALID' })
    expect(await next()).toEqual({ name: 'end', data: '1002' })
    expect(await next()).toBeUndefined()
    expect((await post(hello)).status).toBe(404)
  })

  test('says so, and throws nothing, where the server behind it is closed', async () => {
    const { url, server } = await listening()
    server[Symbol.dispose]()
    const { next } = await openPage(url)
    expect(await next()).toEqual({ name: 'end', data: '1001' })
    expect(await next()).toBeUndefined()
  })

  test('takes pages of loopback, and of the origins that it is given', async () => {
    const { url, server } = await listening()
    const origin = 'http://localhost:5173'
    const near = await openPage(url, { origin })
    expect(near.response.headers.get('access-control-allow-origin')).toBe(origin)
    for (const foreign of ['https://evil.example', 'http://127.0.0.1.evil.example', 'null']) {
      expect((await openPage(url, { origin: foreign })).response.status).toBe(403)
    }
    expect(server.metrics().connections).toBe(1)
    const given = await listening({ origins: ['https://app.example'] })
    expect((await openPage(given.url, { origin: 'https://app.example' })).response.status).toBe(200)
    expect((await openPage(given.url, { origin })).response.status).toBe(403)
  })

  test('answers what is none of its requests, and takes so much of one', async () => {
    const { url, port, server } = await listening({}, { postBytesMax: 100 })
    const statusOfRequest = async (path: string, method: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status
    expect(await statusOfRequest('/', 'GET')).toBe(404)
    expect(await statusOfRequest('/sync', 'PUT')).toBe(405)
    expect(await statusOfRequest('/sync', 'POST')).toBe(404)
    expect(await statusOfRequest('/sync?session=guessed', 'POST')).toBe(404)
    // No address at all, which `fetch` would not ask for.
    const raw = connect(port, '127.0.0.1')
    ends(() => raw.destroy())
    raw.write('GET // HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(String((await once(raw, 'data'))[0])).toStartWith('HTTP/1.1 404')

    const { post, next } = await openPage(url)
    await expect(post('x'.repeat(200))).rejects.toThrow('fetch failed')
    expect(await next()).toEqual({ name: 'end', data: '1009' })
    await until(() => server.metrics().connections === 0)
  })

  test('makes the server wait for a page that does not read', async () => {
    const { store, server, port } = await listening({ windowBytes: 1_000, window: 1_000 })
    const raw = connect(port, '127.0.0.1')
    ends(() => raw.destroy())
    raw.write('GET /sync HTTP/1.1\r\nhost: x\r\n\r\n')
    const [head] = await once(raw, 'data')
    raw.pause()
    const session = /data: (\S+)/.exec(String(head))?.[1]
    await fetch(`http://127.0.0.1:${port}/sync?session=${session}`, { method: 'POST', body: hello })
    await until(() => server.clients.length === 1)
    for (let n = 0; n < 50; n += 1) store.update((draft) => void draft.log.push('y'.repeat(100)))
    const [stats] = server.clients
    expect(stats).toMatchObject({ published: 51 })
    expect(stats?.conflated).toBeGreaterThan(30)
    expect(server.metrics().heldBytes).toBeLessThan(20_000)
  })
})

describe('a server-sent event', () => {
  test('is read however it is cut', () => {
    const text = `${writeEvent('a', 'session')}${writeEvent('b\nc')}${writeEvent('')}`
    for (let size = 1; size <= text.length; size += 1) {
      const reader = new SseReader(100)
      const events = []
      for (let at = 0; at < text.length; at += size)
        events.push(...(reader.read(text.slice(at, at + size)) ?? []))
      expect(events).toEqual([
        { name: 'session', data: 'a' },
        { name: 'message', data: 'b\nc' },
        { name: 'message', data: '' },
      ])
    }
  })

  test('is not believed where it is longer than it may be', () => {
    const reader = new SseReader(10)
    expect(reader.read('data: 12')).toEqual([])
    expect(reader.read('3456')).toBeUndefined()
    expect(new SseReader(10).read(`${writeEvent('1')}${writeEvent('x'.repeat(20))}`)).toBeUndefined()
  })
})
