import { describe, expect, test } from '@jest/globals'
import { createStore, type StoreOptions } from '../../src/index.ts'
import { ManualClock, microtasks, noteVersions, refusal } from './support.ts'

describe('createStore', () => {
  test('makes version 0 of the first state, labelled INIT and stamped by the clock', () => {
    const clock = new ManualClock()
    const state = { count: 0 }
    const store = createStore(state, { clock })
    expect(store.snapshot).toEqual({
      version: 0,
      state: { count: 0 },
      reason: 'INIT',
      source: 'store',
      tsWall: clock.wallMs,
      tsMono: clock.monoMs,
      metadata: {},
    })
    expect(store.state).toBe(state)
    expect(store.state).toBe(store.snapshot.state)
  })

  test('is called "store" unless it is given a name, and every instance has a UUID of its own', () => {
    expect(createStore(0).name).toBe('store')
    const stores = [createStore(0, { name: 'arm' }), createStore(0, { name: 'arm' })] as const
    expect(stores[0].name).toBe('arm')
    expect(stores[0].instanceId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(stores[0].instanceId).not.toBe(stores[1].instanceId)
  })

  test('names the store as the source of writes, unless options.source does', () => {
    expect(createStore(0, { name: 'arm' }).set(1).source).toBe('arm')
    const store = createStore(0, { name: 'arm', source: 'planner' })
    expect(store.snapshot.source).toBe('planner')
    expect(store.set(1).source).toBe('planner')
  })

  test.each([[null], [0], [''], [false], [Number.NaN]])('takes %p for a state like any other', (state) => {
    const store = createStore<unknown>(state)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    expect(store.snapshot).toMatchObject({ version: 0, state })
    expect(seen).toEqual([0])
  })

  test('reads the time of the platform without a clock', () => {
    const before = [Date.now(), performance.now()] as const
    const { tsWall, tsMono } = createStore(0).snapshot
    expect(tsWall).toBeWithin(before[0], Date.now() + 1)
    expect(tsMono).toBeWithin(before[1], performance.now() + 1)
  })

  const aClock = 'an object with the functions "wall" and "mono"'
  test.each<[keyof StoreOptions, unknown, string]>([
    ['name', '', 'Expected "name" to be a string that is not empty, got "" (string).'],
    ['name', 7, 'Expected "name" to be a string that is not empty, got 7 (number).'],
    ['source', null, 'Expected "source" to be a string that is not empty, got null.'],
    ['clock', Date, `Expected "clock" to be ${aClock}, got a function.`],
    ['clock', { wall: () => 0 }, `Expected "clock" to be ${aClock}, got an object.`],
    ['scheduler', {}, 'Expected "scheduler" to be an RxJS scheduler, got an object.'],
    ['drainMax', 0, 'Expected "drainMax" to be an integer from 1 to 9007199254740991, got 0 (number).'],
    ['drainMax', 1.5, 'Expected "drainMax" to be an integer from 1 to 9007199254740991, got 1.5 (number).'],
    ['drainMax', '9', 'Expected "drainMax" to be an integer from 1 to 9007199254740991, got "9" (string).'],
    ['drainMax', 9n, 'Expected "drainMax" to be an integer from 1 to 9007199254740991, got 9 (bigint).'],
    [
      'drainMax',
      Number.POSITIVE_INFINITY,
      'Expected "drainMax" to be an integer from 1 to 9007199254740991, got Infinity (number).',
    ],
    ['onFault', [], 'Expected "onFault" to be a function, got an array.'],
  ])('refuses %s: %p', (option, value, message) => {
    expect(() => createStore(0, { [option]: value })).toThrow(refusal('OPTION_INVALID', message))
  })
})

describe('an uninitialized store', () => {
  test('has version -1 and no state', () => {
    const store = createStore<number>()
    expect(store.snapshot).toMatchObject({ version: -1, reason: 'INIT', source: 'store' })
    expect(store.snapshot.state).toBeUndefined()
    expect(store.state).toBeUndefined()
    expect(store.metrics()).toMatchObject({ currentVersion: -1, currentState: 'UNINITIALIZED', commits: 0 })
  })

  test('tells nobody anything before its first state, then everybody', async () => {
    const store = createStore<{ n: number }>()
    const seen: string[] = []
    const note = (who: string) => (): void => void seen.push(who)
    store.subscribe(note('subscribe'))
    store.snapshot$.subscribe(note('snapshot$'))
    store.state$.subscribe(note('state$'))
    store.select((state) => state.n).subscribe(note('selector'))
    store.select('n').subscribe(note('path'))
    const stream = store.stream()
    const taken = stream.next().then(note('stream'))
    const waited = store.waitFor(() => true).then(note('waitFor'))
    await microtasks()
    expect(seen).toEqual([])
    expect(stream.poll()).toBeUndefined()
    store.set({ n: 1 })
    await Promise.all([taken, waited])
    expect(seen).toIncludeSameMembers([
      'subscribe',
      'snapshot$',
      'state$',
      'selector',
      'path',
      'stream',
      'waitFor',
    ])
  })

  test('is given version 0 by initialize, and only once', () => {
    const store = createStore<{ n: number }>()
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const first = store.initialize({ n: 1 })
    expect(first).toMatchObject({ version: 0, state: { n: 1 }, reason: 'INIT' })
    expect(store.initialize({ n: 2 })).toBe(first)
    expect(store.snapshot).toBe(first)
    expect(seen).toEqual([0])
    expect(store.metrics()).toMatchObject({ commits: 1, currentState: 'INITIALIZED' })
  })

  test('keeps the state that createStore was given when initialize comes later', () => {
    const store = createStore(1)
    const first = store.snapshot
    expect(store.initialize(2)).toBe(first)
    expect(store.metrics().commits).toBe(0)
  })

  test('is given its first state by set as well', () => {
    const store = createStore<number>()
    expect(store.set(5)).toMatchObject({ version: 0, state: 5, reason: 'SET' })
  })

  test('adopts the version of a snapshot that is put', () => {
    const store = createStore<number>()
    const { snapshot } = createStore(5)
    expect(store.put({ ...snapshot, version: 9 }).version).toBe(9)
    expect(createStore<number>().put(snapshot, { enforceVersion: true }).version).toBe(0)
  })

  test('refuses update and modify', async () => {
    const store = createStore<number>(undefined, { name: 'arm' })
    let calls = 0
    expect(() => store.update(() => ++calls)).toThrow(
      refusal(
        'STORE_UNINITIALIZED',
        'update() on store "arm" was refused: it has no state yet. Call initialize(state) or set(state) first.',
      ),
    )
    await expect(store.modify(async () => ++calls)).rejects.toThrow(
      refusal(
        'STORE_UNINITIALIZED',
        'modify() on store "arm" was refused: it has no state yet. Call initialize(state) or set(state) first.',
      ),
    )
    expect(calls).toBe(0)
    expect(store.snapshot.version).toBe(-1)
  })

  test('is uninitialized again after a batch that gave it its first state has thrown', () => {
    const store = createStore<number>()
    expect(() =>
      store.batch(() => {
        store.initialize(1)
        expect(store.update((state) => state + 1)).toMatchObject({ version: 0, state: 2 })
        throw new Error('batch')
      }),
    ).toThrow('batch')
    expect(store.snapshot.version).toBe(-1)
    expect(store.batch(() => store.initialize(3)).version).toBe(0)
  })

  test('is the base of a write that expects version -1', () => {
    const store = createStore<number>()
    expect(() => store.set(1, { expectedVersion: 0 })).toThrow(refusal('VERSION_CONFLICT'))
    expect(store.set(1, { expectedVersion: -1 }).version).toBe(0)
  })
})
