import { afterEach, describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { buffer, createStore, direct } from '../../src/index.ts'
import { type ServeOptions, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import { closeBenches, robot, to, turn, until, writable } from './support/bench.ts'
import { type Frame, HandWritten } from './support/hand-written.ts'

afterEach(closeBenches)

describe('the protocol', () => {
  test('is what docs/protocol.md says', async () => {
    const bench = writable()
    const client = new HandWritten(bench)
    await client.hello()
    const { tsWall } = bench.store.snapshot
    const epoch = bench.store.instanceId
    const head = { version: 0, missed: 0, reason: 'INIT', source: 'store', tsWall, metadata: {} }
    expect(client.take()).toEqual([
      {
        t: 'welcome',
        epoch,
        mode: 'snapshot',
        version: 0,
        heartbeatMs: 5_000,
        window: 8,
        windowBytes: 262_144,
        grant: { read: true, write: true },
      },
      { t: 'chunk', version: 0, index: 0, count: 1, text: '{"x":0,"log":[]}', head },
    ])
    await client.say({ t: 'ack', version: 0, index: 0 })
    const ops = [{ op: 'replace', path: '/x', value: 3 }]
    await client.say({ t: 'write', id: 'w1', epoch, base: 0, reason: 'MOVED', ops })
    const moved = { version: 1, missed: 0, reason: 'MOVED', source: 'hand', metadata: {} }
    expect(client.take()).toEqual([
      { t: 'result', id: 'w1', ok: true, version: 1 },
      { t: 'delta', from: 0, ...moved, tsWall: expect.any(Number), ops },
    ])
    await client.say({ t: 'ping', at: 5 })
    expect(client.take()).toEqual([{ t: 'pong', at: 5 }])
  })

  test('passes over frames and members that it does not know', async () => {
    const client = new HandWritten(robot())
    await client.hello({ color: 'red' })
    client.take()
    await client.say({ t: 'later', x: 1 })
    expect([client.take(), client.closed]).toEqual([[], undefined])
  })

  test('counts what was missed by the policy of the client', async () => {
    const bench = robot({ window: 1 })
    const client = new HandWritten(bench)
    await client.hello()
    for (let x = 1; x <= 4; x += 1) bench.store.update(to(x))
    client.take()
    await client.say({ t: 'ack', version: 0, index: 0 })
    expect(client.take()).toMatchObject([{ t: 'delta', from: 0, version: 4, missed: 3 }])
  })

  test('cuts a state into chunks, of which only a window is without an answer', async () => {
    const bench = robot({ chunkBytes: 64, window: 2 })
    bench.store.update((draft) => {
      draft.log = Array.from({ length: 20 }, (_, n) => `line ${n} — ${'x'.repeat(10)}`)
    })
    const client = new HandWritten(bench)
    await client.hello()
    const chunks: Frame[] = client.take().filter(({ t }) => t === 'chunk')
    expect(chunks).toHaveLength(2)
    for (const chunk of chunks) {
      await client.say({ t: 'ack', version: 1, index: chunk.index })
      chunks.push(...client.take())
    }
    expect(JSON.parse(chunks.map(({ text }) => text).join(''))).toEqual(bench.store.state)
    const sizes = chunks.map(({ text }) => Buffer.byteLength(String(text)))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64)
    expect(bench.server.clients).toMatchObject([{ snapshots: 1, acknowledgedVersion: 1 }])
  })

  test('sends the state where the delta would be longer than half of it', async () => {
    const bench = robot({ chunkBytes: 4 })
    const client = new HandWritten(bench)
    await client.hello()
    for (let index = 0; index < 8; index += 1) await client.say({ t: 'ack', version: 0, index })
    client.take()
    bench.store.set({ x: 5, log: ['another'] })
    await turn()
    expect(client.take()[0]).toMatchObject({ t: 'chunk', version: 1, index: 0, head: { reason: 'SET' } })
  })
})

describe('a connection', () => {
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0x20)
  test.each<[string, Frame | string | Uint8Array]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing', ''],
    ['null', 'null'],
    ['no kind', {}],
    ['a kind that is no text', { t: 5 }],
    ['too many bytes', bytes(2_000)],
    ['too long a text', JSON.stringify({ t: 'hello', clientId: 'x'.repeat(2_000) })],
    ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['another protocol', { t: 'hello', protocol: 2, clientId: 'a' }],
    ['a hello without a name', { t: 'hello', protocol: 1 }],
    ['a write before a welcome', { t: 'write', id: 'a', epoch: 'e', base: 0, reason: 'R', ops: [] }],
    ['an acknowledgement before a welcome', { t: 'ack', version: 0 }],
    ['too long a name', { t: 'hello', protocol: 1, clientId: 'x'.repeat(600) }],
  ])('that sends %s is ended, and nobody else', async (_what, frame) => {
    const bench = robot({ frameBytesMax: 1_024 })
    const other = new HandWritten(bench)
    await other.hello({ clientId: 'other' })
    const client = new HandWritten(bench)
    await client.say(frame)
    expect([client.take().at(-1)?.code, client.closed]).toEqual(['PROTOCOL_INVALID', 1_002])
    expect(bench.server.metrics()).toMatchObject({ protocolErrors: 1, clients: 1, connections: 1 })
    expect([bench.store.snapshot.version, other.closed]).toEqual([0, undefined])
  })

  test.each<[string, Frame]>([
    ['an operation that leads nowhere', { ops: [{ op: 'replace', path: '/none/there', value: 1 }] }],
    ['no operations', { ops: 5 }],
    ['a value that is none', { ops: [{ op: 'replace', path: '/x', value: { $headgate: 'nonsense' } }] }],
  ])('that writes %s is refused it, and nothing is written', async (_what, more) => {
    const bench = writable()
    const client = new HandWritten(bench)
    await client.hello()
    client.take()
    await client.say({ t: 'write', id: 'a', epoch: bench.store.instanceId, base: 0, reason: 'R', ...more })
    expect(client.take()).toMatchObject([{ t: 'result', id: 'a', ok: false, reason: 'refused' }])
    expect([bench.store.snapshot.version, client.closed]).toEqual([0, undefined])
  })

  test('that sends more frames than it may is ended', async () => {
    const client = new HandWritten(robot({ framesPerSecondMax: 10, heartbeatMs: 1_000 }))
    await client.hello()
    for (let n = 0; n < 10; n += 1) await client.say({ t: 'ping', at: n })
    expect(client.closed).toBe(1_002)
  })

  test.each<[string, ServeOptions, Frame, string]>([
    ['whom the server does not know', { authorize: () => undefined }, {}, 'UNAUTHORIZED'],
    ['who may not read', { authorize: () => ({ read: false, write: true }) }, {}, 'UNAUTHORIZED'],
    ['who asks for a store that is not served', {}, { store: 'other' }, 'STORE_UNKNOWN'],
    ['whose policy does not wait', { policy: () => direct() }, {}, 'FAILED'],
    [
      'at whom authorize throws',
      {
        authorize: () => {
          throw new Error('broken')
        },
      },
      {},
      'FAILED',
    ],
  ])('of one %s is told why, and ended', async (_who, options, hello, code) => {
    const bench = robot(options)
    bench.server.faults$.subscribe(() => {})
    const client = new HandWritten(bench)
    await client.hello(hello)
    expect(client.take()).toEqual([expect.objectContaining({ t: 'bye', code })])
    expect(bench.server.metrics()).toMatchObject({ clients: 0, connections: 0 })
    expect(bench.store.metrics().subscriberCount).toBe(0)
  })

  test('of one whose view throws as it goes on is ended, and leaves nothing', async () => {
    let isBroken = false
    const bench = robot({
      view: (state) => {
        if (isBroken) throw new Error('broken')
        return state
      },
    })
    bench.server.faults$.subscribe(() => {})
    const first = new HandWritten(bench)
    await first.hello()
    isBroken = true
    const again = new HandWritten(bench)
    await again.hello({ resume: { epoch: bench.store.instanceId, version: 0 } })
    expect(again.take()).toMatchObject([{ t: 'bye', code: 'FAILED' }])
    expect(bench.server.clients).toEqual([])
  })

  test('is asked for its grant each time, also where it goes on', async () => {
    const tokens: unknown[] = []
    const bench = robot({
      authorize: ({ token }) => {
        tokens.push(token)
        return { read: token === 'good', write: false }
      },
    })
    const epoch = bench.store.instanceId
    const first = new HandWritten(bench)
    await first.hello({ token: 'good' })
    const again = new HandWritten(bench)
    await again.hello({ token: 'withdrawn', resume: { epoch, version: 0 } })
    expect(again.take()).toMatchObject([{ code: 'UNAUTHORIZED' }])
    expect(tokens).toEqual(['good', 'withdrawn'])
    // Who was not let in has not taken the place of who was.
    expect(first.closed).toBeUndefined()
  })

  test('above the most that may be is turned away', async () => {
    const bench = robot({ clientsMax: 1 })
    const first = new HandWritten(bench)
    const second = new HandWritten(bench)
    await turn()
    expect(second.take()).toMatchObject([{ t: 'bye', code: 'CLIENTS_FULL' }])
    expect([first.closed, second.closed]).toEqual([undefined, 1_013])
    expect(bench.server.metrics()).toMatchObject({ accepted: 1, turnedAway: 1 })
  })

  test('is turned away while more waits for all than may', async () => {
    const bench = robot({ heldBytesMax: 1 })
    const first = new HandWritten(bench)
    await first.hello()
    const second = new HandWritten(bench)
    await second.hello({ clientId: 'second' })
    expect(second.take()).toMatchObject([{ t: 'bye', code: 'CLIENTS_FULL' }])
  })

  test('whose buffer overflows is told, and goes on from what it has', async () => {
    const bench = robot({ window: 1, policy: () => buffer({ capacity: 2, overflow: 'error' }) })
    const client = new HandWritten(bench)
    await client.hello()
    for (let x = 1; x <= 9; x += 1) bench.store.update(to(x))
    for (const [version, index] of [[0, 0], [1], [2]]) await client.say({ t: 'ack', version, index })
    expect(client.take().at(-1)).toMatchObject({ t: 'bye', code: 'OVERFLOW' })
    await client.hello({ resume: { epoch: bench.store.instanceId, version: 2 } })
    expect(client.take()).toMatchObject([
      { t: 'welcome', mode: 'resume' },
      { t: 'delta', from: 2, version: 3 },
    ])
  })
})

