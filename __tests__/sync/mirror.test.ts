import { afterEach, describe, expect, jest, test } from '@jest/globals'
import {
  buffer,
  createMachineStore,
  createStore,
  defineMachine,
  derive,
  type Store,
} from '../../src/index.ts'
import { linkTo, mirror, serve, socketPair } from '../../src/sync/index.ts'
import {
  Bench,
  closeBenches,
  type Robot,
  robot,
  statusOf,
  to,
  turn,
  versionOf,
  writable,
} from './support/bench.ts'

afterEach(closeBenches)

describe('a mirror', () => {
  test('refuses times that no timer waits', async () => {
    const invalid = (option: string): unknown =>
      expect.objectContaining({ code: 'OPTION_INVALID', details: expect.objectContaining({ option }) })
    const connect = (): never => {
      throw new Error('it connects')
    }
    const backoffMs = { least: 0, most: 2 ** 31 }
    expect(() => mirror(connect, { backoffMs })).toThrow(invalid('backoffMs.most'))
    expect(() => linkTo(connect, { backoffMs: { least: -1, most: 0 } })).toThrow(invalid('backoffMs.least'))
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    for (const optimistic of [false, true]) {
      const written = one.update(to(1), { timeoutMs: 2 ** 31, optimistic })
      await expect(written).rejects.toEqual(invalid('timeoutMs'))
    }
    await expect(one.send('GO', { timeoutMs: 2 ** 31 })).rejects.toEqual(invalid('timeoutMs'))
    expect([one.optimistic.state, bench.store.snapshot.version]).toEqual([one.store.state, 0])
  })

  test('has the state of the primary, its versions, its labels, and its versions from then on', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    bench.store.update(to(1), { reason: 'MOVED', source: 'arm', metadata: { by: 'Ada' } })
    await versionOf(one, 1)
    const { tsMono: _here, ...shown } = one.store.snapshot
    const { tsMono: _there, ...primary } = bench.store.snapshot
    expect(shown).toEqual(primary)
    expect(Object.isFrozen(one.store.state.log)).toBe(true)
  })

  test('keeps the identity of what did not change', async () => {
    const bench = robot()
    const one = bench.mirror()
    const { log } = await versionOf(one, 0)
    bench.store.update(to(1))
    expect((await versionOf(one, 1)).log).toBe(log)
  })

  test('is a source of derived values', async () => {
    const bench = robot()
    const [one, other] = [bench.mirror(), bench.mirror()]
    await versionOf(other, 0)
    const seen: string[] = []
    const both = derive([one.store, other.store], (a, b) => `${a.x} ${b.x}`)
    both.subscribe(({ state }) => void seen.push(state))
    bench.store.update(to(1))
    await versionOf(one, 1)
    await versionOf(other, 1)
    expect([seen.at(0), seen.at(-1)]).toEqual(['0 0', '1 1'])
  })

  test('is told how much it missed, also of what the server has forgotten', async () => {
    const bench = robot({ historyVersions: 2 })
    const one = bench.mirror()
    await versionOf(one, 0)
    const told: number[] = []
    one.store.subscribe((_snapshot, { missed }) => void told.push(missed), { replay: false })
    bench.cut()
    for (let x = 1; x <= 5; x += 1) bench.store.update(to(x))
    await versionOf(one, 5)
    expect(told).toEqual([4])
    expect(bench.server.clients[0]?.snapshots).toBe(1)
  })

  test('refuses to be written', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    const refusal = expect.objectContaining({ code: 'WRITE_ELSEWHERE' })
    expect(() => (one.store as Store<Robot>).set({ x: 1, log: [] })).toThrow(refusal)
    expect(one.store.state.x).toBe(0)
  })

  test('ends with the store that it mirrors, and does not connect again', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    const ends: string[] = []
    one.store.subscribe({ next: () => {}, complete: () => ends.push('complete') })
    one.status$.subscribe((status) => ends.push(status))
    bench.store.destroy()
    await turn()
    expect([ends, one.store.closed, bench.sockets.length]).toEqual([['live', 'closed', 'complete'], true, 1])
  })

  test('follows a store that has no state yet', async () => {
    const bench = new Bench(createStore<Robot>() as Store<Robot>)
    const one = bench.mirror()
    await turn()
    expect(one.store.published.version).toBe(-1)
    ;(bench.store as unknown as { initialize(state: Robot): void }).initialize({ x: 1, log: [] })
    expect(await versionOf(one, 0)).toEqual({ x: 1, log: [] })
  })

  test('holds states that JSON has no form for', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const state = { at: new Date(5), n: Number.NaN, zero: -0, tags: new Set(['a']) }
    const bench = new Bench(createStore(state))
    const one = bench.mirror()
    expect(await versionOf(one, 0)).toEqual(state)
    bench.store.set({ ...state, at: new Date(6) })
    expect((await versionOf(one, 1)).at).toEqual(new Date(6))
    // Once for the store, and once for its replica.
    expect(warn).toHaveBeenCalledTimes(2)
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('state.at is an instance of Date'))
  })

  test('says whether it is live, and how far it is behind', async () => {
    const bench = robot()
    const one = bench.mirror()
    const told: string[] = []
    one.status$.subscribe((status) => told.push(status))
    await versionOf(one, 0)
    expect(one.lag).toEqual({ versions: 0, ms: 0 })
    bench.cut()
    await turn()
    bench.store.update(to(1))
    await versionOf(one, 1)
    expect(told).toEqual(['connecting', 'live', 'stale', 'live'])
    expect(one.lag).toEqual({ versions: 0, ms: 0 })
  })

  test('that is closed leaves nothing at the server, and keeps what it had', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    one.close()
    one.close()
    await turn()
    expect(bench.server.metrics()).toMatchObject({ connections: 0, clients: 0, heldBytes: 0 })
    expect(bench.store.metrics().subscriberCount).toBe(0)
    expect(one.store.state).toEqual({ x: 0, log: [] })
  })

  test('of a signal that has aborted connects to nothing', () => {
    const bench = robot()
    const one = bench.mirror({ signal: AbortSignal.abort() })
    expect([one.store.closed, bench.sockets.length]).toEqual([true, 0])
  })

  test('is told by its subscriber that there is no room, and so makes the server wait', async () => {
    const bench = robot({ window: 1 })
    const one = bench.mirror()
    await versionOf(one, 0)
    let release = (): void => {}
    const given: number[] = []
    one.store.subscribe(
      ({ version }) => {
        given.push(version)
        return new Promise<void>((resolve) => {
          release = resolve
        })
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }) },
    )
    for (let x = 1; x <= 100; x += 1) {
      bench.store.update(to(x))
      await turn()
    }
    expect(bench.server.clients).toMatchObject([{ acknowledgedVersion: 1, pending: 1, deltas: 2 }])
    while (given.at(-1) !== 100) {
      release()
      await turn()
    }
    expect(given).toEqual([0, 1, 2, 100])
  })
})

