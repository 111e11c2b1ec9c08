import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { health, type MemberHealth, reportMember, toPrometheus } from '../../src/health/index.ts'
import { createStore } from '../../src/index.ts'
import { kernelOf } from '../../src/store/index.ts'
import { add, World } from './support/world.ts'

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

const codes = (store: Parameters<typeof health>[0], staleMs = 0): string[] =>
  health(store, { staleMs }).issues.map(({ code }) => code)

describe('the health of a store that many machines have', () => {
  test('has the figures of its member', async () => {
    const { member, store } = world.join()
    await world.quiet()
    void member.update(add('one'))
    await world.quiet()
    expect(health(store)).toMatchObject({ status: 'healthy' })
    expect(health(store).members).toEqual([
      {
        stream: 'S',
        status: 'live',
        replicas: 3,
        syncs: true,
        records: 2,
        counting: 2,
        void: 0,
        applied: 2,
        resyncs: 0,
        conflicts: 0,
        repeated: 0,
        leader: null,
        fenced: 0,
        lagRecords: 0,
        lagMs: 0,
      },
    ])
    const page = toPrometheus(store)
    expect(page).toMatch(/^headgate_nats_status\{.*stream="S"\} 0$/m)
    expect(page).toMatch(/^headgate_nats_records_total\{.*stream="S"\} 2$/m)
    expect(page).toMatch(/^headgate_nats_lag_seconds\{.*stream="S"\} 0$/m)
  })

  test('tells that it is disconnected, until it has read again', async () => {
    const { log, store } = world.join()
    await world.quiet()
    log.cut()
    await world.tick()
    expect(health(store, { staleMs: 0 }).issues).toMatchObject([
      { code: 'NATS_DISCONNECTED', severity: 'warning', stream: 'S' },
    ])
    expect(codes(store, 10_000)).toEqual([])
    expect(toPrometheus(store)).toMatch(/^headgate_nats_status\{.*\} 2$/m)
    await world.quiet()
    expect(codes(store)).toEqual([])
  })

  test('tells that it has not caught up, until it has', async () => {
    world.join()
    await world.quiet()
    const { store } = world.join()
    world.scheduler.schedule(() => {}, 11_000)
    while (world.scheduler.now() < 11_000) await world.tick()
    expect(codes(store, 10_000)).toEqual(['NATS_BEHIND'])
    await world.quiet()
    expect(codes(store)).toEqual([])
  })

  test('knows nothing of a member that has left', async () => {
    const { member, store } = world.join()
    await world.quiet()
    await member.close()
    expect(health(store).members).toEqual([])
  })
})

describe('the health of a store whose log is on one server', () => {
  const FIGURES: MemberHealth = {
    stream: 'FLEET',
    status: 'live',
    replicas: 1,
    syncs: 'unknown',
    records: 0,
    counting: 0,
    void: 0,
    applied: 0,
    resyncs: 0,
    conflicts: 0,
    repeated: 0,
    leader: null,
    fenced: 0,
    lagRecords: 0,
    lagMs: 0,
  }

  test.each([
    [{ syncs: 'unknown' }, ['NATS_NOT_SYNCED']],
    [{ syncs: false }, ['NATS_NOT_SYNCED']],
    [{ syncs: true }, []],
    [{ replicas: 3, syncs: false }, []],
  ] as [Partial<MemberHealth>, string[]][])('with %j: %j', (figures, expected) => {
    const store = createStore({ n: 0 })
    const leave = reportMember(kernelOf(store), () => ({ ...FIGURES, ...figures }))
    expect(codes(store)).toEqual(expected)
    leave()
    expect(codes(store)).toEqual([])
  })
})
