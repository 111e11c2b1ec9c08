import { describe, expect, test } from '@jest/globals'
import { createStore, type Snapshot, type Store } from '../../src/index.ts'
import { snapshotProblem } from '../../src/store/snapshot.ts'
import { isDeeplyFrozen } from './support.ts'

interface World {
  robots: Record<string, { pose: { x: number } }>
  log: string[]
  zones: Map<string, { open: boolean }>
  tags: Set<string>
}

const world = (): World => ({
  robots: { a: { pose: { x: 0 } }, b: { pose: { x: 0 } } },
  log: ['start'],
  zones: new Map([['dock', { open: true }]]),
  tags: new Set(['new']),
})

const writes: [string, (store: Store<World>) => unknown][] = [
  ['createStore', () => {}],
  ['set', (store) => store.set(world())],
  [
    'update',
    (store) =>
      store.update((draft) => {
        draft.robots.c = { pose: { x: 1 } }
        draft.zones.set('lab', { open: false })
        draft.tags.add('busy')
      }),
  ],
  ['put', (store) => store.put({ ...createStore(world()).snapshot, metadata: { trace: 'a1' } })],
  ['batch', (store) => store.batch(() => store.set(world()), 'LABEL')],
]

describe('a snapshot', () => {
  test.each(writes)('of %s is frozen, and its state deeply', (_name, write) => {
    const store = createStore(world())
    write(store)
    const { snapshot } = store
    expect(snapshot).toBeFrozen()
    expect(snapshot.metadata).toBeFrozen()
    expect(isDeeplyFrozen(snapshot.state)).toBe(true)
  })

  test.each(writes)('of %s refuses a change of its Maps and Sets', (_name, write) => {
    const store = createStore(world())
    write(store)
    const state = store.state as World
    expect(() => state.zones.set('lab', { open: true })).toThrow('frozen')
    expect(() => state.tags.clear()).toThrow('frozen')
  })

  test('is frozen inside a batch as well', () => {
    const store = createStore(world())
    store.batch(() => {
      const provisional = store.set(world())
      expect(provisional).toBeFrozen()
      expect(isDeeplyFrozen(provisional.state)).toBe(true)
    })
  })

  test('keeps the identity of what a recipe left alone', () => {
    const store = createStore(world())
    const before = store.state
    store.update((draft) => {
      draft.robots.a = { pose: { x: 5 } }
      draft.log.push('moved')
    })
    const after = store.state
    expect(after.robots.b).toBe(before.robots.b)
    expect(after.zones).toBe(before.zones)
    expect(after.tags).toBe(before.tags)
    expect(after.robots).not.toBe(before.robots)
    expect(after.log).not.toBe(before.log)
    expect(before.log).toEqual(['start'])
    expect(before.robots.a).toEqual({ pose: { x: 0 } })
  })

  test('holds the very object that set was given', () => {
    const store = createStore(world())
    const next = { ...world(), zones: store.state.zones as World['zones'] }
    expect(store.set(next).state).toBe(next)
    expect(store.state).toBe(next)
  })

  test('is one object: returned to the writer, read from the store, and told to every subscriber', () => {
    const store = createStore(0)
    const told: Snapshot<number>[] = []
    store.subscribe((snapshot) => void told.push(snapshot))
    store.snapshot$.subscribe((snapshot) => told.push(snapshot))
    told.length = 0
    const written = store.set(1)
    expect(told).toHaveLength(2)
    for (const snapshot of [...told, store.snapshot]) expect(snapshot).toBe(written)
  })
})

describe('snapshotProblem', () => {
  const good: Snapshot<number> = {
    version: 3,
    state: 1,
    reason: '',
    source: '',
    tsWall: 0,
    tsMono: -0.5,
    metadata: { a: 'b' },
  }

  test('finds none in a snapshot', () => {
    expect(snapshotProblem(good)).toBeUndefined()
    expect(snapshotProblem(createStore(null).snapshot)).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['it is not an object', null],
    ['it is not an object', 'snapshot'],
    ['"version" is not an integer from 0 to 2^52', {}],
    ['"version" is not an integer from 0 to 2^52', { ...good, version: -1 }],
    ['"version" is not an integer from 0 to 2^52', { ...good, version: 1.5 }],
    ['"version" is not an integer from 0 to 2^52', { ...good, version: 2 ** 52 + 1 }],
    ['"version" is not an integer from 0 to 2^52', { ...good, version: '1' }],
    ['"state" is undefined', { ...good, state: undefined }],
    ['"reason" is not a string', { ...good, reason: 1 }],
    ['"source" is not a string', { ...good, source: undefined }],
    ['"tsWall" is not a finite number', { ...good, tsWall: Number.NaN }],
    ['"tsMono" is not a finite number', { ...good, tsMono: '5' }],
    ['"metadata" is not an object of strings', { ...good, metadata: undefined }],
    ['"metadata" is not an object of strings', { ...good, metadata: null }],
    ['"metadata" is not an object of strings', { ...good, metadata: { a: 1 } }],
  ])('says that %s', (problem, value) => {
    expect(snapshotProblem(value)).toBe(problem)
  })
})
