import { afterEach, describe, expect, test } from '@jest/globals'
import { health, toPrometheus } from '../../src/health/index.ts'
import { linkTo } from '../../src/sync/index.ts'
import { closeBenches, robot, statusOf, to, turn, versionOf } from './support/bench.ts'

afterEach(closeBenches)

describe('the health of a store that is served', () => {
  test('has the figures of the server', async () => {
    const bench = robot()
    await versionOf(bench.mirror({ clientId: 'arm' }), 0)
    await turn()
    expect(health(bench.store).servers).toEqual([
      {
        name: '',
        clients: 1,
        lagging: [],
        deltasMade: 0,
        statesMade: 1,
        heldBytes: 0,
        connections: 1,
        accepted: 1,
        turnedAway: 0,
        protocolErrors: 0,
      },
    ])
    expect(toPrometheus(bench.store)).toContain(',served=""} 1')
  })

  test('tells of a client that does not answer, until it does', async () => {
    const bench = robot()
    const socket = bench.connect()
    socket.send(JSON.stringify({ t: 'hello', protocol: 1, clientId: 'mute' }))
    await turn()
    const told = health(bench.store, { lagMs: 0 })
    expect(told.issues).toMatchObject([{ code: 'CLIENT_LAGGING', severity: 'warning', clientId: 'mute' }])
    expect(told.issues[0]?.message).toContain('Client "mute" has not acknowledged')
    expect(health(bench.store).status).toBe('healthy')
    socket.send(JSON.stringify({ t: 'ack', version: 0, index: 0 }))
    await turn()
    expect(health(bench.store, { lagMs: 0 }).issues).toEqual([])
  })

  test('does not count clients as subscribers that are too many', async () => {
    const bench = robot()
    const mirrors = Array.from({ length: 3 }, () => bench.mirror())
    await Promise.all(mirrors.map((one) => versionOf(one, 0)))
    bench.store.subscribe(() => {})
    expect(health(bench.store, { subscriberCount: 1 }).issues).toEqual([])
  })

  test('knows nothing of a server that is closed', () => {
    const bench = robot()
    bench.server[Symbol.dispose]()
    expect(health(bench.store).servers).toEqual([])
  })
})

describe('the health of a mirror', () => {
  test('tells that it has no connection, and is well when it has', async () => {
    const bench = robot()
    const one = bench.mirror()
    await versionOf(one, 0)
    expect(health(one.store).mirrors).toEqual([
      {
        name: 'mirror',
        status: 'live',
        lagVersions: 0,
        lagMs: 0,
        resyncs: { damaged: 0, epoch: 0, gap: 0 },
      },
    ])
    bench.cut()
    await statusOf(one, 'stale')
    expect(health(one.store, { staleMs: 0 }).issues).toMatchObject([
      { code: 'MIRROR_STALE', severity: 'warning', mirror: 'mirror' },
    ])
    await statusOf(one, 'live')
    bench.store.update(to(1))
    await versionOf(one, 1)
    expect(health(one.store, { staleMs: 0 }).issues).toEqual([])
    expect(toPrometheus(one.store)).toContain('headgate_mirror_resyncs_total{')
  })

  test('is there for each of a link, and gone with it', async () => {
    const bench = robot()
    const one = linkTo(() => bench.connect()).mirror('')
    expect(health(one.store).mirrors).toHaveLength(1)
    one.close()
    expect(health(one.store).mirrors).toEqual([])
  })
})
