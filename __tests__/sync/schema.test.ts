import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { linkTo, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import { turn } from './support/bench.ts'
import { problemsOf } from './support/json-schema.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/protocol.schema.json'), 'utf8'))
const problems = (side: 'client' | 'server', text: string): string[] =>
  problemsOf(JSON.parse(text), { $ref: `#/$defs/${side}` }, schema)

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

/** Keeps what goes over a socket. */
function listen(socket: SyncSocket, frames: string[]): SyncSocket {
  const send = socket.send.bind(socket)
  socket.send = (frame) => {
    frames.push(String(frame))
    send(frame)
  }
  return socket
}

describe('docs/protocol.schema.json', () => {
  test('holds for every kind of frame that a server and its clients send', async () => {
    const stores = { robot: createStore({ x: 0, log: ['y'.repeat(200)] }), '': createStore({ n: 0 }) }
    const server = serve(stores, {
      authorize: () => ({ read: true, write: true }),
      write: ({ next }) => (next as { n?: number }).n !== 5 || 'no fives',
      chunkBytes: 64,
    })
    const sent = { client: [] as string[], server: [] as string[] }
    const sockets: SyncSocket[] = []
    const connect = (): SyncSocket => {
      const [here, there] = socketPair()
      server.accept(listen(here, sent.server))
      sockets.push(here)
      return listen(there, sent.client)
    }
    const link = linkTo(connect, { backoffMs: { least: 0, most: 0 } })
    const own = { token: () => 'secret', onFault: () => {} }
    const [robot, plain] = [link.mirror<{ x: number }>('robot', own), link.mirror<{ n: number }>('', own)]
    ends.push(
      () => server[Symbol.dispose](),
      () => plain.close(),
      () => robot.close(),
    )
    await Promise.all([robot, plain].map(({ store }) => store.waitFor(() => true)))
    await robot.update((draft) => void Object.assign(draft, { x: 1 }))
    await plain.update((draft) => void Object.assign(draft, { n: 5 }))
    await plain.send({ type: 'GO' })
    sockets[0]?.close(1006, 'cut')
    while (sockets.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    await turn()
    const raw = connect()
    raw.send('{"t":"ping","at":1}')
    raw.send('{"t":"hello","protocol":1,"clientId":"x","store":"none"}')
    robot.close()
    await turn()
    stores[''].destroy()
    await turn()
    for (const side of ['client', 'server'] as const) {
      for (const text of sent[side]) expect([text, problems(side, text)]).toEqual([text, []])
    }
    const kinds = (side: 'client' | 'server'): string[] =>
      [...new Set(sent[side].map((text) => JSON.parse(text).t))].sort()
    expect(kinds('client')).toEqual(['ack', 'hello', 'leave', 'ping', 'send', 'write'])
    expect(kinds('server')).toEqual(['bye', 'chunk', 'delta', 'pong', 'result', 'welcome'])
  })

  test('does not hold for what is no frame', () => {
    for (const text of [
      '{"t":"hello"}',
      '{"t":"ack","version":-1}',
      '{"t":"ping","at":"now"}',
      '[]',
      '{"t":"else"}',
    ]) {
      expect(problems('client', text)).not.toEqual([])
    }
  })
})
