/** What clients, sockets and servers that mean no good, or are broken, may cost: their own connection, and no more. */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { linkTo, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import { serveSettings } from '../../src/sync/serve-options.ts'
import { ServedStore } from '../../src/sync/served-store.ts'
import { WriteDesk } from '../../src/sync/write-desk.ts'
import { Bench, closeBenches, robot, to, turn, until, versionOf, writable } from './support/bench.ts'
import { HandWritten } from './support/hand-written.ts'

afterEach(closeBenches)

/** The server's newest end of a socket holds so many bytes. */
function holding(socket: SyncSocket | undefined, bytes: () => number): void {
  Object.defineProperty(socket, 'bufferedBytes', { get: bytes })
}

describe('a client that asks and does not read', () => {
  test.each<[string, (n: number) => object]>([
    ['pings', (at) => ({ t: 'ping', at })],
    ['writes', (n) => ({ t: 'write', id: `w${n}`, epoch: 'none', base: 0, reason: 'R', ops: [] })],
    ['events', (n) => ({ t: 'send', id: `s${n}`, event: 'GO' })],
  ])('is ended when a window of answers waits for it: %s', async (_what, ask) => {
    const bench = writable({ windowBytes: 2_000 })
    const client = new HandWritten(bench)
    await client.hello()
    const [socket] = bench.sockets
    let waits = 0
    const send = socket?.send.bind(socket)
    if (socket === undefined || send === undefined) throw new Error('there is a socket')
    socket.send = (frame) => {
      waits += frame.length
      send(frame)
    }
    holding(socket, () => waits)
    for (let n = 0; n < 1_000; n += 1) await client.say(ask(n) as never)
    expect(client.closed).toBe(1002)
    // What it may have, what it may have more, and the answer that was under way.
    expect(waits).toBeLessThan(2 * 2_000 + 500)
    expect(bench.server.metrics()).toMatchObject({ protocolErrors: 1, connections: 0, heldBytes: 0 })
  })

  test('is not ended while it reads now and then', async () => {
    const bench = robot({ windowBytes: 2_000 })
    const client = new HandWritten(bench)
    await client.hello()
    let waits = 0
    holding(bench.sockets[0], () => waits)
    for (let n = 0; n < 500; n += 1) {
      waits = n % 20 === 0 ? 0 : 2_001
      await client.say({ t: 'ping', at: n })
    }
    expect([client.closed, client.take().length]).toEqual([undefined, 502])
  })
})

describe('acknowledgements', () => {
  test('of nothing are frames as any other: so many may come', async () => {
    const bench = robot({ framesPerSecondMax: 100, heartbeatMs: 1_000 })
    const client = new HandWritten(bench)
    await client.hello()
    for (let n = 0; n < 200; n += 1) await client.say({ t: 'ack', version: 77 })
    expect(client.closed).toBe(1002)
  })

  test('of what was sent are not counted', async () => {
    const bench = robot({ framesPerSecondMax: 10, heartbeatMs: 1_000, policy: undefined })
    const client = new HandWritten(bench)
    await client.hello()
    await client.say({ t: 'ack', version: 0, index: 0 })
    for (let n = 1; n < 100; n += 1) {
      bench.store.update(to(n))
      await client.say({ t: 'ack', version: n })
    }
    expect([client.closed, bench.server.clients[0]?.acknowledgedVersion]).toEqual([undefined, 99])
  })
})

describe('why a write was refused', () => {
  test('is kept, and told, in a thousand characters at most', async () => {
    const bench = writable({ write: ({ delta }) => `no: ${JSON.stringify(delta)}` })
    const client = new HandWritten(bench)
    await client.hello()
    const { instanceId: epoch } = bench.store
    const ops = [{ op: 'replace', path: '/log', value: ['x'.repeat(500_000)] }]
    client.take()
    await client.say({ t: 'write', id: 'w', epoch, base: 0, reason: 'R', ops })
    const [result] = client.take()
    expect(result).toMatchObject({ t: 'result', ok: false, reason: 'refused' })
    expect(String(result?.message)).toHaveLength(1_000)
  })
})

/** A socket of somebody's own, one member of which throws. */
function broken(member: 'send' | 'close', when: (calls: number) => boolean): [SyncSocket, SyncSocket] {
  const [here, there] = socketPair()
  const original = here[member].bind(here) as (...given: unknown[]) => void
  let calls = 0
  here[member] = (...given: unknown[]) => {
    calls += 1
    if (when(calls)) throw new Error(`${member} is broken`)
    original(...given)
  }
  return [here, there]
}

describe('who is not let in yet', () => {
  test('and leaves is forgotten, and costs the other stores of its connection nothing', async () => {
    let letIn = (): void => {}
    const server = serve(
      { open: createStore({ x: 0 }), slow: createStore({ y: 0 }) },
      {
        authorize: ({ store }) => {
          const grant = { read: true, write: false }
          if (store === 'open') return grant
          return new Promise((resolve) => {
            letIn = () => resolve(grant)
          })
        },
      },
    )
    const client = new HandWritten({
      connect: () => {
        const [here, there] = socketPair()
        server.accept(here)
        return there
      },
    })
    await client.hello({ store: 'open' })
    await client.hello({ store: 'slow' })
    await client.say({ t: 'leave', store: 'slow' })
    const first = letIn
    await client.hello({ store: 'slow', clientId: 'again' })
    first()
    await turn()
    expect([client.closed, server.clients.map(({ clientId }) => clientId)]).toEqual([undefined, ['hand']])
    letIn()
    await turn()
    expect(server.clients.map(({ clientId }) => clientId)).toEqual(['hand', 'again'])
    server[Symbol.dispose]()
  })

  test('and leaves, and is refused late, does not cost the next one its place', async () => {
    let refuse = (): void => {}
    const bench = robot({
      authorize: ({ clientId }) => {
        if (clientId !== 'hand') return { read: true, write: false }
        return new Promise((_, reject) => {
          refuse = () => reject(new Error('late'))
        })
      },
    })
    const faults: unknown[] = []
    bench.server.faults$.subscribe(({ error }) => void faults.push(error))
    const client = new HandWritten(bench)
    await client.hello()
    await client.say({ t: 'leave' })
    await client.hello({ clientId: 'next' })
    refuse()
    await turn()
    expect(faults).toEqual([new Error('late')])
    expect([client.take().map(({ t }) => t), client.closed]).toEqual([['welcome', 'chunk'], undefined])
  })

  test('is counted by nobody, also not in a callback that asks for the figures', async () => {
    const counts: number[] = []
    const bench = robot({
      view: (state) => {
        counts.push(bench.server.clients.length)
        return state
      },
    })
    const client = new HandWritten(bench)
    await client.hello()
    expect(client.take().map(({ t }) => t)).toEqual(['welcome', 'chunk'])
    expect([counts[0], bench.server.clients.length]).toEqual([0, 1])
  })
})

describe('a grant', () => {
  test('is told as what it allows, and nothing else that it has', async () => {
    const grant = { read: true, user: { secret: 1n } }
    const bench = robot({ authorize: () => grant as never })
    const client = new HandWritten(bench)
    await client.hello()
    expect(client.take()[0]).toMatchObject({ t: 'welcome', grant: { read: true, write: false } })
    expect(JSON.stringify(client.heard)).not.toContain('secret')
  })
})

describe('a callback that is asynchronous', () => {
  test.each(['write', 'send'] as const)(
    'refuses what it was asked about, and is told: %s',
    async (option) => {
      const verdict = Promise.reject(new Error('late'))
      const then = jest.spyOn(verdict, 'then')
      const faults: string[] = []
      const store = Object.assign(createStore({ x: 0 }), { send: () => ({ handled: true }) })
      store.faults$.subscribe(({ error }) => void faults.push((error as Error).message))
      const bench = new Bench(store, {
        authorize: () => ({ read: true, write: true }),
        [option]: (() => verdict) as never,
      })
      const client = new HandWritten(bench)
      await client.hello()
      client.take()
      const { instanceId: epoch } = store
      const ops = [{ op: 'replace', path: '/x', value: 1 }]
      if (option === 'write') await client.say({ t: 'write', id: 'w', epoch, base: 0, reason: 'R', ops })
      else await client.say({ t: 'send', id: 'w', event: { type: 'GO' } })
      expect(client.take()).toMatchObject([{ t: 'result', ok: false, reason: 'refused' }])
      expect(faults).toEqual([expect.stringContaining('a promise')])
      expect(then).toHaveBeenCalled() // its rejection is nobody's
      expect(store.state).toEqual({ x: 0 })
    },
  )

  /** A server with a callback that rejects; nobody may be left with its rejection. */
  function late(option: 'origins' | 'view' | 'policy') {
    const answer = Promise.reject(new Error('late'))
    const then = jest.spyOn(answer, 'then')
    const faults: string[] = []
    const store = createStore({ x: 0 })
    store.faults$.subscribe(({ error }) => void faults.push((error as Error).message))
    const bench = new Bench<{ x: number }>(store, { [option]: (() => answer) as never })
    return { bench, then, faults }
  }

  test('allows no origin', async () => {
    const { bench, then, faults } = late('origins')
    const [here, there] = socketPair()
    const heard: unknown[] = []
    there.onFrame = (data) => heard.push(JSON.parse(String(data)))
    bench.server.accept(here, { headers: { origin: 'https://app.example' } })
    await turn()
    expect(heard).toMatchObject([{ t: 'bye', code: 'ORIGIN_FORBIDDEN' }])
    expect(faults).toEqual([expect.stringMatching(/"origins".*a synchronous function.*a promise/)])
    expect(then).toHaveBeenCalled()
    expect(bench.server.metrics()).toMatchObject({ connections: 0, turnedAway: 1 })
  })

  test.each(['view', 'policy'] as const)('feeds nobody: %s', async (option) => {
    const { bench, then, faults } = late(option)
    const client = new HandWritten(bench)
    await client.hello()
    expect(client.take().at(-1)).toMatchObject({ t: 'bye', code: 'FAILED' })
    expect(faults).toEqual([expect.stringContaining(`"${option}"`)])
    expect(then).toHaveBeenCalled()
    expect(bench.server.metrics()).toMatchObject({ clients: 0, connections: 0 })
    expect(bench.store.metrics().subscriberCount).toBe(0)
  })

  test('ends only whoever it is about: a view that is asynchronous for one client', async () => {
    const bench = robot({
      view: ((state: object, { clientId }: { clientId: string }) =>
        clientId === 'late' ? Promise.reject(new Error('late')) : state) as never,
    })
    bench.server.faults$.subscribe(() => {})
    const good = new HandWritten(bench)
    await good.hello()
    good.take()
    const codes: unknown[] = []
    for (const resume of [undefined, { epoch: bench.store.instanceId, version: 0 }]) {
      const bad = new HandWritten(bench)
      await bad.hello({ clientId: 'late', resume })
      codes.push(bad.take().flatMap(({ t, code }) => (t === 'bye' ? [code] : [])))
    }
    expect(codes).toEqual([['FAILED'], ['FAILED']])
    bench.store.update(to(1))
    await turn()
    expect(good.take()).toMatchObject([{ t: 'delta', version: 1 }])
    expect(bench.server.clients.map(({ clientId }) => clientId)).toEqual(['hand'])
  })

  test('connects nothing: the mirror tries again', async () => {
    const bench = robot()
    const faults: string[] = []
    let tries = 0
    const onFault = ({ error }: { error: unknown }): void => void faults.push((error as Error).message)
    const one = bench.mirror({ onFault }, () => {
      tries += 1
      return tries === 1 ? (Promise.reject(new Error('late')) as never) : bench.connect()
    })
    await versionOf(one, 0)
    expect(faults).toEqual([expect.stringContaining('"connect"')])
  })
})

describe('results', () => {
  const ask = (client: HandWritten, id: string, epoch: string, base: number): Promise<void> =>
    client.say({
      t: 'write',
      id,
      epoch,
      base,
      reason: 'R',
      ops: [{ op: 'replace', path: '/x', value: base }],
    })

  test('are kept of what was committed, and of nothing else that strangers ask for', async () => {
    const settings = serveSettings({ resultsMax: 5 })
    const store = createStore({ x: 0 })
    const served = new ServedStore('', store, settings)
    const writes = { clientId: 'honest', store: '', grant: { read: true, write: true } }
    const honest = new WriteDesk(served, writes, settings)
    const ops = [{ op: 'replace', path: '/x', value: 1 }]
    const write = {
      t: 'write',
      store: '',
      id: 'w',
      epoch: store.instanceId,
      base: 0,
      reason: 'R',
      ops,
    } as const
    const first = honest.answer(write)
    const grant = { read: true, write: false }
    for (let stranger = 0; stranger < 1_000; stranger += 1) {
      const desk = new WriteDesk(served, { clientId: `c${stranger}`, store: '', grant }, settings)
      for (let id = 0; id < 10; id += 1) desk.answer({ t: 'send', store: '', id: `s${id}`, event: 'GO' })
    }
    expect(first).toMatchObject({ ok: true, version: 1 })
    expect(honest.answer(write)).toBe(first)
    served.unfollow()
  })

  test('of all clients together are at most `resultsMax`, however many ids one writer takes', async () => {
    const bench = writable({ resultsMax: 50 })
    const { instanceId: epoch } = bench.store
    const honest = new HandWritten(bench)
    await honest.hello({ clientId: 'honest' })
    for (let n = 0; n < 10; n += 1) await ask(honest, `h${n}`, epoch, n)
    for (let id = 0; id < 39; id += 1) {
      const stranger = new HandWritten(bench)
      await stranger.hello({ clientId: `stranger ${id}` })
      await ask(stranger, 'w', epoch, bench.store.snapshot.version)
    }
    honest.take()
    await ask(honest, 'h0', epoch, 0)
    expect(honest.take()).toMatchObject([{ id: 'h0', ok: true, version: 1 }])
    const last = new HandWritten(bench)
    await last.hello({ clientId: 'last' })
    for (let n = 0; n < 3; n += 1) await ask(last, `l${n}`, epoch, bench.store.snapshot.version)
    honest.take()
    await ask(honest, 'h0', epoch, 0)
    await ask(honest, 'h9', epoch, 9)
    // Whoever wrote least recently is forgotten first, the oldest of its results ahead of the others.
    expect(honest.take()).toMatchObject([
      { id: 'h0', ok: false, reason: 'conflict' },
      { id: 'h9', ok: true, version: 10 },
    ])
  })
})

describe('a socket that throws', () => {
  const hello = JSON.stringify({ t: 'hello', protocol: 1, clientId: 'broken' })

  // The welcome, the state, a delta.
  test.each([1, 2, 3])(
    'as it is sent frame %i is over, is told, and costs nobody else anything',
    async (nth) => {
      const bench = robot()
      const faults: string[] = []
      bench.store.faults$.subscribe(({ error }) => void faults.push((error as Error).message))
      const other = bench.mirror()
      await versionOf(other, 0)
      const [here, there] = broken('send', (calls) => calls === nth)
      bench.server.accept(here)
      there.send(hello)
      await turn()
      bench.store.update(to(1))
      expect(await versionOf(other, 1)).toMatchObject({ x: 1 })
      await turn()
      expect(faults).toEqual(['send is broken'])
      expect(bench.server.metrics()).toMatchObject({ connections: 1, clients: 1 })
      expect(bench.store.metrics().subscriberCount).toBe(1)
      other.close()
      await turn()
      expect(bench.server.metrics().heldBytes).toBe(0)
    },
  )

  test('as it is asked for a sign of life does not stop the heartbeat of the others', async () => {
    const bench = robot({ heartbeatMs: 1, deadMs: 1_000_000 })
    bench.store.faults$.subscribe(() => {})
    const [here, there] = broken('send', (calls) => calls > 2)
    bench.server.accept(here)
    there.send(hello)
    const other = new HandWritten(bench)
    await other.hello()
    await until(() => other.heard.filter(({ t }) => t === 'ping').length > 2)
    expect(bench.server.metrics().connections).toBe(1)
  })

  test('as it is asked how much it holds is over, and does not stop the heartbeat of the others', async () => {
    const bench = robot({ heartbeatMs: 1, deadMs: 1_000_000 })
    bench.store.faults$.subscribe(() => {})
    const bad = new HandWritten(bench)
    await bad.hello()
    const other = new HandWritten(bench)
    await other.hello({ clientId: 'other' })
    holding(bench.sockets[0], () => {
      throw new Error('bufferedBytes is broken')
    })
    await until(() => other.heard.filter(({ t }) => t === 'ping').length > 2)
    expect(bench.server.metrics().connections).toBe(1)
  })

  test('as it is closed is over all the same', async () => {
    const bench = robot()
    bench.store.faults$.subscribe(() => {})
    const [here, there] = broken('close', () => true)
    bench.server.accept(here)
    there.send('nonsense')
    await turn()
    expect(bench.server.metrics()).toMatchObject({ connections: 0, protocolErrors: 1 })
  })

  test('is opened again by a mirror, which tells of it', async () => {
    const bench = robot()
    const faults: string[] = []
    let opened = 0
    const one = bench.mirror({ onFault: ({ error }) => void faults.push((error as Error).message) }, () => {
      opened += 1
      if (opened === 1) return undefined as never
      if (opened > 3) return bench.connect()
      const [here, there] = broken(opened === 2 ? 'send' : 'close', () => true)
      if (opened === 3) queueMicrotask(() => here.onFrame('nonsense'))
      bench.server.accept(there)
      return here
    })
    await versionOf(one, 0)
    expect(faults).toEqual([
      expect.stringContaining('undefined'),
      'send is broken',
      expect.stringContaining('no JSON'),
      'close is broken',
    ])
  })
})

describe('one store of a link that is not let in', () => {
  test('does not cost the others their connection, and is tried again', async () => {
    const robots = createStore({ x: 0 })
    const secrets = createStore({ y: 0 })
    let asked = 0
    const server = serve(
      { robots, secrets },
      {
        authorize: ({ store }) => {
          if (store === 'robots') return { read: true, write: false }
          asked += 1
          return asked > 3 ? { read: true, write: false } : undefined
        },
      },
    )
    let opened = 0
    const link = linkTo(
      () => {
        opened += 1
        const [here, there] = socketPair()
        server.accept(here)
        return there
      },
      { backoffMs: { least: 0, most: 0 } },
    )
    const open = link.mirror<{ x: number }>('robots', { onFault: () => {} })
    const faults: unknown[] = []
    const shut = link.mirror<{ y: number }>('secrets', { onFault: ({ error }) => void faults.push(error) })
    await Promise.all([versionOf(open, 0), versionOf(shut, 0)])
    robots.set({ x: 1 })
    await versionOf(open, 1)
    expect([opened, asked, faults.length]).toEqual([1, 4, 3])
    open.close()
    shut.close()
    server[Symbol.dispose]()
  })
})