describe('a connection that is lost', () => {
  test('is gone on from with what the mirror has', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    bench.cut()
    bench.store.update(to(1))
    bench.store.update(to(2))
    expect(await versionOf(one, 2)).toEqual({ x: 2, log: [] })
    expect(bench.server.clients).toMatchObject([{ resumes: 1, snapshots: 0, deltas: 1 }])
  })

  test('costs nothing where nothing happened meanwhile, however long ago', async () => {
    const bench = robot({ historyVersions: 1 })
    const one = bench.mirror()
    await versionOf(one, 0)
    bench.cut()
    await statusOf(one, 'stale')
    await statusOf(one, 'live')
    expect(bench.server.clients).toMatchObject([
      { resumes: 1, snapshots: 0, deltas: 0, acknowledgedVersion: 0 },
    ])
  })

  test('is begun anew with a snapshot where the server has forgotten the version', async () => {
    const bench = robot({ historyVersions: 2 })
    const one = bench.mirror()
    await versionOf(one, 0)
    bench.cut()
    for (let x = 1; x <= 3; x += 1) bench.store.update(to(x))
    expect(await versionOf(one, 3)).toEqual({ x: 3, log: [] })
    expect(bench.server.clients).toMatchObject([{ resumes: 0, snapshots: 1 }])
  })

  test('is live again with that snapshot, and what it had asked for is sent again', async () => {
    const bench = writable({ historyVersions: 1 })
    const one = bench.mirror()
    await versionOf(one, 0)
    bench.cut()
    bench.store.update(to(1))
    bench.store.update(to(2))
    const written = one.update(to(3), { timeoutMs: 20_000 })
    await statusOf(one, 'live')
    expect(await written).toEqual({ committed: true, version: 3 })
  })

  test('to a store that began anew is gone on with, in versions that rise', async () => {
    const first = robot()
    let bench = first
    const one = mirror<Robot>(() => bench.connect(), { backoffMs: { least: 0, most: 0 }, onFault: () => {} })
    for (let x = 1; x <= 5; x += 1) first.store.update(to(x))
    await versionOf(one, 5)
    const versions: number[] = []
    one.store.subscribe(({ version }) => void versions.push(version))
    bench = robot()
    first.cut()
    await one.store.waitFor(({ x }) => x === 0)
    bench.store.update(to(9))
    await one.store.waitFor(({ x }) => x === 9)
    expect(versions).toEqual([5, 6, 7])
    expect(one.resyncs).toEqual({ damaged: 0, epoch: 1, gap: 0 })
    one.close()
  })

  test('is what another connection with the same id makes of it', async () => {
    const bench = robot()
    const one = bench.mirror({ clientId: 'arm' })
    await versionOf(one, 0)
    const two = bench.mirror({ clientId: 'arm' })
    await versionOf(two, 0)
    await turn()
    expect([one.store.closed, two.store.closed, bench.server.clients.length]).toEqual([true, false, 1])
  })
})

