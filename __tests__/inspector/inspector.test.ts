import { afterEach, describe, expect, test } from '@jest/globals'
import { addressOf, createSystem } from '../../src/actors/index.ts'
import {
  buffer,
  createMachineStore,
  createStore,
  defineMachine,
  derive,
  direct,
  isHeadgateError,
  latest,
  paced,
  throttle,
} from '../../src/index.ts'
import { COUNTED_MAX } from '../../src/inspector/commits.ts'
import type { Look } from '../../src/inspector/facts.ts'
import { Inspector, type Watchables } from '../../src/inspector/inspector.ts'
import { type InspectorOptions, inspectorSettings } from '../../src/inspector/inspector-options.ts'
import { memoryEngine, openJournal } from '../../src/journal/index.ts'
import { kernelOf } from '../../src/kernel/index.ts'
import { mirror, serve, socketPair } from '../../src/sync/index.ts'

const open: Inspector[] = []

afterEach(() => {
  for (const inspector of open.splice(0)) inspector.close()
})

function inspect(stores: Watchables, options: InspectorOptions = {}): Inspector {
  const inspector = new Inspector(stores, inspectorSettings(options, 'serveInspector()'))
  open.push(inspector)
  inspector.pages = { areThere: () => true, lookAt: () => ['*'] }
  return inspector
}

function lookOf(inspector: Inspector, at = 0): Look {
  inspector.refresh()
  const id = inspector.facts.state.stores[at]?.id ?? ''
  const look = inspector.looks.state[id]
  if (look === undefined) throw new Error('nothing is looked at')
  return look as Look
}

const lamp = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context: { presses: 0 },
  on: { RESET: 'OFF' },
  states: {
    OFF: {
      on: {
        PRESS: {
          target: 'ON',
          update: (draft) => {
            draft.presses += 1
          },
        },
      },
    },
    ON: {
      on: { PRESS: 'OFF', DIM: { target: 'ON', guard: () => false } },
      after: { ms: 60_000, target: 'OFF' },
    },
  },
})

/** All texts of a value, keys among them. */
const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([key, entry]) => [key, ...textsOf(entry)])

