/** Writes of one member that wait together, and writers that stand in each other's way. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { defineMachine } from '../../src/index.ts'
import { add, type Fleet, type Joined, settle, World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

async function join(count: number): Promise<Joined[]> {
  const joined = Array.from({ length: count }, () => world.join())
  await world.quiet()
  await Promise.all(joined.map(({ started }) => started))
  return joined
}

const records = (): { member: string; more?: unknown[]; turnMs?: number }[] =>
  world.servers.records.map(({ text }) => JSON.parse(text))

describe('writes that wait together', () => {
  test('go into one record, each as a version of its own', async () => {
    const [one] = (await join(1)) as [Joined]
    const two = world.join()
    await world.quiet()
    const told: unknown[] = []
    two.store.snapshot$.subscribe(({ version, reason, state: { ids } }) =>
      told.push([version, reason, ids.length]),
    )
    const writes = ['a', 'b', 'c'].map((id) => one.member.update(add(id), { reason: id.toUpperCase() }))
    await world.quiet()
    expect(await Promise.all(writes)).toEqual([2, 3, 4].map((version) => ({ committed: true, version })))
    expect(told).toEqual([
      [1, 'INIT', 0],
      [2, 'A', 1],
      [3, 'B', 2],
      [4, 'C', 3],
    ])
    expect(two.store.state).toEqual(one.store.state)
    expect(records()).toHaveLength(2)
    expect(two.member.stats()).toMatchObject({ records: 2, counting: 2, applied: 4 })
    const late = world.join()
    await world.quiet()
    expect(late.store.published.version).toBe(4)
  })

  test('are all made again where another record came first', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    const writes = [one.member.update(add('x')), ...['a', 'b'].map((id) => two.member.update(add(id)))]
    await world.quiet()
    expect(await Promise.all(writes)).toEqual([2, 3, 4].map((version) => ({ committed: true, version })))
    expect(one.store.state.ids).toEqual(['x', 'a', 'b'])
    expect(two.member.stats().conflicts).toBe(2)
  })

  test('wait for no one: those that have no tries left are in conflict, the others go on', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    const writes = [
      one.member.update(add('x')),
      two.member.update(add('a'), { retries: 0 }),
      two.member.update(add('b')),
    ]
    await world.quiet()
    expect(await Promise.all(writes)).toMatchObject([
      { committed: true },
      { committed: false, reason: 'conflict' },
      { committed: true, version: 3 },
    ])
    expect(one.store.state.ids).toEqual(['x', 'b'])
  })

  test('say what they throw of a state only once that is in the log', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    const seen: number[] = []
    const first = one.member.update(add('x'))
    const second = two.member.update(add('a'), { retries: 0 })
    const third = two.member.update(({ n, ids }) => {
      seen.push(n)
      if (ids.includes('a')) throw new Error(`${n} with a`)
    })
    const fourth = two.member.update(add('b'))
    await world.quiet()
    expect(await first).toMatchObject({ committed: true })
    expect(await second).toMatchObject({ reason: 'conflict' })
    // Made on 'a' it would have thrown; 'a' never came to count.
    expect(await third).toEqual({ committed: true, version: 2 })
    expect(await fourth).toMatchObject({ committed: true, version: 3 })
    expect(seen[0]).toBe(1)
    const thrown = two.member.update(() => {
      throw new Error('no')
    })
    await expect(thrown).rejects.toThrow('no')
    expect(two.member.status).toBe('live')
  })

  test('fill a record up to its size, and to 64', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    one.log.payloadBytesMax = 4_096
    const long = ['a', 'b', 'c'].map((id) => one.member.update(add(id.repeat(1_500))))
    await world.quiet()
    expect(await Promise.all(long)).toMatchObject(Array(3).fill({ committed: true }))
    for (const { text } of world.servers.records) expect(text.length).toBeLessThanOrEqual(4_096)
    expect(world.servers.parts.size).toBe(0)
    one.log.payloadBytesMax = 524_288
    const before = world.servers.sequence
    const many = Array.from({ length: 130 }, (_, n) => one.member.update(add(String(n))))
    await world.quiet()
    await Promise.all(many)
    expect(
      records()
        .slice(before)
        .map(({ more = [] }) => more.length + 1),
    ).toEqual([64, 64, 2])
    expect(two.store.state).toEqual(one.store.state)
  })

  test('one that is given up, or out of time, leaves the others of its record', async () => {
    const [one] = (await join(1)) as [Joined]
    const aborting = new AbortController()
    one.log.fate = () => 'lost'
    const given = one.member.update(add('a'), { signal: aborting.signal })
    const late = one.member.update(add('b'), { timeoutMs: 50 })
    const kept = one.member.update(add('c'))
    given.catch(() => {}) // looked at below
    await settle()
    aborting.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    await world.pass(60)
    expect(await late).toMatchObject({ committed: false, reason: 'timeout' })
    one.log.fate = () => 'stored'
    await world.quiet(() => one.store.state.n === 3)
    expect(await kept).toEqual({ committed: true, version: 4 })
  })

  test('a record of which nobody wants anything any more is not written again', async () => {
    const [one] = (await join(1)) as [Joined]
    let published = 0
    one.log.fate = () => {
      published += 1
      return 'lost'
    }
    const late = ['a', 'b'].map((id) => one.member.update(add(id), { timeoutMs: 50 }))
    await world.pass(30_000)
    expect(await Promise.all(late)).toMatchObject(Array(2).fill({ reason: 'timeout' }))
    expect(published).toBe(1)
  })

  test('a member that the servers have forgotten asks anew, where nothing is read of what it writes', async () => {
    const [one] = (await join(1)) as [Joined]
    const faults: unknown[] = []
    one.member.faults$.subscribe(({ phase }) => faults.push(phase))
    one.log.forget()
    const written = one.member.update(add('a'))
    await world.pass(10_000)
    expect(await written).toEqual({ committed: true, version: 2 })
    expect(faults).toEqual(['read'])
    expect(one.member.status).toBe('live')
    // While others are heard, or nobody writes, nothing is asked.
    await world.pass(60_000)
    expect(faults).toEqual(['read'])
  })

  test('a write that had to wait for the servers does not keep its member from the next', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    two.member.update(add('two'))
    await world.pass(0)
    one.log.fate = () => 'lost'
    const late = one.member.update(add('late'))
    await world.pass(6_000)
    one.log.fate = () => 'stored'
    await world.pass(2_000)
    expect(await late).toMatchObject({ committed: true, version: 3 })
    const next = one.member.update(add('next'))
    await world.pass(500)
    expect(one.store.state.ids).toEqual(['two', 'late', 'next'])
    await next
  })

  test('a member whose server counts wrongly what is behind writes all the same', async () => {
    world.servers.compares = true
    const [one, two] = (await join(2)) as [Joined, Joined]
    one.log.miscounted = 1
    const writing = [one, two].map(async ({ member }, at) => {
      for (let n = 0; n < 5; n += 1) await member.update(add(`${at}-${n}`))
      return member.stats().conflicts
    })
    // No timer is needed, and no record twice.
    while (await world.step());
    expect(one.store.state.n).toBe(10)
    await Promise.all(writing)
    // A record between that does not count: what was refused for it is sent again at once.
    const late = one.member.update(add('late'))
    world.servers.store('void-1', JSON.stringify({ ...records()[0], base: 0 }))
    while (await world.step());
    expect(await late).toMatchObject({ committed: true })
  })

  test('whoever closes the member at a version sees no later one of that record', async () => {
    const [one, two] = (await join(2)) as [Joined, Joined]
    const seen: number[] = []
    two.store.snapshot$.subscribe(({ version }) => {
      seen.push(version)
      if (version === 3) void two.member.close()
    })
    const writes = ['a', 'b', 'c'].map((id) => one.member.update(add(id)))
    await world.quiet()
    await Promise.all(writes)
    expect(seen).toEqual([1, 2, 3])
    expect(two.store.update(add('own')).version).toBe(4)
  })

  test('events of a machine are one record, and one that the state refuses is told on what is in the log', async () => {
    const machine = defineMachine({
      id: 'lift',
      initial: 'DOWN',
      context: { moves: 0 },
      states: {
        DOWN: { on: { GO: 'UP' }, after: { 1000: 'UP' } },
        UP: { on: { GO: 'DOWN' }, after: { 1000: 'DOWN' } },
      },
    })
    const one = world.joinMachine(machine as never)
    await world.pass(0)
    const before = world.servers.sequence
    const sent = [
      one.member.send('GO'),
      one.member.send('GO'),
      one.member.send('NONE'),
      one.member.send('GO'),
    ]
    await world.pass(0)
    expect(await Promise.all(sent)).toMatchObject([
      { committed: true, version: 2 },
      { committed: true, version: 3 },
      { committed: false, reason: 'refused', version: 3 },
      { committed: true, version: 4 },
    ])
    expect(world.servers.sequence - before).toBe(2)
  })
})

describe('many writers', () => {
  /** Everybody writes all the time, each so far away from the log; how many rounds each has lost for a write at most. */
  async function compete(awayMs: readonly number[], writes: number): Promise<number[]> {
    const joined = awayMs.map((ms) => {
      const each = world.join()
      each.log.awayMs = ms
      return each
    })
    await world.quiet(() => joined.every(({ member }) => member.status === 'live'))
    const most = joined.map(() => 0)
    const writing = joined.map(async ({ member }, at) => {
      for (let n = 0; n < writes; n += 1) {
        const before = member.stats().conflicts
        const result = await member.update(add(`${at}-${n}`), { retries: 10_000, timeoutMs: 1e9 })
        expect(result.committed).toBe(true)
        most[at] = Math.max(most[at] as number, member.stats().conflicts - before)
      }
    })
    let isDone = false
    const done = Promise.all(writing).then(() => {
      isDone = true
    })
    while (!isDone) if (!(await world.step())) await world.tick()
    await done
    const state = joined[0]?.store.state as Fleet
    expect(state.n).toBe(awayMs.length * writes)
    return most
  }

  test('lose a few rounds at most, and in turns', async () => {
    world.servers.compares = true
    const most = await compete([1, 1, 1, 1], 25)
    expect(Math.max(...most)).toBeLessThanOrEqual(8)
    // Whoever has won lets the others win.
    const winners = records().map(({ member }) => member)
    expect(winners.filter((member, at) => member === winners[at - 1]).length).toBeLessThan(winners.length / 3)
  })

  test('one that is far away asks for its turn, and the others wait until it has written', async () => {
    world.servers.compares = true
    const most = await compete([1, 1, 1, 6], 25)
    expect(Math.max(...most)).toBeLessThanOrEqual(16)
    const asked = records().filter(({ turnMs }) => turnMs !== undefined)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.length).toBeLessThan(records().length * 0.2)
  })

  test('whoever asks and is never heard of again is waited for a while, and no longer', async () => {
    const [one] = (await join(1)) as [Joined]
    const text = JSON.stringify({
      ...JSON.parse(world.servers.records[0]?.text ?? ''),
      member: 'gone',
      turnMs: 1e12,
    })
    world.servers.store('gone-1', text)
    await world.pass(0)
    const written = one.member.update(add('a'))
    await world.pass(900)
    expect(world.servers.sequence).toBe(2)
    await world.pass(200)
    expect(await written).toMatchObject({ committed: true })
  })
})