describe('serve', () => {
  test.each(['heartbeatMs', 'deadMs'])('refuses a %s that no timer waits', (option) => {
    for (const ms of [0, 2 ** 31]) {
      expect(() => serve(createStore(0), { [option]: ms })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', details: expect.objectContaining({ option }) }),
      )
    }
  })

  test('refuses options that mean nothing, and what is no store', () => {
    const store = createStore(0)
    const code = (of: string): unknown => expect.objectContaining({ code: of })
    expect(() => serve(store, { window: 0 })).toThrow(code('OPTION_INVALID'))
    expect(() => serve(store, { windows: 5 } as never)).toThrow(code('OPTION_UNKNOWN'))
    expect(() => serve(store, { authorize: 5 as never })).toThrow(code('OPTION_INVALID'))
    expect(() => serve({ robot: {} as never })).toThrow(code('KERNEL_ABSENT'))
  })

  test('refuses a state that cannot be sent, before anybody is there', () => {
    const store = createStore({ call: () => {} })
    expect(() => serve(store)).toThrow(expect.objectContaining({ code: 'CODEC_INVALID' }))
  })

  test('makes the text of a delta once for all who are sent it', async () => {
    const bench = robot()
    const clients = Array.from({ length: 50 }, () => new HandWritten(bench))
    for (const [n, client] of clients.entries()) await client.hello({ clientId: `${n}` })
    bench.store.update(to(1))
    await turn()
    expect(bench.server.metrics()).toMatchObject({ clients: 50, deltasMade: 1, statesMade: 1 })
    expect(clients.every((client) => client.heard.some(({ version }) => version === 1))).toBe(true)
  })

  test('encodes a frame once for all whose sockets take it so', async () => {
    const bench = robot()
    const sent: unknown[] = []
    for (const clientId of ['one', 'two']) {
      const client = new HandWritten(bench)
      const socket = bench.sockets.at(-1) as SyncSocket
      const { send } = socket
      Object.defineProperty(socket, 'takesEncoded', { value: true })
      socket.send = (frame) => {
        if (typeof frame !== 'string') sent.push(frame)
        send.call(socket, typeof frame === 'string' ? frame : new TextDecoder().decode(frame))
      }
      await client.hello({ clientId })
    }
    bench.store.update(to(1))
    await turn()
    const [state, sameState, delta, sameDelta] = sent
    expect([sent.length, sameState, sameDelta]).toEqual([4, state, delta])
    expect([sameState === state, sameDelta === delta]).toEqual([true, true])
    expect(JSON.parse(new TextDecoder().decode(delta as Uint8Array))).toMatchObject({
      t: 'delta',
      version: 1,
    })
  })

  test('that is closed says bye, takes no more, and leaves its store as it was', async () => {
    const bench = robot()
    const client = new HandWritten(bench)
    await client.hello()
    bench.server[Symbol.dispose]()
    await turn()
    expect([client.take().at(-1)?.code, client.closed]).toEqual(['CLOSED', 1_001])
    expect(() => bench.server.accept(socketPair()[0])).toThrow(
      expect.objectContaining({ code: 'SERVER_CLOSED' }),
    )
    expect([bench.store.metrics().subscriberCount, bench.store.closed]).toEqual([0, false])
  })
})

