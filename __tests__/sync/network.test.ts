/**
 * Real sockets behind a proxy that cuts, resets inside of frames, holds, delays and delivers in pieces, while three
 * mirrors write: every write that was committed is there once, versions rise, and in the end all are equal.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { createStore } from '../../src/index.ts'
import {
  type Mirror,
  mirror,
  type SyncServer,
  serve,
  type WriteResult,
  wsSocket,
} from '../../src/sync/index.ts'
import { type FaultProxy, faultProxy, type NetworkFaults } from '../../src/testing/index.ts'
import { runs } from '../support/runs.ts'
import { versionOf } from './support/bench.ts'

interface State {
  ids: Record<string, true>
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function network(): Promise<{
  store: ReturnType<typeof createStore<State>>
  server: SyncServer
  proxy: FaultProxy
  connect(clientId: string): Mirror<State>
}> {
  const store = createStore<State>({ ids: {} })
  const server = serve(store, { authorize: () => ({ read: true, write: true }), chunkBytes: 256 })
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  sockets.on('connection', (socket) => server.accept(wsSocket(socket)))
  await once(sockets, 'listening')
  const proxy = await faultProxy({ port: (sockets.address() as AddressInfo).port })
  ends.push(
    () => store.destroy(),
    () => new Promise((resolve) => sockets.close(resolve)),
    () => {
      for (const socket of sockets.clients) socket.terminate()
    },
    () => server[Symbol.dispose](),
    () => proxy.close(),
  )
  const connect = (clientId: string): Mirror<State> => {
    const made = mirror<State>(
      () => wsSocket(new WebSocket(`ws://127.0.0.1:${proxy.port}`, { perMessageDeflate: false })),
      { clientId, backoffMs: { least: 0, most: 5 }, onFault: () => {} },
    )
    ends.push(() => made.close())
    return made
  }
  return { store, server, proxy, connect }
}

/** What a round does to the network; each is followed by a cut, and then all is well. */
const FAULTS: readonly NetworkFaults[] = [
  {},
  { piecesMax: 7 },
  { resetAfterBytes: 150 },
  { blackHole: true },
  { delayMs: 2, piecesMax: 100 },
  { refuse: true },
]

describe('a mirror over a network that fails', () => {
  test('loses nothing that was committed, and does nothing twice', async () => {
    const { store, server, proxy, connect } = await network()
    const mirrors = ['a', 'b', 'c'].map(connect)
    await Promise.all(mirrors.map((each) => versionOf(each, 0)))
    const rising = mirrors.map(({ store: own }) => {
      const versions: number[] = []
      own.subscribe(({ version }) => void versions.push(version))
      return versions
    })
    const results: [string, WriteResult][] = []
    const rounds = runs(6)
    for (let round = 0; round < rounds; round += 1) {
      const writes = mirrors.flatMap((each, who) =>
        [0, 1, 2].map(async (n) => {
          const id = `${round}-${who}-${n}`
          const write = (draft: State): void => {
            draft.ids[id] = true
          }
          results.push([id, await each.update(write, { retries: 1_000, timeoutMs: 60_000 })])
        }),
      )
      proxy.set(FAULTS[round % FAULTS.length])
      // A turn of the loop, so that the fault meets something.
      await new Promise((resolve) => setImmediate(resolve))
      proxy.cut()
      proxy.set()
      await Promise.all(writes)
    }
    const { version, state } = store.snapshot
    await Promise.all(mirrors.map((each) => versionOf(each, version)))
    for (const { store: own } of mirrors) expect(own.state).toEqual(state)
    for (const versions of rising) expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
    expect(results.every(([id, { committed }]) => committed && state?.ids[id])).toBe(true)
    expect(version).toBe(rounds * 9)
    expect(server.metrics()).toMatchObject({ connections: 3, clients: 3, protocolErrors: 0 })
    expect(proxy.accepted).toBeGreaterThan(3)
  })
})
