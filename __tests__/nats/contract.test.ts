/** What `joinNats` promises, sentence by sentence, where no other file shows it. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { buffer, createStore, type Store } from '../../src/index.ts'
import { HeadgateError } from '../../src/kit/index.ts'
import { settingsOf } from '../../src/nats/nats-options.ts'
import { MemoryLog } from './support/memory-log.ts'
import { add, type Fleet, type Joined, settle, World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

async function join(store?: Store<Fleet>): Promise<Joined> {
  const joined = world.join({}, store)
  await world.quiet()
  await joined.started
  return joined
}

describe('options', () => {
  test.each([
    ['stream', 'A.B'],
    ['stream', undefined],
    ['subject', 'a b'],
    ['subject', 'a.>'],
    ['replicas', 2],
    ['create', 'yes'],
    ['lead', 1],
    ['syncs', 'always'],
    ['historyCommits', 0],
    ['snapshotEvery', 1.5],
    ['snapshotEvery', 10_000],
    ['writeTimeoutMs', -1],
    ['leaseMs', Number.NaN],
    ['writeTimeoutMs', 2 ** 31],
    ['leaseMs', 2 ** 31],
    ['payloadBytesMax', 100],
  ])('%s: %p is refused, by its name', (option, value) => {
    expect(() => settingsOf({ stream: 'S', [option]: value }, 'fleet')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', details: expect.objectContaining({ option }) }),
    )
  })

  test('have the defaults that are written, and none that is unknown', () => {
    expect(settingsOf({ stream: 'S' }, 'fleet')).toMatchObject({
      subject: 'hg.fleet',
      replicas: 1,
      create: false,
      historyCommits: 10_000,
      snapshotEvery: 500,
      writeTimeoutMs: 15_000,
      leaseMs: 15_000,
      lead: true,
    })
    expect(() => settingsOf({ stream: 'S', replica: 3 } as never, 'fleet')).toThrow(
      expect.objectContaining({ code: 'OPTION_UNKNOWN' }),
    )
  })
})

describe('a write', () => {
  test('that is out of time may still come to count, and is seen like anybody’s', async () => {
    const one = await join()
    const two = await join()
    one.log.awayMs = 100
    const written = one.member.update(add('a'), { timeoutMs: 50 })
    await world.pass(60)
    expect(await written).toEqual({ committed: false, reason: 'timeout', version: 1 })
    await world.pass(1_000)
    expect([one, two].map(({ store }) => store.state.ids)).toEqual([['a'], ['a']])
    expect(world.servers.sequence).toBe(2)
  })

  test('with a time that no timer waits is refused, and nothing is written', async () => {
    const one = await join()
    const refused = { code: 'OPTION_INVALID', details: { option: 'timeoutMs' } }
    await expect(one.member.update(add('a'), { timeoutMs: 2 ** 31 })).rejects.toMatchObject(refused)
    expect(world.servers.sequence).toBe(1)
  })

  test('is refused while the member is disconnected: reads go on, and nothing is queued', async () => {
    const one = await join()
    one.log.unplug()
    expect(one.member.status).toBe('disconnected')
    await expect(one.member.update(add('a'))).rejects.toMatchObject({
      code: 'NATS_DISCONNECTED',
      details: { store: 'fleet', operation: 'update()' },
    })
    expect(one.store.state).toEqual({ n: 0, ids: [] })
    one.log.isUnplugged = false
    await world.pass(60_000)
    expect([one.member.status, world.servers.sequence]).toEqual(['live', 1])
  })

  test('that makes no state is refused, and nothing is written', async () => {
    const one = await join()
    const wrong = [
      one.member.update((async () => {}) as never),
      one.member.update((draft) => void Object.assign(draft, { f: () => {} })),
      one.member.update((draft) => void Object.assign(draft, { s: Symbol('s') })),
    ]
    const codes = Promise.all(wrong.map((each) => each.catch(({ code }) => code)))
    await world.quiet()
    expect(await codes).toEqual(['RECIPE_ASYNC', 'CODEC_INVALID', 'CODEC_INVALID'])
    expect([one.member.status, world.servers.sequence]).toEqual(['live', 1])
  })

  test('needs a state: where neither the store nor the log has one, it is refused', async () => {
    const one = await join(createStore<Fleet>(undefined, { name: 'fleet' }) as Store<Fleet>)
    expect(one.member.status).toBe('live')
    await expect(one.member.update(add('a'))).rejects.toMatchObject({ code: 'STORE_UNINITIALIZED' })
  })

  test('goes through the member: the store itself refuses it, until the member has left', async () => {
    const { store, member } = await join()
    for (const write of [() => store.set({ n: 1, ids: [] }), () => store.update(add('a'))]) {
      expect(write).toThrow(expect.objectContaining({ code: 'WRITE_ELSEWHERE' }))
    }
    await (member as unknown as { [Symbol.asyncDispose](): Promise<void> })[Symbol.asyncDispose]()
    expect(member.status).toBe('closed')
    expect(store.update(add('a')).version).toBe(2)
    await expect(member.update(add('b'))).rejects.toMatchObject({ code: 'STORE_DESTROYED' })
  })
})

describe('reading', () => {
  test('waits for nobody: one that never ends, and one that would have the writers wait, have their own account', async () => {
    const one = await join()
    const never = one.store.subscribe(() => new Promise(() => {}), { replay: false })
    const waits = one.store.subscribe(() => new Promise(() => {}), {
      replay: false,
      policy: buffer({ capacity: 2, overflow: 'suspend' }),
    })
    const two = await join()
    for (let n = 0; n < 6; n += 1) {
      const written = two.member.update(add(String(n)))
      await world.quiet()
      await written
    }
    expect(one.store.state.n).toBe(6)
    expect(one.member.stats()).toMatchObject({ lagRecords: 0, lagMs: 0 })
    for (const { delivered, dropped, conflated, pending } of [never.stats(), waits.stats()]) {
      expect(delivered + dropped + conflated + pending).toBe(6)
    }
  })

  const commit = {
    format: 'headgate.commit',
    v: 1,
    base: 1,
    version: 2,
    member: 'm',
    reason: 'R',
    source: 's',
    tsWall: 0,
  }
  const ops = [{ op: 'replace', path: '/n', value: 7 }]
  test.each([
    ['no JSON', '{'],
    ['another format', JSON.stringify({ ...commit, format: 'other' })],
    ['a newer version of its format', JSON.stringify({ ...commit, v: 2, ops })],
    ['no base', JSON.stringify({ ...commit, base: -1, ops })],
    ['a version that does not follow', JSON.stringify({ ...commit, version: 3, ops })],
    ['operations that do not fit', JSON.stringify({ ...commit, ops: [{ op: 'remove', path: '/none/0' }] })],
    ['more that is no change', JSON.stringify({ ...commit, ops, more: [{ reason: 'R' }] })],
    [
      'more that does not fit',
      JSON.stringify({ ...commit, ops, more: [{ ...commit, ops: [{ op: 'remove', path: '/none/0' }] }] }),
    ],
  ])('stops at a record that cannot be read, and skips nothing: %s', async (_, text) => {
    const { store, member } = await join()
    const faults: unknown[] = []
    member.faults$.subscribe((fault) => faults.push(fault))
    world.servers.store('stranger-1', text)
    await world.pass(0)
    expect(member.status).toBe('closed')
    expect(faults).toMatchObject([
      { phase: 'record', error: { code: 'RECORD_INVALID', details: { stream: 'S', sequence: 2 } } },
    ])
    // Nothing of it is in the store, also where its first versions could be read.
    expect(store.published).toMatchObject({ version: 1, state: { n: 0 } })
    const late = world.join()
    await world.pass(0)
    await expect(late.started).rejects.toMatchObject({ code: 'RECORD_INVALID' })
  })

  test('tells its status: catching up, live, disconnected, live again, closed, and no more', async () => {
    const { member, log } = world.join()
    const told: string[] = []
    member.status$.subscribe({ next: (status) => told.push(status), complete: () => told.push('complete') })
    await world.quiet()
    log.cut()
    await world.pass(1_000)
    await member.close()
    expect(told).toEqual(['catching-up', 'live', 'disconnected', 'live', 'closed', 'complete'])
    await settle()
  })

  test('keeps a state of what others write: again and again, and of what was due while it was away', async () => {
    const writer = world.join({ snapshotEvery: 500 })
    await world.quiet()
    const { log } = world.join({ snapshotEvery: 3 })
    await world.quiet()
    const keptUpTo = async (isAway: boolean): Promise<number[]> => {
      for (const id of ['a', 'b', 'c']) {
        const written = writer.member.update(add(id))
        await world.quiet()
        await written
      }
      if (isAway) log.unplug()
      await world.pass(10_000)
      log.isUnplugged = false
      await world.pass(10_000)
      return world.servers.snapshots.map((text) => JSON.parse(text).upTo)
    }
    expect(await keptUpTo(false)).toEqual([4])
    expect(await keptUpTo(false)).toEqual([4, 7])
    expect(await keptUpTo(true)).toEqual([7, 10])
  })

  test.each([
    ['all but what comes next', 1],
    ['all', 0],
  ])('goes on where the log has let go of %s: nothing is missing', async (_, kept) => {
    const one = await join()
    const written = one.member.update(add('a'))
    await world.quiet()
    await written
    const late = world.join({ snapshotEvery: 1 })
    await world.pass(10_000)
    late.log.unplug()
    if (kept > 0) {
      const more = one.member.update(add('b'))
      await world.quiet()
      await more
    }
    world.servers.records.splice(0, world.servers.records.length - kept)
    late.log.isUnplugged = false
    const newcomer = world.join()
    await world.pass(10_000)
    const last = one.member.update(add('c'))
    await world.pass(10_000)
    await last
    const ids = kept > 0 ? ['a', 'b', 'c'] : ['a', 'c']
    for (const { store, member } of [one, late, newcomer]) {
      expect([member.status, store.state.ids, member.stats().resyncs]).toEqual(['live', ids, 0])
    }
  })

  test('is told by a server that is behind, and asks again, also where it cannot say', async () => {
    const { member, log } = await join()
    const seen: unknown[] = []
    member.faults$.subscribe(({ error }) => seen.push(String(error)))
    const { records } = world.servers
    const follow = jest.spyOn(log, 'follow')
    let stopped = 0
    follow.mockImplementation((from, follower) => {
      const stop = MemoryLog.prototype.follow.call(log, from, follower)
      return () => {
        stopped += 1
        stop()
      }
    })
    const newest = jest.spyOn(log, 'newest').mockResolvedValueOnce(0).mockRejectedValueOnce(new Error('no'))
    world.servers.records = []
    log.cut()
    await world.pass(5_000)
    expect(member.status).toBe('live')
    expect(newest).toHaveBeenCalledTimes(3)
    // Who is given up is stopped.
    expect([follow.mock.calls.length, stopped]).toEqual([3, 2])
    expect(seen).toEqual(['Error: cut', expect.stringContaining('has not got record 1'), 'Error: no'])
    world.servers.records = records
  })

  /** Writes one after the other. */
  async function write({ member }: Joined, ...ids: string[]): Promise<void> {
    for (const id of ids) {
      const written = member.update(add(id))
      await world.quiet(() => member.store.state.ids.includes(id))
      await written
    }
  }

  const keptUpTo = (): number[] => world.servers.snapshots.map((text) => JSON.parse(text).upTo)

  test('keeps a state that the servers did not take, once they do', async () => {
    const one = world.join({ snapshotEvery: 3 })
    await world.quiet()
    const phases: string[] = []
    one.member.faults$.subscribe(({ phase }) => void phases.push(phase))
    const put = jest.spyOn(one.log, 'putSnapshot').mockRejectedValue(new Error('no leader'))
    await write(one, 'a', 'b', 'c', 'd', 'e')
    await settle()
    // Each of them was due.
    expect(put).toHaveBeenCalledTimes(1)
    await world.pass(100_000)
    const times = put.mock.calls.length
    expect(times).toBeWithin(4, 7)
    expect(phases).toEqual(Array.from({ length: times }, () => 'snapshot'))
    put.mockRestore()
    await world.pass(200_000)
    expect(keptUpTo()).toEqual([6])
    await write(one, 'f', 'g', 'h')
    expect(keptUpTo()).toEqual([6, 9])
  })

  test('tries no state again that cannot be kept, before the next is due', async () => {
    const one = world.join({ snapshotEvery: 3 })
    await world.quiet()
    const error = new HeadgateError('STATE_TOO_LARGE', { store: 'fleet', bytes: 2, bytesMax: 1 })
    const put = jest.spyOn(one.log, 'putSnapshot').mockRejectedValue(error)
    await write(one, 'a', 'b', 'c', 'd')
    await world.pass(200_000)
    expect(put).toHaveBeenCalledTimes(1)
    await write(one, 'e', 'f')
    expect(put).toHaveBeenCalledTimes(2)
  })

  test('counts on from the state that somebody else has kept', async () => {
    const one = world.join({ snapshotEvery: 3 })
    await world.quiet()
    const two = world.join({ snapshotEvery: 3 })
    await world.quiet()
    await write(one, 'a', 'b', 'c')
    await world.pass(10_000)
    expect(keptUpTo()).toEqual([3])
    await write(two, 'd', 'e')
    await settle()
    expect(keptUpTo()).toEqual([3, 6])
  })
})
