/**
 * A server among strangers: sockets that throw, cut themselves off in the middle of a call, hold or double what is sent;
 * floods, callbacks of the server that throw or write, and ends at any time. Whatever comes, accounts are exact, what is
 * held is let go of, nothing is thrown into the void, and a mirror beside them has what the store has.
 */
import assert from 'node:assert/strict'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { batch, buffer, createStore, latest, type Policy } from '../../src/index.ts'
import { mirror, type ServeOptions, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import { runs } from '../support/runs.ts'
import '../support/seed.ts'
import { type Robot, turn } from './support/bench.ts'

const FRAMES = [
  '{"t":"hello","protocol":1,"clientId":"a"}',
  '{"t":"hello","protocol":1,"clientId":"b","resume":{"epoch":"none","version":3}}',
  '{"t":"hello","protocol":1,"clientId":"c"}',
  '{"t":"ack","version":0,"index":0}',
  '{"t":"ack","version":1}',
  '{"t":"ack","version":2}',
  '{"t":"write","id":"w","epoch":"none","base":0,"reason":"R","ops":[]}',
  '{"t":"send","id":"s","event":"GO"}',
  '{"t":"ping","at":1}',
  '{"t":"leave"}',
  '{"t":"hel',
]
const POLICIES: readonly (() => Policy)[] = [
  () => latest(),
  () => buffer({ capacity: 2, overflow: 'error' }),
  () => batch({ maxSize: 3 }),
  () => {
    throw new Error('policy')
  },
]
const act = fc.record({
  do: fc.constantFrom(
    ...([
      'connect',
      'say',
      'say',
      'say',
      'flood',
      'write',
      'write',
      'close',
      'turn',
      'turn',
      'hold',
    ] as const),
  ),
  who: fc.nat(3),
  frame: fc.nat(FRAMES.length - 1),
  /** How often something goes well until it throws; 0: always well. */
  fails: fc.nat(5),
  cuts: fc.boolean(),
})
const program = fc.record({
  acts: fc.array(act, { maxLength: 60 }),
  window: fc.integer({ min: 1, max: 3 }),
  chunkBytes: fc.constantFrom(8, 64, 65_536),
  policy: fc.nat(POLICIES.length - 1),
  throwing: fc.constantFrom('none', 'authorize', 'view', 'write', 'rejects', 'writes'),
  end: fc.constantFrom('nothing', 'server', 'store'),
})
type Program = typeof program extends fc.Arbitrary<infer Value> ? Value : never

class Strangers {
  readonly store = createStore<Robot>({ x: 0, log: ['a long enough text'] }, { onFault: () => {} })
  readonly server
  readonly ends: SyncSocket[] = []
  readonly held: number[] = []

  constructor({ window, chunkBytes, policy, throwing }: Program) {
    let calls = 0
    const oops = (when: string): void => {
      calls += 1
      if (throwing === when && calls % 3 === 0) throw new Error(when)
    }
    const isHonest = (clientId: string): boolean => clientId === 'beside'
    const options: ServeOptions<Robot> = {
      window,
      chunkBytes,
      windowBytes: 400,
      framesPerSecondMax: 20,
      policy: ({ clientId }) => (isHonest(clientId) ? latest() : (POLICIES[policy] ?? latest)()),
      authorize: ({ clientId }) => {
        if (isHonest(clientId)) return { read: true, write: true }
        oops('authorize')
        if (throwing === 'rejects') return Promise.reject(new Error('rejects'))
        if (throwing === 'writes' && !this.store.closed) this.write()
        return { read: true, write: true }
      },
      view: (state, { clientId }) => {
        if (!isHonest(clientId)) oops('view')
        return state
      },
      write: () => {
        oops('write')
        return true
      },
    }
    this.server = serve(this.store, options)
  }

  write(): void {
    if (this.store.closed) return
    this.store.update((draft) => {
      draft.x += 1
    })
  }

  /** It says hello at once. */
  connect({ fails, cuts, frame }: Program['acts'][number]): void {
    const [here, there] = socketPair()
    const at = this.ends.push(there) - 1
    const { send } = here
    let calls = 0
    here.send = (frame) => {
      calls += 1
      if (calls === fails && cuts) here.close(1006, 'cut')
      else if (calls === fails) throw new Error('send')
      send.call(here, frame)
    }
    Object.defineProperty(here, 'bufferedBytes', { get: () => this.held[at] ?? 0 })
    try {
      this.server.accept(here)
      there.send(FRAMES[frame % 3] as string)
    } catch {
      there.close(1001, 'the server is closed')
    }
  }

  check(): void {
    for (const { published, delivered, dropped, conflated, pending } of this.server.clients) {
      assert.equal(published, delivered + dropped + conflated + pending)
    }
  }
}

test('strangers cost a server their own connections, and nothing else', async () => {
  const lost: unknown[] = []
  const note = (reason: unknown): void => void lost.push(reason)
  process.on('unhandledRejection', note)
  const property = fc.asyncProperty(program, async (given) => {
    const all = new Strangers(given)
    const honest = mirror<Robot>(
      () => {
        const [here, there] = socketPair()
        all.server.accept(here)
        return there
      },
      { clientId: 'beside', backoffMs: { least: 0, most: 0 }, onFault: () => {} },
    )
    try {
      for (const one of given.acts) {
        const end = all.ends.at(-1 - one.who)
        if (one.do === 'connect') all.connect(one)
        else if (one.do === 'say') end?.send(FRAMES[one.frame] as string)
        else if (one.do === 'flood') for (let n = 0; n < 200; n += 1) end?.send('{"t":"ping","at":1}')
        else if (one.do === 'hold') all.held[all.ends.length - 1 - one.who] = one.cuts ? 0 : 1_000
        else if (one.do === 'close') end?.close(1000, 'gone')
        else if (one.do === 'write') all.write()
        else await turn()
        all.check()
      }
      if (given.end === 'nothing' && given.throwing === 'none' && given.policy < 3) {
        all.write()
        const { version } = all.store.snapshot
        await honest.store.waitFor((_state, own) => own.version >= version, { timeoutMs: 20_000 })
        assert.deepEqual(honest.store.state, all.store.state)
      }
    } finally {
      if (given.end === 'store') all.store.destroy()
      else if (given.end === 'server') all.server[Symbol.dispose]()
      honest.close()
      await turn()
      all.check()
      all.server[Symbol.dispose]()
      await turn()
      const { heldBytes, connections, clients } = all.server.metrics()
      assert.deepEqual([heldBytes, connections, clients], [0, 0, 0])
      if (!all.store.closed) assert.equal(all.store.metrics().subscriberCount, 0)
      all.store.destroy()
    }
  })
  try {
    await fc.assert(property, { numRuns: runs(20) })
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(lost).toEqual([])
}, 120_000)