describe('Inspector', () => {
  test('tells a mirror and how its connection is, and how many mirrors a store is served to', async () => {
    const robot = createStore({ battery: 90 }, { name: 'robot' })
    const server = serve(robot)
    const [here, there] = socketPair()
    server.accept(there)
    const elsewhere = mirror<{ battery: number }>(() => here, { onFault: () => {} })
    await elsewhere.store.waitFor(({ battery }) => battery === 90)
    const inspector = inspect([robot, elsewhere.store])
    inspector.refresh()
    expect(inspector.facts.state.stores).toMatchObject([
      { name: 'robot', kind: 'store', link: '', clients: 1 },
      { kind: 'mirror', link: 'live', clients: 0 },
    ])
    elsewhere.close()
    server[Symbol.dispose]()
    inspector.refresh()
    expect(inspector.facts.state.stores[0]).toMatchObject({ clients: 0 })
  })

  test('changes nothing in the figures of what it watches', () => {
    const run = (isWatched: boolean) => {
      const store = createMachineStore(lamp)
      const inspector = isWatched ? inspect([store]) : undefined
      store.subscribe(() => {}, { id: 'log', policy: buffer({ capacity: 4 }) })
      store.subscribe(() => new Promise(() => {}), { id: 'stuck', policy: latest() })
      for (let n = 0; n < 20; n += 1) {
        store.send('PRESS')
        inspector?.refresh()
      }
      const { uptimeMs, createdAt, lastCommitAt, subscribers, ...figures } = store.metrics()
      const accounts = subscribers.map(({ busySince, ...account }) => account)
      store.destroy()
      return { figures, accounts }
    }
    expect(run(true)).toEqual(run(false))
  })

  test('tells of a store how it does, in sentences', () => {
    const store = createStore({ n: 0 }, { name: 'counter' })
    store.subscribe(() => new Promise(() => {}), { id: 'archive', policy: buffer({ capacity: 1 }) })
    for (let n = 1; n <= 10; n += 1) store.set({ n })
    const [facts] = inspect([store]).facts.state.stores
    expect(facts).toMatchObject({
      name: 'counter',
      kind: 'store',
      status: 'degraded',
      version: 10,
      published: 11,
      delivered: 1,
      dropped: 9,
      pending: 1,
      issues: [{ code: 'HIGH_DROP_RATE', subscriberId: 'archive' }],
    })
  })

  test('shows of each subscriber what it got, and the line that subscribed it', () => {
    const store = createStore({ n: 0 })
    store.subscribe(() => new Promise(() => {}), { id: 'archive', policy: latest() })
    store.set({ n: 1 })
    store.set({ n: 2 })
    const [archive] = lookOf(inspect([store])).subscribers
    expect(archive).toMatchObject({
      id: 'archive',
      policy: 'latest',
      published: 3,
      delivered: 1,
      conflated: 1,
      pending: 1,
    })
    expect(archive?.from).toContain('inspector.test.ts')
  })

  test('remembers commits with their reasons, how much they changed, and the states of the newest', async () => {
    const inspector = inspect([createStore(0)], { historyLimit: 3 })
    inspector.close()
    const store = createStore({ pose: { x: 0, y: 0 }, mode: 'idle' }, { name: 'robot' })
    const watched = inspect([store], { historyLimit: 3 })
    for (let x = 1; x <= 5; x += 1) {
      store.update((draft) => {
        draft.pose.x = x
        draft.mode = 'moving'
      }, 'MOVE')
    }
    const { timeline, oldest, id } = lookOf(watched)
    expect(timeline.map(({ version, reason, changes }) => [version, reason, changes])).toEqual([
      [3, 'MOVE', 1],
      [4, 'MOVE', 1],
      [5, 'MOVE', 1],
    ])
    expect(oldest).toBe(3)
    expect((await watched.version(id, 4))?.state).toEqual({ pose: { x: 4, y: 0 }, mode: 'moving' })
    expect(await watched.version(id, 1)).toBeUndefined()
  })

  test('counts what the newest commits changed, and nothing twice', () => {
    const store = createStore({ a: 0, b: 0 })
    const inspector = inspect([store])
    const counted = (): (number | null)[] => {
      const { timeline } = lookOf(inspector)
      return timeline.map(({ changes }) => changes)
    }
    for (let n = 1; n <= COUNTED_MAX + 3; n += 1) store.set({ a: n, b: n })
    const numbers = new Array(COUNTED_MAX).fill(2)
    // The first one was there before.
    expect(counted()).toEqual([null, null, null, null, ...numbers])
    store.set({ a: 0, b: COUNTED_MAX + 3 })
    expect(counted()).toEqual([null, null, null, null, ...numbers, 1])
  })

  test('goes back as far as a journal does', async () => {
    const store = createStore({ n: 0 }, { name: 'kept' })
    const journal = await openJournal(store, memoryEngine())
    const inspector = inspect([store], { historyLimit: 1, journals: new Map([[store, journal]]) })
    for (let n = 1; n <= 5; n += 1) store.set({ n })
    await journal.durable()
    const { id, oldest } = lookOf(inspector)
    expect(oldest).toBe(0)
    expect((await inspector.version(id, 2))?.state).toEqual({ n: 2 })
    expect(inspector.facts.state.stores[0]?.journals).toMatchObject([
      { name: 'kept', status: 'live', durableVersion: 5 },
    ])
    await journal.close()
  })

  test('shows faults, and leaves them to whoever is told of them', () => {
    const told: unknown[] = []
    const store = createStore({ n: 0 }, { onFault: ({ error }) => told.push(error) })
    const inspector = inspect([store])
    store.subscribe(
      () => {
        throw new Error('the disk is full')
      },
      { id: 'writer' },
    )
    expect(told).toHaveLength(1)
    expect(lookOf(inspector).faults).toMatchObject([
      { subscriberId: 'writer', message: 'the disk is full', version: 0 },
    ])
  })

  test('draws a machine: what it handles in every state begins at none', () => {
    const store = createMachineStore(lamp)
    store.send('PRESS')
    const { machine } = lookOf(inspect([store]))
    expect(machine?.active).toEqual(['ON'])
    expect(machine?.chart.nodes.map(({ id, isInitial }) => [id, isInitial])).toEqual([
      ['OFF', true],
      ['ON', false],
    ])
    expect(machine?.chart.arrows).toContainEqual({ from: '', to: 'OFF', label: 'RESET', guarded: false })
    expect(machine?.chart.arrows).toContainEqual({ from: 'ON', to: 'ON', label: 'DIM', guarded: true })
    expect(machine?.chart.arrows).toContainEqual({
      from: 'ON',
      to: 'OFF',
      label: 'after 60000 ms',
      guarded: false,
    })
    expect(machine?.events).toEqual([
      { type: 'RESET', can: true },
      { type: 'PRESS', can: true },
      { type: 'DIM', can: false },
    ])
    expect(machine?.track).toMatchObject([{ number: 1, from: 'OFF', to: 'ON', event: 'PRESS' }])
    store.destroy()
  })

  test('draws where children lead that are done, or have failed', () => {
    const part = defineMachine({
      id: 'part',
      initial: 'WORKING',
      context: {},
      states: { WORKING: { on: { END: 'READY' } }, READY: { type: 'final' } },
    })
    const whole = defineMachine({
      id: 'whole',
      initial: 'BUSY',
      context: {},
      states: { BUSY: {}, DONE: {}, BROKEN: {} },
      children: {
        part: { machine: part, in: ['BUSY'], keys: () => ['a'], onDone: 'DONE', onFault: 'BROKEN' },
        guest: { machine: part, keys: () => ['b'], onFault: { guard: () => true, target: 'BROKEN' } },
      },
    })
    const store = createMachineStore(whole)
    expect(lookOf(inspect([store])).machine?.chart.arrows).toEqual([
      { from: 'BUSY', to: 'DONE', label: 'part done', guarded: false },
      { from: 'BUSY', to: 'BROKEN', label: 'part fails', guarded: false },
      { from: '', to: 'BROKEN', label: 'guest fails', guarded: true },
    ])
    store.destroy()
  })

  test('shows who is in a system, and what they send to each other', async () => {
    const part = defineMachine({
      id: 'part',
      initial: 'LOADING',
      context: {},
      states: { LOADING: { on: { DONE: 'READY' } }, READY: {} },
    })
    const whole = defineMachine({
      id: 'whole',
      initial: 'BUSY',
      context: {},
      states: { BUSY: {} },
      children: { part: { machine: part, keys: () => ['a'] } },
    })
    const system = createSystem(createMachineStore(whole))
    const inspector = inspect([system])
    const address = lookOf(inspector).actors.map((actor) => actor.address)
    expect(address).toEqual(['root', addressOf('root', 'part', 'a')])
    system.send('root/part:a', { type: 'DONE' }, { from: 'test' })
    await system.idle()
    const look = lookOf(inspector)
    expect(look.messages).toMatchObject([{ from: 'test', to: 'root/part:a', type: 'DONE' }])
    expect(look.actors.at(-1)).toMatchObject({ current: 'READY', status: 'running' })
    system.destroy()
  })

  test('knows what is derived from what, and runs nothing to show it', () => {
    const store = createStore({ n: 1 }, { name: 'n' })
    let ran = 0
    const double = derive([store], ({ n }) => {
      ran += 1
      return n * 2
    })
    const view = paced(store, throttle({ ms: 50 }))
    expect(double.state).toBe(2)
    const inspector = inspect([store, double, view])
    store.set({ n: 2 })
    inspector.refresh()
    const { stores, edges } = inspector.facts.state
    const [n, derived, viewed] = stores.map(({ id }) => id)
    expect(stores.map(({ kind }) => kind)).toEqual(['store', 'derived', 'view'])
    expect(edges).toEqual([
      { from: n, to: derived },
      { from: n, to: viewed },
    ])
    expect(ran).toBe(1)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('sends an event to a machine, and to nothing else', () => {
    const store = createMachineStore(lamp)
    const inspector = inspect([store, createStore(0)])
    const [machine, plain] = inspector.facts.state.stores.map(({ id }) => id)
    expect(inspector.send(machine ?? '', { type: 'PRESS' })).toBe('handled')
    expect(store.current).toBe('ON')
    expect(store.snapshot.source).toBe('inspector')
    expect(inspector.send(machine ?? '', { type: 'DIM' })).toBe('not handled')
    expect(inspector.send(plain ?? '', { type: 'PRESS' })).toBe('unknown')
    store.destroy()
  })

  test('watches what is there at each interval, and shows what has ended', () => {
    const stores = new Set([createStore(0, { name: 'one' })])
    const inspector = inspect(stores)
    const other = createStore(0, { name: 'other' })
    stores.add(other)
    inspector.refresh()
    expect(inspector.facts.state.stores.map(({ name }) => name)).toEqual(['one', 'other'])
    other.destroy()
    inspector.refresh()
    expect(inspector.facts.state.stores.map(({ ended }) => ended)).toEqual([false, true])
    stores.delete(other)
    inspector.refresh()
    expect(inspector.facts.state.stores.map(({ name }) => name)).toEqual(['one'])
  })

  test('says that stores cannot be listed, and goes on with those that it has', () => {
    const store = createStore(0, { name: 'one' })
    let list = (): Iterable<never> => [store] as never
    const inspector = inspect(() => list())
    for (const [broken, why] of [
      [
        () => {
          throw new Error('not now')
        },
        'not now',
      ],
      [() => [store, undefined] as never, 'got undefined'],
      [() => 7 as never, 'not iterable'],
    ] as const) {
      list = broken
      inspector.refresh()
      expect(inspector.facts.state.problem).toContain(why)
      expect(inspector.facts.state.stores).toHaveLength(1)
    }
    list = () => []
    inspector.refresh()
    expect(inspector.facts.state).toMatchObject({ problem: '', stores: [] })
  })

  test.each([[[{}]], [[null]], [['robot']]])('refuses to watch %j', (stores) => {
    expect(() => inspect(stores as never)).toThrow(
      'Expected "stores" to be stores, machine stores, systems, mirrors\' stores, derived values or views, got',
    )
  })

  test('may be closed by what it asks', () => {
    const store = createStore(0)
    const inspector: Inspector = inspect([store], {
      sanitize: (state) => {
        inspector.close()
        return state
      },
    })
    inspector.refresh()
    expect(inspector.looks.closed).toBe(true)
  })

  test('caps every text, whatever it is called and written with', () => {
    const long = 'x'.repeat(100_000)
    const store = createStore({ n: 0 }, { name: long, onFault: () => {} })
    const inspector = inspect([store])
    const handle = store.subscribe(
      () => {
        throw new Error(long)
      },
      { id: long },
    )
    for (let n = 1; n <= 3; n += 1)
      store.set({ n }, { reason: long, source: long, metadata: { [long]: long } })
    const look = lookOf(inspector)
    for (const text of textsOf([inspector.facts.state, look])) expect(text.length).toBeLessThan(2_100)
    handle.unsubscribe()
  })

  test('takes what can be gone through once for what it was', () => {
    const inspector = inspect(new Map([['a', createStore(0, { name: 'a' })]]).values())
    inspector.refresh()
    inspector.refresh()
    expect(inspector.facts.state.stores).toHaveLength(1)
  })

  test('shows what sanitize returns, and says so where it throws', () => {
    const store = createStore({ user: 'ada', password: 'secret' })
    const hidden = inspect([store], {
      sanitize: (state) => ({ ...(state as object), password: '…' }),
    })
    expect(lookOf(hidden).state).toEqual({ user: 'ada', password: '…' })
    const failing = inspect([store], {
      sanitize: () => {
        throw new Error('no')
      },
    })
    expect(lookOf(failing).state).toEqual({ $: 'sanitize threw', text: 'no' })
  })

  test('leaves nothing in what it watched', () => {
    const store = createStore({ n: 0 })
    const follow = kernelOf(store)
    const inspector = inspect([store])
    store.subscribe(() => {}, { policy: direct() })
    store.set({ n: 1 })
    inspector.close()
    store.set({ n: 2 })
    expect(inspector.looks.closed).toBe(true)
    expect(follow.vitals()).toHaveLength(1)
  })

  test.each([
    ['intervalMs', { intervalMs: 1 }],
    ['intervalMs', { intervalMs: 2 ** 31 }],
    ['historyLimit', { historyLimit: 0 }],
    ['sanitize', { sanitize: 1 as never }],
    ['journals', { journals: {} as never }],
    ['allowControl', { allowControl: 1 as never }],
    ['program', { program: 1 as never }],
  ])('refuses an option %s that it cannot use', (option, options) => {
    try {
      inspect([], options)
      throw new Error('it was taken')
    } catch (error) {
      expect(isHeadgateError(error, 'OPTION_INVALID') && error.details.option).toBe(option)
    }
  })
})
