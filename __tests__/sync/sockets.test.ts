import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { createStore } from '../../src/index.ts'
import {
  browserSocket,
  type Mirror,
  mirror,
  type PortLike,
  portSocket,
  type SyncServer,
  serve,
  type WebSocketLike,
  wsSocket,
} from '../../src/sync/index.ts'
import { type Robot, statusOf, to, versionOf } from './support/bench.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const FAST = { backoffMs: { least: 0, most: 0 }, onFault: () => {} }

/** A store that is served over WebSocket, on a port of loopback. */
async function listening(): Promise<{
  store: ReturnType<typeof createStore<Robot>>
  server: SyncServer
  url: string
  cut(): void
}> {
  const store = createStore<Robot>({ x: 0, log: [] })
  const server = serve(store, { authorize: () => ({ read: true, write: true }) })
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  sockets.on('connection', (socket) => server.accept(wsSocket(socket)))
  await once(sockets, 'listening')
  ends.push(
    () => store.destroy(),
    () => new Promise((resolve) => sockets.close(resolve)),
    () => {
      for (const socket of sockets.clients) socket.terminate()
    },
    () => server[Symbol.dispose](),
  )
  const { port } = sockets.address() as AddressInfo
  const cut = (): void => {
    for (const socket of sockets.clients) socket.terminate()
  }
  return { store, server, url: `ws://127.0.0.1:${port}`, cut }
}

const closing = <S>(made: Mirror<S>): Mirror<S> => {
  ends.push(() => made.close())
  return made
}

describe.each<[string, (url: string) => ReturnType<typeof wsSocket>]>([
  ['wsSocket', (url) => wsSocket(new WebSocket(url, { perMessageDeflate: false }))],
  // The package's own WebSocket has all that the platform's has.
  ['browserSocket', (url) => browserSocket(new WebSocket(url) as unknown as WebSocketLike)],
])('%s', (_name, open) => {
  test('carries a mirror, its writes, and the connection after a cut', async () => {
    const { store, server, url, cut } = await listening()
    const one = closing(mirror<Robot>(() => open(url), FAST))
    await versionOf(one, 0)
    store.update(to(1))
    expect(await versionOf(one, 1)).toEqual({ x: 1, log: [] })
    expect(await one.update(to(2))).toEqual({ committed: true, version: 2 })
    cut()
    await statusOf(one, 'stale')
    store.update(to(3))
    expect(await versionOf(one, 3)).toEqual({ x: 3, log: [] })
    expect(server.clients).toMatchObject([{ resumes: 1 }])
    one.close()
  })

  test('tells of a server that is not there, and goes on trying', async () => {
    const faults: string[] = []
    let attempts = 0
    const controller = new AbortController()
    const one = closing(
      mirror<Robot>(
        () => {
          attempts += 1
          if (attempts === 3) controller.abort()
          // A port that nothing listens on.
          return open('ws://127.0.0.1:1')
        },
        { ...FAST, onFault: ({ phase }) => void faults.push(phase), signal: controller.signal },
      ),
    )
    await statusOf(one, 'closed')
    expect([attempts, one.store.closed]).toEqual([3, true])
  })
})

describe('an address', () => {
  test('is connected to with the WebSocket of the platform', async () => {
    const { url } = await listening()
    const platform = globalThis as { WebSocket?: unknown }
    const before = platform.WebSocket
    platform.WebSocket = WebSocket
    try {
      const one = closing(mirror<Robot>(url, FAST))
      expect(await versionOf(one, 0)).toEqual({ x: 0, log: [] })
    } finally {
      platform.WebSocket = before
    }
  })

  test('says what to do where the platform has none', () => {
    const platform = globalThis as { WebSocket?: unknown }
    const before = platform.WebSocket
    delete platform.WebSocket
    const faults: unknown[] = []
    try {
      const one = mirror('ws://127.0.0.1:1', { onFault: ({ error }) => void faults.push(error) })
      one.close()
    } finally {
      platform.WebSocket = before
    }
    expect(faults).toEqual([expect.objectContaining({ code: 'WEBSOCKET_ABSENT' })])
  })
})

describe('portSocket', () => {
  test('carries a mirror over the ports of a channel, until either side closes', async () => {
    const { port1, port2 } = new MessageChannel()
    ends.push(() => port1.close())
    const store = createStore<Robot>({ x: 0, log: [] })
    const server = serve(store)
    server.accept(portSocket(port1 as unknown as PortLike))
    const one = mirror<Robot>(() => portSocket(port2 as unknown as PortLike), FAST)
    store.update(to(1))
    expect(await versionOf(one, 1)).toEqual({ x: 1, log: [] })
    store.destroy()
    await statusOf(one, 'closed')
    server[Symbol.dispose]()
  })

  test('carries a mirror out of a worker thread', async () => {
    const { createRequire } = await import('node:module')
    const { buildSync } = createRequire(import.meta.filename)('esbuild') as typeof import('esbuild')
    const contents = `
      import { parentPort } from 'node:worker_threads'
      import { createStore } from './src/index.ts'
      import { portSocket, serve } from './src/sync/index.ts'
      const store = createStore({ x: 0, log: [] })
      const server = serve(store, { authorize: () => ({ read: true, write: true }) })
      server.accept(portSocket(parentPort))
    `
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    })
    const worker = new Worker(outputFiles[0]?.text ?? '', { eval: true })
    ends.push(() => worker.terminate())
    const one = closing(mirror<Robot>(() => portSocket(worker as unknown as PortLike), FAST))
    await versionOf(one, 0)
    expect(await one.update(to(7))).toEqual({ committed: true, version: 1 })
    expect(one.store.state.x).toBe(7)
    one.close()
  })
})
