/** Two values are the same for a store if they are for `Object.is`: -0 and 0 are two, NaN is one. */
import { describe, expect, test } from '@jest/globals'
import { type Collection, collection, createStore, type Store } from '../../src/index.ts'

const WRITES: readonly (readonly [string, (store: Store<number>, n: number) => unknown])[] = [
  ['update', (store, n) => store.update(() => n)],
  ['set', (store, n) => store.set(n)],
  ['put', (store, n) => store.put({ ...store.snapshot, version: store.snapshot.version + 1, state: n })],
  ['a batch', (store, n) => store.batch(() => store.set(n))],
  ['modify', (store, n) => store.modify(async () => n)],
]

describe.each(WRITES)('%s', (_name, write) => {
  test('tells everybody of -0 after 0', async () => {
    const store = createStore(0)
    const told: Record<string, number[]> = { subscribe: [], state$: [], selector: [] }
    const inverse = (n: number): number => 1 / n
    store.subscribe(({ state }) => void told.subscribe?.push(state))
    store.state$.subscribe((n) => told.state$?.push(n))
    store.select(inverse).subscribe((n) => told.selector?.push(n))
    await write(store, -0)
    expect(store.state).toBe(-0)
    expect(told).toEqual({ subscribe: [0, -0], state$: [0, -0], selector: [Infinity, -Infinity] })
  })
})

describe.each(WRITES.filter(([name]) => name !== 'set' && name !== 'put'))('%s', (_name, write) => {
  test('counts NaN after NaN as a write that changed nothing', async () => {
    const store = createStore(Number.NaN)
    await write(store, Number.NaN)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 1 })
  })
})

interface World {
  n: number
  list: number[]
  map: Map<string, number>
  many: Collection<number>
}

const world = (n: number): World => ({ n, list: [n], map: new Map([['a', n]]), many: collection([['a', n]]) })

describe('select(...path)', () => {
  test.each([[['n']], [['list', 0]], [['map', 'a']], [['many', 'a']]])('%j is told of -0 after 0', (path) => {
    const store = createStore(world(0))
    const told: unknown[] = []
    const select = store.select.bind(store) as unknown as (...keys: unknown[]) => {
      subscribe(next: (value: unknown) => void): unknown
    }
    select(...path).subscribe((value) => told.push(value))
    const { many } = store.state
    store.set({ ...world(-0), many: many.set('a', -0) })
    store.set({ ...world(-0), many: store.state.many })
    expect(told).toEqual([0, -0])
  })
})

describe('a recipe', () => {
  test('keeps 0 where a draft is given -0, as immer does', () => {
    const store = createStore(world(0))
    const told: number[] = []
    store.select('n').subscribe((n) => told.push(n))
    store.update((draft) => {
      draft.n = -0
      draft.list[0] = -0
      draft.map.set('a', -0)
    })
    expect([store.state.n, store.state.list[0], store.state.map.get('a'), told]).toEqual([0, 0, 0, [0]])
  })
})