describe('what a mirror missed on the way', () => {
  test('is told to its subscribers, and counted in their accounts', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    const told: [number, number][] = []
    const handle = one.store.subscribe((_snapshot, { version, missed }) => void told.push([version, missed]))
    bench.cut()
    for (let x = 1; x <= 5; x += 1) bench.store.update(to(x))
    await versionOf(one, 5)
    expect(told).toEqual([
      [0, 0],
      [5, 4],
    ])
    expect(handle.stats()).toMatchObject({ published: 6, delivered: 2, conflated: 4, missed: 4, pending: 0 })
    handle()
    bench.store.update(to(6))
    await versionOf(one, 6)
    expect(handle.stats()).toMatchObject({ published: 6, delivered: 2, conflated: 4 })
  })
})

describe('update', () => {
  test('is committed by the primary, and resolves when the mirror has it', async () => {
    const bench = writable()
    const one = bench.mirror({ clientId: 'arm' })
    await versionOf(one, 0)
    expect(await one.update(to(7), { reason: 'MOVED' })).toEqual({ committed: true, version: 1 })
    expect(one.store.state.x).toBe(7)
    expect(bench.store.snapshot).toMatchObject({ version: 1, reason: 'MOVED', source: 'arm' })
  })

  test('of many mirrors at once loses nothing', async () => {
    const bench = writable()
    const mirrors = [bench.mirror(), bench.mirror(), bench.mirror()]
    await Promise.all(mirrors.map((each) => versionOf(each, 0)))
    const add = (draft: Robot): void => {
      draft.x += 1
    }
    const results = await Promise.all(
      mirrors.flatMap((each) =>
        Array.from({ length: 10 }, () => each.update(add, { retries: 1_000, timeoutMs: 60_000 })),
      ),
    )
    expect(results.every(({ committed }) => committed)).toBe(true)
    expect(bench.store.state.x).toBe(30)
  })

  test('that changes nothing asks nobody', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    expect(await one.update(to(0))).toEqual({ committed: true, version: 0 })
    expect(bench.server.clients).toMatchObject([{ writes: 0 }])
  })

  test('in conflict is a value where it is not tried again', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const result = one.update(to(7), { retries: 0 })
    bench.store.update(to(1))
    expect(await result).toEqual({ committed: false, reason: 'conflict', version: 1 })
    expect(one.store.state.x).toBe(1)
  })

  test('is refused where the grant, the server or the store does not allow it', async () => {
    const reads = robot()
    const one = reads.mirror()
    await versionOf(one, 0)
    expect(await one.update(to(7))).toMatchObject({ committed: false, reason: 'refused' })

    const asks = writable({ write: ({ next }) => next.x < 5 || 'too far' })
    const two = asks.mirror()
    await versionOf(two, 0)
    expect(await two.update(to(7))).toEqual({
      committed: false,
      reason: 'refused',
      version: 0,
      message: 'too far',
    })
    expect(await two.update(to(3))).toEqual({ committed: true, version: 1 })
  })

  test('is refused, and reported at the server, where its callback throws', async () => {
    const faults: unknown[] = []
    const bench = writable({
      write: () => {
        throw new Error('broken')
      },
    })
    bench.server.faults$.subscribe(({ error }) => faults.push(error))
    const one = bench.mirror()
    await versionOf(one, 0)
    expect(await one.update(to(7))).toMatchObject({ reason: 'refused', message: 'broken' })
    expect(faults).toEqual([new Error('broken')])
    expect(bench.store.snapshot.version).toBe(0)
  })

  test('throws what its recipe throws, and says before a state and after the end that there is none', async () => {
    const bench = writable()
    const one = bench.mirror()
    const failure = (): never => {
      throw new Error('mine')
    }
    await expect(one.update(to(1))).rejects.toMatchObject({ code: 'STORE_UNINITIALIZED' })
    await versionOf(one, 0)
    await expect(one.update(failure)).rejects.toThrow('mine')
    await expect(one.update((async () => {}) as never)).rejects.toMatchObject({ code: 'RECIPE_ASYNC' })
    one.close()
    await expect(one.update(to(1))).rejects.toMatchObject({ code: 'STORE_DESTROYED' })
  })

  test('without an answer is a timeout, and only so many may be', async () => {
    const bench = writable()
    const one = bench.mirror({ writesMax: 1 })
    await versionOf(one, 0)
    // The server's end is deaf from now on.
    const [socket] = bench.sockets
    if (socket !== undefined) socket.onFrame = () => {}
    const first = one.update(to(1), { timeoutMs: 1 })
    await expect(one.update(to(1))).rejects.toMatchObject({ code: 'WRITES_FULL' })
    expect(await first).toEqual({ committed: false, reason: 'timeout', version: 0 })
  })

  test('that the server ends the connection for is refused, and not sent again', async () => {
    const bench = writable({ frameBytesMax: 2_000 })
    const one = bench.mirror()
    await versionOf(one, 0)
    const long = one.update((draft) => void draft.log.push('x'.repeat(5_000)))
    const short = one.update(to(3))
    expect(await long).toEqual({
      committed: false,
      reason: 'refused',
      version: 0,
      message: 'a frame is longer than 2000 bytes',
    })
    expect(await short).toEqual({ committed: true, version: 1 })
    expect(bench.server.metrics()).toMatchObject({ accepted: 2, protocolErrors: 1 })
  })

  test('of a mirror that its recipe closes is over at once', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const result = await one.update((draft) => {
      draft.x = 1
      one.close()
    })
    expect(result).toMatchObject({ committed: false, reason: 'timeout' })
    expect(bench.store.snapshot.version).toBe(0)
  })

  test('rejects when its signal aborts', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    await expect(one.update(to(1), { signal: AbortSignal.abort('mine') })).rejects.toBe('mine')
  })

  test('that nobody has heard is made again on a store that has begun anew; one that was is a timeout', async () => {
    const [first, second] = [writable(), writable()]
    let bench = first
    const one = first.mirror({}, () => bench.connect())
    await versionOf(one, 0)
    const heard = one.update(to(1))
    bench = second
    second.store.update(to(8))
    first.cut()
    await statusOf(one, 'stale')
    const unheard = one.update((draft) => {
      draft.x += 1
    })
    expect(await heard).toMatchObject({ committed: false, reason: 'timeout' })
    expect(await unheard).toMatchObject({ committed: true })
    expect(second.store.state.x).toBe(9)
  })

  test('whose answer was lost with the connection is answered, and not done twice', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const [socket] = bench.sockets
    const send = socket?.send
    // The answer goes nowhere, and the delta neither.
    if (socket !== undefined) socket.send = () => {}
    const result = one.update(to(7))
    await turn()
    expect([bench.store.state.x, send]).toEqual([7, expect.any(Function)])
    bench.cut()
    expect(await result).toEqual({ committed: true, version: 1 })
    expect(bench.store.snapshot.version).toBe(1)
  })
})

