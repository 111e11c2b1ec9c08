/**
 * Frames that are nearly right: what a client can send never crashes a server, changes no store that it may not write,
 * shows it no store that it did not ask for, and holds no memory. `npm run fuzz:frames` tries a million.
 */
import { expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { type FrameData, type SyncSocket, serve } from '../../src/sync/index.ts'
import { dice } from '../machine/xstate/random-program.ts'
import { runs } from '../support/runs.ts'
import { SEED } from '../support/seed.ts'
import { turn } from './support/bench.ts'

const SECRET = 'nobody-may-see-this'
const SESSION_FRAMES = 100

const CORPUS: readonly string[] = [
  '{"t":"hello","protocol":1,"clientId":"c","token":"t","resume":{"epoch":"e","version":0}}',
  '{"t":"hello","protocol":1,"clientId":"d","store":"robot"}',
  '{"t":"ack","version":0,"index":0}',
  '{"t":"ack","version":1,"store":"robot"}',
  '{"t":"write","id":"w1","epoch":"e","base":0,"reason":"MOVED","ops":[{"op":"replace","path":"/x","value":3}]}',
  '{"t":"send","id":"s1","event":{"type":"GO","n":{"$headgate":"date","value":0}}}',
  '{"t":"leave"}',
  '{"t":"ping","at":1}',
  '{"t":"pong","at":1}',
]
const PIECES: readonly string[] = [
  '',
  '"',
  '{',
  ']',
  '\\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '1e999',
  '-1',
  '9007199254740993',
  'null',
  '{"$headgate":"map"}',
  '['.repeat(5_000),
  '{"a":'.repeat(500),
  'x'.repeat(2_000),
]

test('a frame that is nearly right changes nothing, shows nothing, and holds nothing', async () => {
  const below = dice(SEED)
  const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T
  const mutate = (text: string): FrameData => {
    let frame = text
    for (let times = below(3); times >= 0; times -= 1) {
      const at = below(frame.length + 1)
      const end = Math.min(frame.length, at + below(12))
      const middle = oneOf([
        oneOf(PIECES),
        frame.slice(at, end).repeat(2),
        String.fromCharCode(below(256)),
        '',
      ])
      frame = frame.slice(0, at) + middle + frame.slice(below(2) === 0 ? at : end)
    }
    if (below(8) > 0) return frame
    const bytes = new TextEncoder().encode(frame)
    if (bytes.length > 0) bytes[below(bytes.length)] = below(256)
    return bytes
  }

  const readable = createStore({ x: 0 }, { name: 'readable' })
  const secret = createStore({ text: SECRET })
  const server = serve(
    { '': readable, robot: createStore({ x: 0 }), secret },
    {
      frameBytesMax: 4_096,
      authorize: ({ store }) => (store === 'secret' ? undefined : { read: true, write: false }),
    },
  )
  const { state } = readable
  let frames = 0
  let sessions = 0
  let heldMax = 0
  const total = runs(5_000)
  while (frames < total) {
    sessions += 1
    let isOpen = true
    let shown = false
    const socket: SyncSocket = {
      bufferedBytes: 0,
      send: (frame) => {
        shown ||= String(frame).includes(SECRET)
      },
      close: () => {
        isOpen = false
      },
      onFrame: () => {},
      onClose: () => {},
    }
    server.accept(socket)
    if (below(4) > 0) {
      socket.onFrame(oneOf(CORPUS.slice(0, 2)))
      await Promise.resolve()
      await Promise.resolve()
    }
    for (let n = 0; n < SESSION_FRAMES && isOpen && frames < total; n += 1) {
      frames += 1
      socket.onFrame(mutate(oneOf(CORPUS)))
    }
    heldMax = Math.max(heldMax, server.metrics().heldBytes)
    socket.onClose(1006)
    if (shown) throw new Error('a store was shown to one who may not see it')
    if (sessions % 500 === 0) await turn()
  }
  await turn()
  expect(readable.state).toBe(state)
  expect(readable.snapshot.version).toBe(0)
  expect(server.metrics()).toMatchObject({ connections: 0, clients: 0, heldBytes: 0 })
  expect(heldMax).toBeLessThan(10_000)
  expect(server.metrics().protocolErrors).toBeGreaterThan(sessions / 2)
  server[Symbol.dispose]()
})