describe('a client', () => {
  const filled = (length: number) => (draft: { log: string[] }) => void draft.log.push('y'.repeat(length))

  test('is busy while as many bytes as may be are without an answer, and no longer', async () => {
    const bench = robot({ window: 1_000, windowBytes: 2_000, policy: () => buffer({ capacity: 100 }) })
    const client = new HandWritten(bench)
    await client.hello()
    await client.say({ t: 'ack', version: 0, index: 0 })
    client.take()
    for (let times = 0; times < 10; times += 1) bench.store.update(filled(600))
    await turn()
    const heard = client.take()
    const bytes = heard.reduce((sum, frame) => sum + JSON.stringify(frame).length, 0)
    expect(bytes).toBeGreaterThanOrEqual(2_000)
    expect(bytes).toBeLessThan(2_000 + 800) // at most one frame beyond it
    await client.say({ t: 'ack', version: heard.length })
    expect(client.take()).toHaveLength(heard.length)
  })

  test('is busy while its socket holds more than a window of bytes, whatever it acknowledges', async () => {
    const bench = robot({ windowBytes: 1_000, heartbeatMs: 1, deadMs: 1_000_000 })
    const client = new HandWritten(bench)
    await client.hello()
    const [socket] = bench.sockets
    let bufferedBytes = 1_001
    Object.defineProperty(socket, 'bufferedBytes', { get: () => bufferedBytes })
    await client.say({ t: 'ack', version: 0, index: 0 })
    client.take()
    bench.store.update(to(1))
    bench.store.update(to(2))
    await turn()
    expect(client.take().filter(({ t }) => t === 'delta')).toEqual([])
    bufferedBytes = 1_000
    await until(() => client.heard.some(({ version }) => version === 2))
    expect(client.take().filter(({ t }) => t === 'delta')).toMatchObject([{ version: 1 }, { version: 2 }])
  })

  test('that is silent is asked, and given up when it stays so; any frame is an answer', async () => {
    const scheduler = new VirtualTimeScheduler()
    const bench = robot({ heartbeatMs: 100, deadMs: 300, scheduler })
    const client = new HandWritten(bench)
    await client.hello()
    client.take()
    const pass = async (beats: number): Promise<unknown[]> => {
      scheduler.maxFrames = scheduler.frame + beats * 100
      scheduler.flush()
      scheduler.frame = scheduler.maxFrames
      await turn()
      return client.take().map(({ t, code }) => code ?? t)
    }
    for (let times = 0; times < 4; times += 1) {
      expect(await pass(3)).toEqual(['ping', 'ping'])
      await client.say({ t: 'of another protocol' })
    }
    expect(await pass(4)).toEqual(['ping', 'ping', 'DEAD'])
    expect([client.closed, bench.server.metrics().connections]).toEqual([1001, 0])
  })

  test('is answered again for each of its newest 256 committed writes; an older one is in conflict, not done again', async () => {
    const bench = writable()
    const client = new HandWritten(bench)
    await client.hello()
    const { instanceId: epoch } = bench.store
    const ask = (id: number): Promise<void> =>
      client.say({
        t: 'write',
        id: `w${id}`,
        epoch,
        base: id,
        reason: 'W',
        ops: [{ op: 'replace', path: '/x', value: id + 1 }],
      })
    const answer = (): unknown => client.take().find(({ t }) => t === 'result')
    for (let id = 0; id <= 255; id += 1) await ask(id)
    for (let id = 1_000; id <= 1_300; id += 1) await ask(id) // of what is not committed nothing is kept
    client.take()
    await ask(0)
    expect(answer()).toMatchObject({ id: 'w0', ok: true, version: 1 })
    await ask(256)
    client.take()
    await ask(0)
    expect(answer()).toMatchObject({ id: 'w0', ok: false, reason: 'conflict' })
    expect(bench.store.snapshot.version).toBe(257)
  })

  test('of one store sees nothing of another, and changes nothing of it', async () => {
    const secret = createStore({ n: 0, word: 'xyzzy' }, { name: 'secret' })
    const open = createStore({ n: 0 }, { name: 'open' })
    const server = serve(
      { open, secret },
      { authorize: ({ store }) => (store === 'open' ? { read: true, write: true } : undefined) },
    )
    const connect = (): ReturnType<typeof socketPair>[0] => {
      const [here, there] = socketPair()
      server.accept(here)
      return there
    }
    const client = new HandWritten({ connect })
    const ofSecret = { store: 'secret', epoch: secret.instanceId }
    const ops = [{ op: 'replace', path: '/n', value: 9 }]
    await client.hello({ store: 'open', resume: { epoch: secret.instanceId, version: 0 } })
    await client.say({ t: 'ack', store: 'open', version: 0, index: 0 })
    await client.hello({ store: 'secret' })
    await client.hello({ store: 'secret', resume: { epoch: secret.instanceId, version: 0 } })
    await client.say({ t: 'write', ...ofSecret, id: 'w1', base: 0, reason: 'W', ops })
    await client.say({
      t: 'write',
      store: 'open',
      epoch: secret.instanceId,
      id: 'w2',
      base: 0,
      reason: 'W',
      ops,
    })
    await client.say({ t: 'send', ...ofSecret, id: 'w3', event: { type: 'GO' } })
    await client.say({ t: 'ack', ...ofSecret, version: 0, index: 0 })
    await client.say({ t: 'leave', store: 'secret' })
    secret.set({ n: 0, word: 'plugh' })
    open.set({ n: 1 })
    await turn()
    expect([secret.state, secret.snapshot.version, open.snapshot.version]).toEqual([
      { n: 0, word: 'plugh' },
      1,
      1,
    ])
    const heard = client.take()
    const aboutSecret = heard.filter((frame) => frame.store === 'secret')
    expect(aboutSecret.map(({ t, code }) => code ?? t)).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED'])
    expect(JSON.stringify(heard)).not.toMatch(/xyzzy|plugh/)
    expect(JSON.stringify(heard)).not.toContain(secret.instanceId)
    expect(heard.filter(({ t }) => t === 'result')).toEqual([
      { t: 'result', store: 'open', id: 'w2', ok: false, version: 0, reason: 'conflict' },
    ])
    expect(server.clients.map(({ store }) => store)).toEqual(['open'])
    // The socket goes on with the store that it may have.
    expect(heard.at(-1)).toMatchObject({ t: 'delta', store: 'open', version: 1 })
    server[Symbol.dispose]()
  })
})

describe('the account of a client', () => {
  test('is exact at every instant, and says what the network did', async () => {
    const bench = robot({ window: 2 })
    const client = new HandWritten(bench)
    await client.hello()
    for (let x = 1; x <= 10; x += 1) {
      bench.store.update(to(x))
      const [{ published, delivered, dropped, conflated, pending } = {} as never] = bench.server.clients
      expect(published).toBe(delivered + dropped + conflated + pending)
      if (x % 3 === 0) await client.say({ t: 'ack', version: Number(client.take().at(-1)?.version) })
    }
    expect(bench.server.clients).toMatchObject([
      { clientId: 'hand', store: '', published: 11, acknowledgedVersion: 6, lagVersions: 4, snapshots: 1 },
    ])
  })
})