describe('a view', () => {
  test('is the part of the state that a client is shown; it cannot be written', async () => {
    const bench = new Bench(createStore({ a: { n: 1 }, b: { secret: 2 } }), {
      view: ({ a }) => a,
      authorize: () => ({ read: true, write: true }),
    })
    const one = bench.mirror()
    expect(await versionOf(one, 0)).toEqual({ n: 1 })
    bench.store.update((draft) => {
      draft.b.secret = 3
    })
    expect(await versionOf(one, 1)).toEqual({ n: 1 })
    const result = await one.update((draft) => {
      ;(draft as unknown as { n: number }).n = 5
    })
    expect(result).toMatchObject({ committed: false, reason: 'refused' })
  })
})

describe('a machine store', () => {
  test('is mirrored, and takes events', async () => {
    const door = defineMachine({
      id: 'door',
      initial: 'SHUT',
      context: { by: '' },
      types: {} as { events: { type: 'OPEN'; by: string } | { type: 'SHUT' } },
      states: {
        SHUT: {
          on: {
            OPEN: {
              target: 'AJAR',
              update: (draft, event) => {
                draft.by = event.by
              },
            },
          },
        },
        AJAR: { on: { SHUT: 'SHUT' } },
      },
    })
    const store = createMachineStore(door) as unknown as Store<{ current: string; context: { by: string } }>
    const bench = new Bench(store, { authorize: () => ({ read: true, write: true }) })
    const one = bench.mirror()
    await versionOf(one, 0)
    expect(await one.send({ type: 'OPEN', by: 'Ada' } as never)).toEqual({ committed: true, version: 1 })
    expect(one.store.state).toMatchObject({ current: 'AJAR', context: { by: 'Ada' } })
    expect(await one.send('OPEN')).toMatchObject({ committed: false, reason: 'refused' })
  })

  test('is what an event needs', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    expect(await one.send('OPEN')).toMatchObject({ committed: false, reason: 'refused' })
  })
})

describe('linkTo', () => {
  test('mirrors several stores over one socket, each until it is closed', async () => {
    const server = serve({ robot: createStore({ battery: 90 }), fleet: createStore(['r1']) })
    const sockets: unknown[] = []
    const link = linkTo(() => {
      const [here, there] = socketPair()
      sockets.push(there)
      server.accept(here)
      return there
    })
    const battery = link.mirror<{ battery: number }>('robot')
    const fleet = link.mirror<string[]>('fleet')
    await Promise.all([versionOf(battery, 0), versionOf(fleet, 0)])
    expect([battery.store.state, fleet.store.state, sockets.length]).toEqual([{ battery: 90 }, ['r1'], 1])
    expect(() => link.mirror('robot')).toThrow(expect.objectContaining({ code: 'MIRROR_TWICE' }))
    battery.close()
    await turn()
    expect(server.metrics()).toMatchObject({ connections: 1, clients: 1 })
    fleet.close()
    await turn()
    expect(server.metrics()).toMatchObject({ connections: 0, clients: 0 })
    server[Symbol.dispose]()
  })
})
