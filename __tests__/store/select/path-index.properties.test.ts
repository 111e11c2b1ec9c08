/**
 * Whoever follows a path has what `store.state` has there: whatever recipes do with drafts, whichever way a state
 * comes, and however many look below one node.
 */
import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type Collection, collection, createStore, type Store } from '../../../src/index.ts'
import { valueAt } from '../../../src/store/select/path.ts'
import { runs } from '../../support/runs.ts'

interface Item {
  n: number
  tags: string[]
}

interface World {
  list: Item[]
  other: Item[]
  record: Record<string, Item | undefined>
  map: Map<string, Item>
  set: Set<string>
  many: Collection<Item>
  n: number
}

const KEYS = ['a', 'b', 'c.d', '__proto__', 'constructor', 'toString', 'length', '0', '1']

const item = (n: number): Item => ({ n, tags: [`t${n}`] })

function world(): World {
  // Without a prototype, so that `__proto__` is a key like any other.
  const record: World['record'] = Object.create(null)
  record.a = item(1)
  record.constructor = item(2) as never
  return {
    list: [item(10), item(11), item(12)],
    other: [item(20)],
    record,
    map: new Map([
      ['a', item(30)],
      ['length', item(31)],
    ]),
    set: new Set(['a', 'size']),
    many: collection([
      ['a', item(40)],
      ['b', item(41)],
    ]),
    n: 0,
  }
}

const PATHS: readonly (readonly unknown[])[] = [
  [],
  ['n'],
  ['missing', 'deeper'],
  ['toString'],
  ['list'],
  ['list', 'length'],
  ['list', 0],
  ['list', '1'],
  ['list', 2, 'n'],
  ['list', 0, 'tags', 'length'],
  ['list', 'constructor'],
  ['other'],
  ['other', 0, 'tags', 0],
  ['record'],
  ...KEYS.flatMap((key) => [
    ['record', key],
    ['record', key, 'tags'],
    ['map', key],
    ['map', key, 'n'],
    ['many', key],
    ['many', key, 'tags', 'length'],
    ['set', key],
  ]),
  ['map'],
  ['set'],
  ['set', 'size'],
  ['many'],
]

type Write = (store: Store<World>, key: string, n: number) => unknown
const recipe =
  (change: (draft: World, key: string, n: number) => void): Write =>
  (store, key, n) =>
    store.update((draft) => void change(draft as World, key, n))

const WRITES: Readonly<Record<string, Write>> = {
  push: recipe((d, _key, n) => void d.list.push(item(n), item(n + 1))),
  pop: recipe((d) => void d.list.pop()),
  shift: recipe((d) => void d.list.shift()),
  unshift: recipe((d, _key, n) => void d.list.unshift(item(n))),
  splice: recipe((d, _key, n) => void d.list.splice(n % 2, 1, item(n), item(n))),
  reverse: recipe((d) => void d.list.reverse()),
  sort: recipe((d) => void d.list.sort((a, b) => b.n - a.n)),
  fill: recipe((d, _key, n) => void d.list.fill(item(n), 0, 1)),
  copyWithin: recipe((d) => void d.list.copyWithin(0, 1)),
  cut: recipe((d) => {
    d.list.length = 1
  }),
  cutAndLengthen: recipe((d) => {
    const { length } = d.list
    d.list.length = 0
    d.list.length = length
  }),
  moveDraft: recipe((d, _key, n) => {
    const first = d.list[0]
    if (first === undefined) return
    first.n = n
    d.other.push(first)
  }),
  shareDraft: recipe((d, key, n) => {
    const mine = d.record[key] ?? d.list[0]
    if (mine === undefined) return
    mine.tags.push(`${n}`)
    d.map.set(key, mine)
  }),
  swap: recipe((d) => {
    const { list, other } = d
    d.list = other
    d.other = list
  }),
  cancelOut: recipe((d) => {
    const kept = d.list.pop()
    if (kept !== undefined) d.list.push(kept)
  }),
  setKey: recipe((d, key, n) => {
    d.record[key] = item(n)
  }),
  deleteKey: recipe((d, key) => {
    delete d.record[key]
  }),
  mapSet: recipe((d, key, n) => void d.map.set(key, item(n))),
  mapDeleteAndSet: recipe((d, key) => {
    const kept = d.map.get(key)
    d.map.delete(key)
    if (kept !== undefined) d.map.set(key, kept)
  }),
  mapClear: recipe((d) => void d.map.clear()),
  setAdd: recipe((d, key) => void d.set.add(key)),
  setDelete: recipe((d, key) => void d.set.delete(key)),
  collectionSet: recipe((d, key, n) => {
    d.many = d.many.set(key, item(n)) as World['many']
  }),
  collectionUpdate: recipe((d, key, n) => {
    d.many = d.many.update(key, (one) => {
      one.n = n
    }) as World['many']
  }),
  collectionRemove: recipe((d, key) => {
    d.many = d.many.remove(key) as World['many']
  }),
  replaceBranch: recipe((d, _key, n) => {
    d.list = [item(n)]
  }),
  setWhole: (store, _key, n) => store.set({ ...world(), n }),
  setShared: (store, _key, n) => store.set({ ...store.state, n } as World),
  put: (store, _key, n) =>
    store.put({
      ...store.snapshot,
      version: store.snapshot.version + 2,
      state: { ...store.state, n } as never,
    }),
}

