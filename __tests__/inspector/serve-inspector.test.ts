import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createMachineStore, createStore, defineMachine, isHeadgateError } from '../../src/index.ts'
import {
  type InspectorServer,
  type ServeInspectorOptions,
  serveInspector,
} from '../../src/inspector/index.ts'
import type { Watchables } from '../../src/inspector/inspector.ts'
import { mirror, sseSocket } from '../../src/sync/index.ts'

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function serve(stores: Watchables, options: ServeInspectorOptions = {}): Promise<InspectorServer> {
  const server = await serveInspector(stores, options)
  open.push(server)
  return server
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: NodeJS.Dict<string | string[]>
}

interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Not `fetch`, which names its own host. */
function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += String(piece)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** What is answered to these very bytes. */
function raw({ url }: InspectorServer, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    socket.on('end', () => resolve(text)).on('error', reject)
    socket.write(bytes)
  })
}

const at = ({ url }: InspectorServer, path: string): string => {
  const address = new URL(url)
  address.pathname = path.split('?')[0] ?? ''
  for (const [key, value] of new URLSearchParams(path.split('?')[1])) address.searchParams.set(key, value)
  return address.href
}

/** A page, as far as its feed goes. */
function page(server: InspectorServer, store: string, clientId: string) {
  const feed = mirror<any>(() => sseSocket(at(server, '/feed')), { store, clientId })
  open.push(feed)
  return feed.store
}

const lamp = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context: {},
  states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: 'OFF' } } },
})
const JSON_TYPE = { 'content-type': 'application/json' }

describe('serveInspector', () => {
  test('refuses what is no address, and the program goes on', async () => {
    const server = await serve([createStore(0)])
    for (const path of ['//', '/\\', '*', 'http://[', 'http://a:99999/']) {
      const text = await raw(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect(text).toMatch(/^HTTP\/1\.1 40[03] /)
    }
    expect((await ask(server.url)).status).toBe(200)
  })

  test('answers whoever knows the token, under a name of this machine', async () => {
    const server = await serve([createStore(0)])
    const { port } = new URL(server.url)
    const answer = await ask(server.url)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
    expect((await ask(server.url, { headers: { host: `localhost:${port}` } })).status).toBe(200)
    expect((await ask(at(server, '/elsewhere'))).status).toBe(404)
  })

  test.each([
    ['a wrong token', (url: string) => ask(url.replace(/token=.*/, 'token=wrong'))],
    ['no token', (url: string) => ask(url.replace(/\?.*/, ''))],
    [
      'a name that somebody else has pointed here',
      (url: string) => ask(url, { headers: { host: 'evil.example' } }),
    ],
    [
      'a name that only begins like one of ours',
      (url: string) => ask(url, { headers: { host: '127.0.0.1.evil.example' } }),
    ],
    ['a page of somebody else', (url: string) => ask(url, { headers: { origin: 'https://evil.example' } })],
    ['a feed without the token', (url: string) => ask(url.replace(/\?.*/, 'feed'))],
  ])('answers 403 to %s', async (_, asked) => {
    const server = await serve([createStore(0)])
    expect((await asked(server.url)).status).toBe(403)
  })

  test('answers 405 to every POST that would change something, unless control is allowed', async () => {
    const store = createMachineStore(lamp)
    const server = await serve([store])
    const body = '{"type":"PRESS"}'
    for (const path of ['/send?store=s1', '/', '/version', '/elsewhere']) {
      const answer = await ask(at(server, path), { method: 'POST', headers: JSON_TYPE, body })
      expect(answer.status).toBe(405)
    }
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await ask(server.url, { method })).status).toBe(405)
    expect(store.current).toBe('OFF')
    store.destroy()
  })

  test('sends an event where control is allowed', async () => {
    const store = createMachineStore(lamp)
    const server = await serve([store], { allowControl: true })
    const send = (body: string, headers: Record<string, string> = JSON_TYPE) =>
      ask(at(server, '/send?store=s1'), { method: 'POST', headers, body })
    expect(await send('{"type":"PRESS"}')).toMatchObject({ status: 200, text: 'handled' })
    expect(store.current).toBe('ON')
    expect(await send('{"type":"UNKNOWN"}')).toMatchObject({ status: 200, text: 'not handled' })
    expect((await send('{"type":1}')).status).toBe(400)
    expect((await send('PRESS')).status).toBe(400)
    expect((await send('{"type":"PRESS"}', { 'content-type': 'text/plain' })).status).toBe(400)
    expect((await send(`{"type":"PRESS","x":"${'x'.repeat(70_000)}"}`)).status).toBe(400)
    expect(store.current).toBe('ON')
    store.destroy()
  })

  test('shows a page the facts, and the store that it looks at', async () => {
    const store = createStore({ battery: 90 }, { name: 'robot' })
    const server = await serve([store, createStore(0, { name: 'other' })], { intervalMs: 10 })
    const facts = page(server, 'facts', 'page')
    const { state } = await facts.waitFor(() => true)
    expect(state.stores).toMatchObject([{ id: 's1', name: 'robot', version: 0 }, { name: 'other' }])
    expect(server.clients).toBe(1)
    const looks = page(server, 'looks', 's1 page')
    await looks.waitFor((shown) => shown.s1?.state.battery === 90)
    store.set({ battery: 89 })
    await looks.waitFor((shown) => shown.s1?.state.battery === 89)
    expect(Object.keys(looks.state)).toEqual(['s1'])
    expect(store.metrics()).toMatchObject({ subscriberCount: 0, reads: 0 })
  })

  test('gives the state of a version that is kept', async () => {
    const store = createStore({ n: 0 })
    const server = await serve([store])
    store.set({ n: 1 }, 'COUNT')
    const { status, text } = await ask(at(server, '/version?store=s1&version=1'))
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ head: { version: 1, reason: 'COUNT' }, state: { n: 1 } })
    for (const wanted of ['store=s1&version=9', 'store=s9&version=0', 'store=s1&version=x', 'store=s1']) {
      expect((await ask(at(server, `/version?${wanted}`))).status).toBe(404)
    }
  })

  test('leaves nothing when it is closed', async () => {
    const store = createStore({ n: 0 })
    const server = await serve([store], { intervalMs: 10 })
    await page(server, 'facts', 'page').waitFor(() => true)
    const { url } = server
    await server.close()
    await expect(ask(url)).rejects.toThrow()
    expect(store.metrics().subscriberCount).toBe(0)
    store.set({ n: 1 })
    await server.close()
  })

  test.each([
    ['port', { port: 70_000 }],
    ['host', { host: '0.0.0.0' as never }],
    ['token', { token: 'short' }],
  ])('refuses a %s that it cannot use', async (option, options) => {
    const refused = await serveInspector([], options).catch((error: unknown) => error)
    expect(isHeadgateError(refused, 'OPTION_INVALID') && refused.details.option).toBe(option)
  })

  test('says why it cannot listen, and leaves nothing', async () => {
    const server = await serve([])
    const port = Number(new URL(server.url).port)
    await expect(serveInspector([], { port })).rejects.toThrow('EADDRINUSE')
  })
})
