import { describe, expect, test } from '@jest/globals'
import type { SystemSnapshot } from '../../src/actors/index.ts'
import { fromJSON, toJSON } from '../../src/codec/index.ts'
import { buffer, collection } from '../../src/index.ts'
import { caught } from '../store/support.ts'
import { parentMachine, partMachine, systemOf } from './support.ts'

/** As it comes back from a disk. */
const persisted = (snapshot: SystemSnapshot): SystemSnapshot => JSON.parse(JSON.stringify(snapshot))

const nested = () => parentMachine({ machine: parentMachine({}, { context: { keys: ['x'], told: [] } }) })

describe('ActorSystem.snapshot and restore', () => {
  test('bring all actors back from JSON, each at its version, in another system', async () => {
    const before = systemOf(nested())
    before.want('a', 'b')
    before.send('root/part:a/part:x', { type: 'SAY', text: 'hello' })
    before.send('root/part:a', { type: 'WANT', keys: ['x', 'y'] })
    await before.system.idle()
    const snapshot = persisted(before.system.snapshot())
    const after = systemOf(nested())
    after.system.restore(snapshot)
    expect(after.system.metrics().actors).toBe(6)
    expect(after.store.state).toEqual(before.store.state)
    expect(after.contextOf('root/part:a/part:x')).toEqual({ log: ['hello'] })
    for (const address of ['root/part:a', 'root/part:b', 'root/part:a/part:x', 'root/part:a/part:y']) {
      const [one, other] = [before, after].map(({ system }) => system.get(address)?.snapshot)
      expect(persisted(other as never)).toEqual(persisted(one as never))
    }
    expect(persisted(after.system.snapshot())).toEqual(snapshot)
  })

  test('go through the codec, whatever the contexts hold', async () => {
    const told = { seen: new Map([['x', new Set([1])]]), all: collection([['a', { n: 1 }]]) }
    const before = systemOf(parentMachine({ input: () => told }))
    before.want('a')
    const { snapshot } = before.store
    const line = JSON.stringify(toJSON({ ...snapshot, state: before.system.snapshot() }))
    const after = systemOf(parentMachine())
    after.system.restore(fromJSON<SystemSnapshot>(line).state as SystemSnapshot)
    expect(after.contextOf('root/part:a')?.input).toEqual(told)
  })

  test('what was restored goes on, and can be persisted again', async () => {
    const first = systemOf(parentMachine())
    first.want('a')
    first.say('a', '1')
    await first.system.idle()
    const second = systemOf(parentMachine())
    second.system.restore(persisted(first.system.snapshot()))
    second.say('a', '2')
    await second.system.idle()
    const third = systemOf(parentMachine())
    third.system.restore(persisted(second.system.snapshot()))
    expect(third.logOf('a')).toEqual(['1', '2'])
    third.want('a', 'b')
    expect(third.logOf('b')).toEqual([])
  })

  test('go back in the same system: versions rise, and the children are those of that time', async () => {
    const { system, store, say, want, logOf } = systemOf(parentMachine())
    want('a', 'b')
    say('a', 'early')
    await system.idle()
    const snapshot = system.snapshot()
    const a = system.get('root/part:a')
    say('a', 'late')
    want('a', 'c')
    await system.idle()
    const { version } = store.snapshot
    system.restore(snapshot)
    expect(store.snapshot.version).toBe(version + 1)
    expect([logOf('a'), logOf('b'), logOf('c')]).toEqual([['early'], [], undefined])
    expect(a?.closed).toBe(true)
  })

  test('timers of after go on with what is left of them', async () => {
    const before = systemOf(parentMachine())
    before.want('a')
    before.send('root/part:a', 'WAIT')
    await before.system.idle()
    before.clock.advance(60)
    const snapshot = persisted(before.system.snapshot())
    const after = systemOf(parentMachine())
    after.clock.advance(90)
    after.system.restore(snapshot)
    after.clock.advance(9)
    expect(after.system.get('root/part:a')?.current).toBe('WAITING')
    after.clock.advance(1)
    expect(after.system.get('root/part:a')?.current).toBe('READY')

    const late = systemOf(parentMachine())
    late.clock.advance(10_000)
    late.system.restore(snapshot)
    late.clock.advance(0)
    expect(late.system.get('root/part:a')?.current).toBe('READY')
  })

  test('the timers of the root go on too, in the same system', () => {
    const { clock, system, store } = systemOf(partMachine())
    store.send({ type: 'WAIT' })
    clock.advance(60)
    const snapshot = system.snapshot()
    store.send({ type: 'BACK' })
    store.send({ type: 'WAIT' })
    clock.advance(30)
    system.restore(snapshot)
    clock.advance(9)
    expect(store.current).toBe('WAITING')
    clock.advance(1)
    expect(store.current).toBe('READY')
    expect(clock.pendingTimers).toBe(0)
  })

  test('keep the messages that wait', async () => {
    const before = systemOf(parentMachine())
    before.want('a')
    before.say('a', '1')
    before.say('a', '2')
    before.send('root', 'OFF')
    const after = systemOf(parentMachine())
    after.system.restore(persisted(before.system.snapshot()))
    await after.system.idle()
    expect(after.logOf('a')).toEqual(['1', '2'])
    expect(after.store.current).toBe('OFF')
    await before.system.idle()
    expect(before.logOf('a')).toEqual(['1', '2'])
  })

  test('keep a full inbox beside the message that is tried again', async () => {
    const machine = parentMachine({ mailbox: buffer({ capacity: 2, overflow: 'error' }) })
    const before = systemOf(machine)
    before.want('a')
    before.system.get('root/part:a')?.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1, overflow: 'suspend' }),
    })
    for (const text of ['1', '2']) before.say('a', text)
    await before.system.idle()
    for (const text of ['3', '4']) before.say('a', text)
    expect(before.system.stats('root/part:a')).toMatchObject({ waiting: 3, dropped: 0 })
    const after = systemOf(machine)
    after.system.restore(before.system.snapshot())
    await after.system.idle()
    expect(after.logOf('a')).toEqual(['1', '2', '3', '4'])
    expect(after.system.stats('root/part:a')?.dropped).toBe(0)
  })

  test('an end that the parent was not told of yet is told after a restore, and none twice', async () => {
    const before = systemOf(parentMachine())
    before.want('a', 'b')
    before.send('root/part:a', 'END')
    await before.system.idle()
    before.system.get('root/part:b')?.send({ type: 'END' } as never)
    const after = systemOf(parentMachine())
    after.system.restore(persisted(before.system.snapshot()))
    await after.system.idle()
    expect(after.store.context.told).toEqual(['done.child a: ', 'done.child b: '])
  })

  test('a child that has failed is dealt with, and one that has ended stays so', async () => {
    const supervise = { strategy: 'restart', maxRestarts: 1, backoffMs: 10 }
    const before = systemOf(parentMachine({ supervise, input: (_context: unknown, key: string) => key }))
    before.want('a', 'b')
    before.send('root/part:a', 'FAIL')
    await before.clock.advanceAsync(10)
    before.send('root/part:a', 'FAIL')
    before.say('b', 'lost')
    before.send('root/part:b', 'FAIL')
    await before.system.idle()
    const snapshot = persisted(before.system.snapshot())
    expect(snapshot.root.children?.map(({ key, status, failure }) => [key, status, failure])).toEqual([
      ['a', 'ended', undefined],
      ['b', 'failed', 'failed'],
    ])
    const after = systemOf(parentMachine({ supervise }))
    after.system.restore(snapshot)
    expect(after.system.stats('root/part:b')?.status).toBe('failed')
    await after.clock.advanceAsync(20)
    expect(after.system.stats('root/part:a')?.status).toBe('ended')
    expect(after.system.stats('root/part:b')).toMatchObject({ status: 'running', restarts: 1 })
    expect(after.store.context.told).toEqual(['error.child a: failed after 1'])
  })

  test('a child that waits for its restart waits for what is left of that time, and counts it once', async () => {
    const supervise = { strategy: 'restart', maxRestarts: 1, backoffMs: 10 }
    const before = systemOf(parentMachine({ supervise }))
    before.want('a', 'b')
    before.send('root/part:a', 'FAIL')
    await before.clock.advanceAsync(4)
    const snapshot = persisted(before.system.snapshot())
    const [a] = snapshot.root.children ?? []
    expect(a).toMatchObject({ status: 'failed', restartAt: before.clock.wall() + 6 })
    const after = systemOf(parentMachine({ supervise }))
    await after.clock.advanceAsync(4)
    after.system.restore(snapshot)
    expect(persisted(after.system.snapshot()).root.children?.[0]).toEqual(a)
    await after.clock.advanceAsync(5)
    expect(after.system.stats('root/part:a')?.status).toBe('failed')
    await after.clock.advanceAsync(1)
    expect(after.system.stats('root/part:a')).toMatchObject({ status: 'running', restarts: 1 })
    expect(after.system.snapshot().root.children?.[0]).not.toHaveProperty('restartAt')
    const late = systemOf(parentMachine({ supervise }))
    await late.clock.advanceAsync(1_000)
    late.system.restore(snapshot)
    await late.clock.advanceAsync(0)
    expect(late.system.stats('root/part:a')?.status).toBe('running')
  })

  test('a restart that is further ahead than a timer can wait is not due at once', async () => {
    const supervise = { strategy: 'restart', backoffMs: 10 }
    const before = systemOf(parentMachine({ supervise }))
    before.want('a')
    before.send('root/part:a', 'FAIL')
    await before.system.idle()
    const snapshot = persisted(before.system.snapshot())
    const [a] = snapshot.root.children ?? []
    if (a === undefined) throw new Error('there is a child')
    const far = { ...a, restartAt: before.clock.wall() + 2 ** 40 }
    const delays: number[] = []
    const after = systemOf(parentMachine({ supervise }))
    const schedule = after.clock.schedule.bind(after.clock)
    after.clock.schedule = ((work: never, delay: number, state: never) => {
      delays.push(delay)
      return schedule(work, delay, state)
    }) as typeof schedule
    after.system.restore({ ...snapshot, root: { ...snapshot.root, children: [far] } })
    expect(delays).toEqual([2 ** 31 - 1])
  })

  test('children of one that has failed are restored with it, and all in the order in which they began', async () => {
    const child = { machine: partMachine(), keys: () => ['x'] }
    const family = partMachine({ children: { leaf: child } })
    const supervise = { strategy: 'restart', backoffMs: 10 }
    const machine = parentMachine({ machine: family, supervise })
    const before = systemOf(machine)
    before.want('b')
    before.want('a', 'b')
    before.send('root/part:b/leaf:x', { type: 'SAY', text: 'kept' })
    await before.system.idle()
    before.send('root/part:b', 'FAIL')
    await before.system.idle()
    const snapshot = persisted(before.system.snapshot())
    expect(snapshot.root.children?.map(({ key }) => key)).toEqual(['b', 'a'])
    const after = systemOf(machine)
    after.system.restore(snapshot)
    expect(after.contextOf('root/part:b/leaf:x')?.log).toEqual(['kept'])
    expect(persisted(after.system.snapshot()).root.children).toEqual(snapshot.root.children)
  })

  test('a restart after a restore has the same input', async () => {
    const machines = () =>
      parentMachine({
        supervise: { strategy: 'restart' },
        input: (_context: unknown, key: string) => ({ key }),
      })
    const before = systemOf(machines())
    before.want('a')
    const after = systemOf(machines())
    after.system.restore(persisted(before.system.snapshot()))
    after.say('a', 'lost')
    after.send('root/part:a', 'FAIL')
    await after.system.idle()
    expect(after.contextOf('root/part:a')).toEqual({ log: [], input: { key: 'a' } })
  })

  test('time travel of the root alone brings the children of that version', () => {
    const { system, store, want } = systemOf(parentMachine())
    want('a', 'b')
    const { snapshot } = store
    want('c')
    store.put(snapshot)
    expect(system.snapshot().root.children?.map(({ key }) => key)).toEqual(['a', 'b'])
  })

  test('are refused in the middle of an event or a batch of any actor', async () => {
    const inside: { run?: () => void } = {}
    const machine = partMachine({ on: { RUN: { update: () => inside.run?.() } } })
    const { system, store, send, want, faults } = systemOf(parentMachine({ machine }))
    want('a')
    const errors: unknown[] = []
    const snapshot = system.snapshot()
    inside.run = () => {
      errors.push(
        caught(() => system.snapshot()),
        caught(() => system.restore(snapshot)),
      )
    }
    send('root/part:a', 'RUN')
    await system.idle()
    store.batch(() => errors.push(caught(() => system.snapshot())))
    expect(errors).toMatchObject([
      { code: 'SYSTEM_BUSY', details: { operation: 'snapshot()', actor: 'root/part:a' } },
      { code: 'SYSTEM_BUSY', details: { operation: 'restore()', actor: 'root/part:a' } },
      { code: 'SYSTEM_BUSY', details: { actor: 'root' } },
    ])
    expect(faults).toEqual([])
  })

  test('are one version of all where a subscriber asks', () => {
    const { system, store, want } = systemOf(parentMachine())
    const seen: unknown[] = []
    store.subscribe(({ state }) => {
      const { root } = system.snapshot()
      seen.push([state.context.keys, (root.children ?? []).map(({ key }) => key)])
    })
    want('a', 'b')
    want('b')
    expect(seen).toEqual([
      [[], []],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      [['b'], ['b']],
    ])
  })

  test('restore refuses what is no snapshot of this system, and changes nothing', () => {
    const { system, store, want } = systemOf(parentMachine())
    want('a')
    const good = persisted(system.snapshot())
    const child = good.root.children?.[0]
    const withChild = (more: object) => ({
      ...good,
      root: { ...good.root, children: [{ ...child, ...more }] },
    })
    const other = systemOf(partMachine()).system.snapshot()
    const bad: [unknown, string, string][] = [
      [undefined, 'the system', '"format" is undefined, and 1 is known'],
      [{ ...good, format: 2 }, 'the system', '"format" is 2 (number), and 1 is known'],
      [{ format: 1 }, 'root', 'there is no "snapshot"'],
      [other, 'root', 'machine "parent" has no state "READY" (string)'],
      [
        withChild({ child: 'other' }),
        'root',
        'it has no children "other" (string) with the key "a" (string)',
      ],
      [withChild({ key: 3 }), 'root', 'it has no children "part" (string) with the key 3 (number)'],
      [withChild({ inbox: [3] }), 'root/part:a', '"inbox" is not a list of messages'],
      [withChild({ inbox: 3 }), 'root/part:a', '"inbox" is not a list of messages'],
      [withChild({ children: 3 }), 'root/part:a', '"children" is not a list'],
      [withChild({ entered: { A: 'x' } }), 'root/part:a', '"entered" is not an object of times'],
      [withChild({ restarts: ['x'] }), 'root/part:a', '"restarts" is not a list of times'],
      [withChild({ restartAt: 'x' }), 'root/part:a', '"restartAt" is not a time'],
      [
        withChild({ snapshot: { version: 1.5 } }),
        'root/part:a',
        '"version" is not an integer from 0 to 2^52',
      ],
    ]
    const { snapshot } = store
    for (const [given, address, problem] of bad) {
      expect(caught(() => system.restore(given as never))).toMatchObject({
        code: 'SYSTEM_SNAPSHOT_INVALID',
        details: { system: 'parent', address, problem },
      })
    }
    expect(store.snapshot).toBe(snapshot)
    expect(system.metrics().actors).toBe(2)
  })

  test('a write that is refused restores nothing', async () => {
    const { system, store, want, say, logOf } = systemOf(parentMachine())
    want('a')
    const snapshot = system.snapshot()
    say('a', 'late')
    await system.idle()
    store.subscribe(() => {}, { policy: undefined as never })
    const release = (store as never as { [key: symbol]: { guard(check: () => void): () => void } })[
      Symbol.for('headgate.kernel')
    ]?.guard(() => {
      throw new Error('no')
    })
    expect(() => system.restore(snapshot)).toThrow('no')
    expect(logOf('a')).toEqual(['late'])
    release?.()
    system.restore(snapshot)
    expect(logOf('a')).toEqual([])
  })

  test('a system that is destroyed has no snapshot', () => {
    const { system } = systemOf(parentMachine())
    const snapshot = system.snapshot()
    system.destroy()
    for (const call of [() => system.snapshot(), () => system.restore(snapshot)]) {
      expect(caught(call)).toMatchObject({ code: 'STORE_DESTROYED' })
    }
    expect(system.get('root')).toBeUndefined()
  })
})