const writes = fc.array(
  fc.record({
    name: fc.constantFrom(...Object.keys(WRITES)),
    key: fc.constantFrom(...KEYS),
    n: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 12 },
)

/** Some in a batch, of which some are rolled back. */
const programs = fc.array(fc.record({ writes, kind: fc.constantFrom('plain', 'batch', 'rolled back') }), {
  maxLength: 4,
})

function follow(store: Store<World>, width: number): () => void {
  const select = store.select.bind(store) as unknown as (...path: readonly unknown[]) => {
    subscribe(next: (value: unknown) => void): unknown
  }
  const last = new Map<readonly unknown[], unknown>()
  for (let n = 0; n < width; n += 1) select('record', `other-${n}`).subscribe(() => {})
  for (let n = 0; n < width; n += 1) select('list', n + 100).subscribe(() => {})
  for (const path of PATHS) if (path.length > 0) select(...path).subscribe((value) => last.set(path, value))
  return () => {
    for (const [path, value] of last) {
      const now = valueAt(store.state, path)
      if (!Object.is(now, value)) throw new Error(`${path.join('.')} was left on ${JSON.stringify(value)}`)
    }
    if (last.size !== PATHS.length - 1) throw new Error(`${last.size} paths were told anything`)
  }
}

describe('followers of paths', () => {
  test.each([[1], [15], [16], [64]])('have what the store has, with %i others below one node', (width) => {
    fc.assert(
      fc.property(programs, (program) => {
        const store = createStore(world())
        const check = follow(store, width)
        check()
        for (const { writes: steps, kind } of program) {
          const run = (): void => {
            for (const { name, key, n } of steps) {
              WRITES[name]?.(store, key, n)
              if (kind === 'plain') check()
            }
            if (kind === 'rolled back') throw new Error(kind)
          }
          try {
            if (kind === 'plain') run()
            else store.batch(run)
          } catch (error) {
            if ((error as Error).message !== 'rolled back') throw error
          }
          check()
        }
      }),
      { numRuns: runs(30) },
    )
  })

  const changes: readonly (readonly [string, readonly unknown[], (draft: Fleet) => void])[] = [
    [
      'a draft that stands in two places',
      ['robots', 'r1', 'pose', 'x'],
      (d: Fleet) => {
        const robot = d.robots.r1
        if (robot === undefined) return
        robot.pose.x = 7
        d.log.push({ pose: robot.pose })
      },
    ],
    [
      'a list cut and lengthened by its length',
      ['list', 0],
      (d: Fleet) => {
        d.list.length = 0
        d.list.length = 1
      },
    ],
    ['a push', ['list', 'length'], (d: Fleet) => void d.list.push(1)],
    ['a pop', ['list', 'length'], (d: Fleet) => void d.list.pop()],
    [
      'a length',
      ['list', 'length'],
      (d: Fleet) => {
        d.list.length = 5
      },
    ],
    [
      'a push and a pop',
      ['list'],
      (d: Fleet) => {
        d.list.push(1)
        d.list.pop()
      },
    ],
  ]

  test.each(changes)('are told of %s with 64 others', (_what, path, change) => {
    const robots = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`r${n}`, { pose: { x: 0 } }]))
    const store = createStore<Fleet>({ robots, list: [1, 2], log: [] })
    const select = store.select.bind(store) as unknown as (...keys: readonly unknown[]) => {
      subscribe(next: (value: unknown) => void): unknown
    }
    for (let n = 0; n < 64; n += 1) {
      select('robots', `r${n}`).subscribe(() => {})
      select('list', n).subscribe(() => {})
    }
    let last: unknown
    select(...path).subscribe((value) => {
      last = value
    })
    const before = valueAt(store.state, path)
    store.update((draft) => void change(draft as Fleet))
    const after = valueAt(store.state, path)
    expect(Object.is(before, after)).toBe(false)
    expect(last).toBe(after)
  })
})

interface Fleet {
  robots: Record<string, { pose: { x: number } }>
  list: number[]
  log: { pose: { x: number } }[]
}
