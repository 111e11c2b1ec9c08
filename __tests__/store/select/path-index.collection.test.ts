/** Paths through a collection: who is woken by which write, and at what cost, all counted. */
import { describe, expect, jest, test } from '@jest/globals'
import type { Subscription } from 'rxjs'
import { type Collection, collection } from '../../../src/collection/index.ts'
import { PersistentCollection } from '../../../src/collection/persistent-collection.ts'
import { createStore, type Store } from '../../../src/index.ts'
import { asksForMore } from '../../support/runs.ts'

interface Robot {
  battery: number
  pose: { x: number }
}

interface World {
  robots: Collection<Robot>
  tick: number
}

const robot = (x = 0): Robot => ({ battery: 100, pose: { x } })

const world = (count: number): World => ({
  robots: collection(Array.from({ length: count }, (_, n): [string, Robot] => [`r${n}`, robot()])),
  tick: 0,
})

const move =
  (id: string, x: number) =>
  (robots: Collection<Robot>): Collection<Robot> =>
    robots.update(id, (draft) => {
      draft.pose.x = x
    })

type Change = (robots: Collection<Robot>) => Collection<Robot>

const recipe = (store: Store<World>, change: Change): void =>
  void store.update((draft) => {
    draft.robots = change(draft.robots)
  })

/** Every way in which a collection can be written. */
const WAYS: [string, (store: Store<World>, change: Change) => void][] = [
  ['update', recipe],
  ['set', (store, change) => void store.set({ ...store.state, robots: change(store.state.robots) })],
  [
    'put',
    (store, change) =>
      void store.put({
        ...store.snapshot,
        version: store.snapshot.version + 1,
        state: { ...store.state, robots: change(store.state.robots) },
      }),
  ],
  ['batch', (store, change) => store.batch(() => recipe(store, change))],
]

/** It is counted, so ten times as many cost as much; 100 000 take seconds to subscribe. */
const MANY = asksForMore ? 100_000 : 10_000

/** A store with a listener on each robot, and whom they tell. */
function followed(count: number): { store: Store<World>; woken: string[] } {
  const store = createStore(world(count))
  const woken: string[] = []
  for (let n = 0; n < count; n += 1) {
    store.select('robots', `r${n}`, 'pose').subscribe(() => woken.push(`r${n}`))
  }
  woken.length = 0
  return { store, woken }
}

/** How often work compares, and looks into a collection or a Map. */
function counted(work: () => void): { compared: number; gets: number; lookups: number } {
  const spies = [
    jest.spyOn(Object, 'is'),
    jest.spyOn(PersistentCollection.prototype, 'get'),
    jest.spyOn(Map.prototype, 'get'),
  ]
  work()
  const [compared, gets, lookups] = spies.map((spy) => spy.mock.calls.length)
  for (const spy of spies) spy.mockRestore()
  return { compared: compared ?? -1, gets: gets ?? -1, lookups: lookups ?? -1 }
}

