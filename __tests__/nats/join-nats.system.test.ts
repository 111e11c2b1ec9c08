import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { filter, firstValueFrom } from 'rxjs'
import { buffer, createMachineStore, createStore, defineMachine, type Store } from '../../src/index.ts'
import { joinNats, type NatsMember, type NatsOptions } from '../../src/nats/index.ts'
import { type NatsServer, natsServer, natsVersion } from '../../src/testing/index.ts'
import { describeNats } from '../support/nats.ts'

interface Fleet {
  n: number
  ids: string[]
}

let server: NatsServer
const ends: (() => Promise<unknown>)[] = []

let streams = 0
const nextStream = (): string => {
  streams += 1
  return `S${streams}`
}

async function connection(): Promise<NatsConnection> {
  const made = await connect({ servers: server.servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  ends.push(() => made.close())
  return made
}

const fleet = (): Store<Fleet> => createStore<Fleet>({ n: 0, ids: [] }, { name: 'fleet' })

async function join(
  options: Partial<NatsOptions> & { stream: string },
  store: Store<Fleet> = fleet(),
): Promise<NatsMember<Fleet>> {
  const member = await joinNats(store, await connection(), {
    create: true,
    subject: `hg.${options.stream}`,
    ...options,
  })
  ends.push(() => member.close())
  return member
}

const add =
  (id: string) =>
  (draft: Fleet): void => {
    draft.n += 1
    draft.ids.push(id)
  }

const has = (member: NatsMember<Fleet>, n: number): Promise<unknown> =>
  member.store.waitFor((state) => state.n === n)

describeNats('joinNats', () => {
  beforeAll(async () => {
    server = await natsServer()
  })
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => {})
  })
  afterAll(() => server.close())
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  test('gives all members the same versions and states', async () => {
    const stream = nextStream()
    const one = await join({ stream })
    const two = await join({ stream })
    expect([one.status, two.status]).toEqual(['live', 'live'])
    expect(await one.update(add('a'))).toEqual({ committed: true, version: 2 })
    expect(await two.update(add('b'))).toEqual({ committed: true, version: 3 })
    await has(one, 2)
    expect(one.store.state).toEqual({ n: 2, ids: ['a', 'b'] })
    expect([one.store.published.version, two.store.published.version]).toEqual([3, 3])
    expect(one.store.state).toEqual(two.store.state)
  })

  test('counts every write of many writers once', async () => {
    const stream = nextStream()
    const members = await Promise.all([
      join({ stream }),
      join({ stream }),
      join({ stream }),
      join({ stream }),
    ])
    const writes = members.map(async (member, m) => {
      for (let n = 0; n < 25; n += 1) {
        const result = await member.update(add(`${m}-${n}`), { retries: 1_000 })
        expect(result.committed).toBe(true)
      }
    })
    await Promise.all(writes)
    await Promise.all(members.map((member) => has(member, 100)))
    const states = members.map(({ store }) => store.state)
    for (const state of states) expect(state).toEqual(states[0])
    expect(new Set(states[0]?.ids).size).toBe(100)
  })

  test('a member that comes later has all that was', async () => {
    const stream = nextStream()
    const one = await join({ stream, snapshotEvery: 5 })
    for (let n = 0; n < 23; n += 1) await one.update(add(String(n)))
    const two = await join({ stream })
    expect(two.store.state).toEqual(one.store.state)
    expect(two.store.published.version).toBe(24)
    // The first was kept with version 20.
    expect(two.stats().applied).toBeLessThan(10)
  })

  test('takes what is too large in parts', async () => {
    const stream = nextStream()
    const one = await join({ stream, payloadBytesMax: 2_048 })
    const two = await join({ stream })
    const long = 'ü'.repeat(40_000)
    expect((await one.update(add(long))).committed).toBe(true)
    await has(two, 1)
    expect(two.store.state.ids).toEqual([long])
    await two.update(add('short'))
    await has(one, 2)
    expect(one.store.state).toEqual(two.store.state)
  })

  test('goes on when its server was killed, and loses nothing', async () => {
    const own = await natsServer()
    ends.push(() => own.close())
    const stream = nextStream()
    const connections = await Promise.all(
      [1, 2].map(() => connect({ servers: own.servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 })),
    )
    const options = { stream, create: true, writeTimeoutMs: 30_000 }
    const members: NatsMember<Fleet>[] = []
    for (const each of connections) members.push(await joinNats(fleet(), each, options))
    ends.push(
      ...connections.map((each) => () => each.close()),
      ...members.map((member) => () => member.close()),
    )
    const [one, two] = members as [NatsMember<Fleet>, NatsMember<Fleet>]
    await one.update(add('before'))
    const writing = one.update(add('during'))
    const [node] = own.nodes
    await node?.kill()
    await node?.start()
    expect(await writing).toMatchObject({ committed: true })
    await has(two, 2)
    expect(two.store.state.ids).toEqual(['before', 'during'])
  })

  test('where the log has let go of what a member misses, it takes a newer state and says what was missed', async () => {
    const stream = nextStream()
    const one = await join({ stream, historyCommits: 10, snapshotEvery: 4 })
    const slow = await connection()
    const two = await joinNats(fleet(), slow, { stream, subject: `hg.${stream}` })
    ends.push(() => two.close())
    let missed = 0
    const told: number[] = []
    two.store.subscribe(
      ({ version }, delivery) => {
        told.push(version)
        missed += delivery.missed
      },
      { policy: buffer({ capacity: 1_000 }), replay: false },
    )
    await one.update(add('a'))
    await has(two, 1)
    ;(
      slow as unknown as { protocol: { transport: { socket: { destroy(): void } } } }
    ).protocol.transport.socket.destroy()
    for (let n = 0; n < 40; n += 1) await one.update(add(String(n)))
    await has(two, 41)
    expect(two.store.state).toEqual(one.store.state)
    expect(two.store.published.version).toBe(one.store.published.version)
    expect(missed).toBe(42 - 1 - told.length)
  })

  test('has one machine on all members, whose timers and work one of them runs', async () => {
    const stream = nextStream()
    let runs = 0
    const lamp = defineMachine({
      id: 'lamp',
      initial: 'OFF',
      context: { lit: 0 },
      types: {} as { events: { type: 'TOGGLE' } },
      states: {
        OFF: { on: { TOGGLE: 'WARMING' } },
        WARMING: {
          invoke: {
            src: async () => {
              runs += 1
              return 7
            },
            onDone: {
              target: 'ON',
              update: (draft, { output }) => {
                draft.lit += output as number
              },
            },
          },
        },
        ON: { after: { 20: 'OFF' } },
      },
    })
    const options = { stream, subject: `hg.${stream}`, create: true }
    const one = await joinNats(createMachineStore(lamp, { held: true }), await connection(), options)
    const two = await joinNats(createMachineStore(lamp, { held: true }), await connection(), options)
    ends.push(
      () => one.close(),
      () => two.close(),
    )
    expect(await two.send('TOGGLE')).toMatchObject({ committed: true })
    await Promise.all([one, two].map(({ store }) => store.waitFor((state) => state.attempts === 3)))
    expect(two.store.state).toMatchObject({ current: 'OFF', context: { lit: 7 } })
    expect(one.store.state).toEqual(two.store.state)
    expect(runs).toBe(1)
    expect([one.leading, two.leading]).toEqual([true, false])
    await one.close()
    await two.send('TOGGLE')
    await two.store.waitFor((state) => state.attempts === 6)
    expect(two.leading).toBe(true)
    expect(runs).toBe(2)
  })

  test('another member leads when the connection of the leader is gone', async () => {
    const stream = nextStream()
    const machine = defineMachine({
      id: 'clock',
      initial: 'TICK',
      context: {},
      states: { TICK: { after: { 400: 'TOCK' } }, TOCK: {} },
    })
    const options = { stream, subject: `hg.${stream}`, create: true, leaseMs: 300 }
    const first = await connection()
    const one = await joinNats(createMachineStore(machine, { held: true }), first, options)
    const two = await joinNats(createMachineStore(machine, { held: true }), await connection(), options)
    ends.push(
      () => one.close(),
      () => two.close(),
    )
    await first.close()
    expect([one.status, one.leading]).toEqual(['closed', false])
    await firstValueFrom(two.leader$.pipe(filter((leader) => leader === two.id)))
    await two.store.waitFor(({ current }) => current === 'TOCK')
    expect(two.store.state.attempts).toBe(1)
  })

  test('knows what the server is, and warns once of a stream that a power failure may take back', async () => {
    const stream = nextStream()
    const one = await join({ stream })
    await join({ stream })
    // Before 2.10 no server syncs what it acknowledges; of a newer one it is not known.
    const syncs = natsVersion()?.startsWith('2.9.') ? false : 'unknown'
    expect(one.server).toEqual({ version: natsVersion(), replicas: 1, syncs })
    const warned = jest
      .mocked(console.warn)
      .mock.calls.filter(([text]) => String(text).includes(`"${stream}"`))
    expect(warned).toEqual([[expect.stringMatching(/^\[headgate\] NATS_NOT_SYNCED: /)]])
  })

  test('takes no more of a message than the server does', async () => {
    const own = await natsServer({ payloadBytesMax: 8_192 })
    ends.push(() => own.close())
    const connected = await connect({ servers: own.servers })
    const member = await joinNats(fleet(), connected, { stream: 'SMALL', create: true })
    ends.push(
      () => connected.close(),
      () => member.close(),
    )
    const ids = Array.from({ length: 20 }, (_, n) => String(n).repeat(1_000))
    const results = await Promise.all(ids.map((id) => member.update(add(id))))
    expect(results.map((result) => result.committed)).toEqual(ids.map(() => true))
    expect(member.store.state.ids).toEqual(ids)
  })

  test('says what stream is missing', async () => {
    await expect(join({ stream: 'NONE', create: false })).rejects.toMatchObject({ code: 'STREAM_ABSENT' })
  })

  test('leaves nothing on the server', async () => {
    const stream = nextStream()
    const one = await join({ stream })
    const manager = await jetstreamManager(await connection())
    expect((await manager.streams.info(stream)).state.consumer_count).toBe(1)
    await one.close()
    while ((await manager.streams.info(stream)).state.consumer_count > 0);
    expect(one.status).toBe('closed')
  })
})