describe.each(WAYS)('a change of one entity by %s', (_way, write) => {
  test.each([[3], [40]])('among %i wakes those who look at it, at what is below it, or at all', (count) => {
    const { store, woken } = followed(count)
    store.select('robots', 'r1', 'battery').subscribe(() => woken.push('battery'))
    store.select('robots', 'r1').subscribe(() => woken.push('whole'))
    store.select('robots').subscribe(() => woken.push('all'))
    store.select('tick').subscribe(() => woken.push('tick'))
    woken.length = 0
    write(store, move('r1', 5))
    expect(woken).toEqual(['all', 'whole', 'r1'])
  })

  test(`costs as much with ${MANY} listeners as with 10, and wakes one`, () => {
    const costs = [10, MANY].map((count) => {
      const { store, woken } = followed(count)
      write(store, move('r3', 1)) // the first write of a store has its own cost
      woken.length = 0
      const cost = counted(() => write(store, move('r3', 2)))
      expect(woken).toEqual(['r3'])
      return cost
    })
    expect(costs[1]).toEqual(costs[0])
    expect(Math.max(...Object.values(costs[0] ?? {}))).toBeWithin(1, 30)
  })

  test('tells who waits for an id that it came, and that it went', () => {
    const { store } = followed(40)
    const seen: unknown[] = []
    store.select('robots', 'new', 'battery').subscribe((battery) => seen.push(battery))
    write(store, (robots) => robots.set('new', robot()))
    write(store, (robots) => robots.set('other', robot()))
    write(store, (robots) => robots.remove('new'))
    write(store, (robots) => robots.remove('other'))
    expect(seen).toEqual([undefined, 100, undefined])
  })

  test('of very many entities wakes each once', () => {
    const { store, woken } = followed(100)
    write(store, (robots) => robots.upsertMany([...robots.ids()].map((id) => [id, robot(1)])))
    expect([...woken].sort()).toEqual([...store.state.robots.ids()].sort())
  })

  test('to a collection that was made anew wakes each whose entity differs', () => {
    const { store, woken } = followed(40)
    write(store, (robots) => collection([...robots].slice(1) as [string, Robot][]).set('r7', robot(1)))
    expect([...woken].sort()).toEqual(['r0', 'r7'])
    woken.length = 0
    write(store, () => collection<Robot>())
    expect(woken).toHaveLength(39)
    expect(store.state.robots.size).toBe(0)
  })

  test('wakes one as before once another collection has taken the place of the first', () => {
    const { store, woken } = followed(100)
    for (let n = 0; n < 2; n += 1) {
      write(store, (robots) => collection([...robots].reverse() as [string, Robot][]))
      write(store, move('r3', n + 1))
      const cost = counted(() => write(store, move('r7', n + 1)))
      expect(woken.splice(0)).toEqual(['r3', 'r7'])
      expect(cost.gets).toBeLessThan(10)
    }
  })

  test('that left and came back wakes who looked at it all the while, and who came meanwhile', () => {
    const { store, woken } = followed(40)
    for (let n = 1; n < 4; n += 1) {
      write(store, (robots) => robots.remove('r3'))
      store.select('robots', 'r3').subscribe((now) => woken.push(`${n} ${now?.pose.x}`))
      woken.length = 0
      write(store, (robots) => robots.set('r3', robot(n)))
      write(store, move('r3', n + 10))
      const others = Array.from({ length: n }, (_, index) => index + 1)
      const told = (x: number): string[] => ['r3', ...others.map((other) => `${other} ${x}`)]
      expect([...woken].sort()).toEqual([...told(n), ...told(n + 10)].sort())
    }
  })

  test('is seen also when the gaps of many removals are closed by it', () => {
    const { store, woken } = followed(100)
    for (let n = 0; n < 80; n += 1) write(store, (robots) => robots.remove(`r${n}`))
    expect(woken).toEqual(Array.from({ length: 80 }, (_, n) => `r${n}`))
  })
})

test('an entity that a recipe puts where it is wakes nobody who looks at it', () => {
  const first = robot()
  const store = createStore({ robots: collection([['r0', first]]), spare: first })
  const seen: unknown[] = []
  store.select('robots', 'r0').subscribe((now) => seen.push(now))
  store.update((draft) => {
    draft.robots = draft.robots.set('r0', draft.spare as Robot) as typeof draft.robots
  })
  expect(seen).toEqual([first])
})

test('who is stopped by somebody who is told of the same commit is told nothing more', () => {
  const store = createStore(world(2))
  const next = jest.fn()
  let stopped: Subscription | undefined
  store.select('robots', 'r0').subscribe(() => stopped?.unsubscribe())
  stopped = store.select('robots', 'r1').subscribe(next)
  store.set(world(2))
  expect(next).toHaveBeenCalledTimes(1)
})

describe('an entity that is a collection itself', () => {
  test('is looked into as deep as the path goes', () => {
    const parts = (wear: number): Collection<{ wear: number }> => collection([['p', { wear }]])
    const store = createStore({
      robots: collection(
        Array.from({ length: 40 }, (_, n): [string, { parts: Collection<{ wear: number }> }] => [
          `r${n}`,
          { parts: parts(n) },
        ]),
      ),
    })
    const seen: unknown[] = []
    for (let n = 0; n < 40; n += 1) {
      store.select('robots', `r${n}`, 'parts', 'p', 'wear').subscribe((wear) => seen.push([n, wear]))
    }
    seen.length = 0
    store.update((draft) => {
      draft.robots = draft.robots.update('r7', (one) => {
        one.parts = one.parts.update('p', (part) => {
          part.wear = 99
        })
      })
    })
    expect(seen).toEqual([[7, 99]])
  })
})
