import { describe, expect, jest, test } from '@jest/globals'
import { nothing, produce, setAutoFreeze } from 'immer'
import { type Collection, collection, isCollection } from '../../src/collection/index.ts'
import { createStore } from '../../src/store/index.ts'
import { isDeeplyFrozen, refusal } from '../store/support.ts'

interface Robot {
  battery: number
  pose: { x: number; tags?: string[] }
}

const robot = (battery = 100): Robot => ({ battery, pose: { x: 0 } })

/** A collection of so many robots, r0, r1, … */
const robots = (count: number): Collection<Robot> =>
  collection(Array.from({ length: count }, (_, index): [string, Robot] => [`r${index}`, robot(index)]))

const idsOf = (of: Collection<unknown>): string[] => [...of.ids()]

describe('collection', () => {
  test('is empty without entries', () => {
    const none = collection<Robot>()
    expect([none.size, none.get('a'), none.has('a'), [...none]]).toEqual([0, undefined, false, []])
  })

  test('takes entries: an array, a Map, a generator, another collection', () => {
    const entries: [string, number][] = [
      ['b', 1],
      ['a', 2],
    ]
    function* generated(): Generator<[string, number]> {
      yield* entries
    }
    for (const list of [entries, new Map(entries), generated(), collection(entries)]) {
      expect([...collection(list)]).toEqual(entries)
    }
  })

  test('takes entities, with their ids selected', () => {
    const list = [
      { id: 'b', n: 1 },
      { id: 'a', n: 2 },
    ]
    const made = collection(list, { selectId: (entity) => entity.id })
    expect(idsOf(made)).toEqual(['b', 'a'])
    expect(made.get('a')).toBe(list[1])
  })

  test('lets the later of two entries with one id count, in the place of the earlier', () => {
    const made = collection([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ])
    expect([...made]).toEqual([
      ['a', 3],
      ['b', 2],
    ])
  })

  test('refuses what is no list', () => {
    expect(() => collection(5 as never)).toThrow(
      refusal(
        'OPTION_INVALID',
        'Expected "entries" to be a list of [id, entity], or of entities with a "selectId", got 5 (number).',
      ),
    )
    expect(() => collection(null as never)).toThrow(refusal('OPTION_INVALID'))
  })

  test('keeps the application out: it has no changeable member', () => {
    const made = robots(2)
    expect(made).toBeFrozen()
    expect(() => Object.assign(made, { size: 7 })).toThrow(TypeError)
  })
})

describe('an id', () => {
  const refused = 'Expected "id" to be a string, got 5 (number).'

  test('is a string and nothing else', () => {
    expect(() => robots(1).set(5 as never, robot())).toThrow(refusal('OPTION_INVALID', refused))
    expect(() => collection([[5 as never, 1]])).toThrow(refusal('OPTION_INVALID', refused))
    expect(() => collection([{ id: 5 }], { selectId: ({ id }) => id as never })).toThrow(refused)
    expect(robots(1).get(0 as never)).toBeUndefined()
  })

  test.each([['__proto__'], ['constructor'], ['size'], ['']])('may be %p', (id) => {
    const made = collection<number>().set(id, 1)
    expect([made.get(id), made.has(id), idsOf(made), made.remove(id).get(id)]).toEqual([
      1,
      true,
      [id],
      undefined,
    ])
    expect([...collection(JSON.parse(JSON.stringify(made)))]).toEqual([[id, 1]])
    expect(collection<number>().get(id)).toBeUndefined()
  })
})

describe('set', () => {
  test('adds at the end or replaces in place, in a new collection', () => {
    const before = robots(3)
    const after = before.set('r1', robot(7)).set('new', robot(8))
    expect(idsOf(after)).toEqual(['r0', 'r1', 'r2', 'new'])
    expect(after.get('r1')?.battery).toBe(7)
    expect([before.size, before.get('r1')?.battery, before.has('new')]).toEqual([3, 1, false])
    expect(after.get('r2')).toBe(before.get('r2'))
  })

  test('of the very same entity is this collection', () => {
    const made = collection<unknown>([
      ['a', { n: 1 }],
      ['nan', Number.NaN],
    ])
    expect(made.set('a', made.get('a') as object)).toBe(made)
    expect(made.set('nan', Number.NaN)).toBe(made)
    expect(made.set('a', { n: 1 })).not.toBe(made)
  })

  test('freezes the entity deeply, in place, Maps and Sets in it too', () => {
    const entity = { list: [{ n: 1 }], map: new Map([['a', { n: 1 }]]), set: new Set([{ n: 1 }]) }
    expect(collection([['a', entity]]).get('a')).toBe(entity)
    expect(isDeeplyFrozen(entity)).toBe(true)
    expect(() => entity.map.set('b', { n: 2 })).toThrow('frozen')
    expect([...entity.set]).toEqual([{ n: 1 }])
  })

  test('takes any value but undefined', () => {
    const values: unknown[] = [null, 0, '', false, 'text', [1, [2]], new Date(0), () => {}]
    const made = collection(values.map((value, index): [string, unknown] => [`${index}`, value]))
    expect([...made.values()]).toEqual(values)
    expect(() => made.set('a', undefined)).toThrow(
      refusal('OPTION_INVALID', 'Expected "entity" to be any value but undefined, got undefined.'),
    )
  })
})

describe('an entity in the place of another', () => {
  test('is walked only where the two differ', () => {
    const before = robots(3)
    const { pose } = before.get('r1') as Robot
    const changes = [
      () => before.set('r1', { battery: 7, pose }),
      () => before.update('r1', (draft) => void Object.assign(draft, { battery: 7 })),
      () => before.upsertMany([['r1', { battery: 7, pose }]]),
    ]
    for (const change of changes) {
      const freeze = jest.spyOn(Object, 'freeze')
      const after = change()
      expect(freeze.mock.calls.filter(([value]) => value === pose)).toEqual([])
      freeze.mockRestore()
      expect(after.get('r1')).toEqual({ battery: 7, pose })
      expect(isDeeplyFrozen(after.get('r1'))).toBe(true)
    }
  })
})

describe('update', () => {
  test('runs a recipe on one entity, and keeps what it did not touch', () => {
    const before = collection<Robot>([['a', { battery: 1, pose: { x: 0, tags: ['t'] } }]])
    const after = before.update('a', (draft) => {
      draft.battery = 2
    })
    expect(after.get('a')).toEqual({ battery: 2, pose: { x: 0, tags: ['t'] } })
    expect(after.get('a')?.pose).toBe(before.get('a')?.pose)
    expect(before.get('a')?.battery).toBe(1)
    const tagged = after.update('a', (draft) => {
      draft.pose = { x: 1, tags: ['new'] }
    })
    expect(isDeeplyFrozen(tagged.get('a'))).toBe(true)
  })

  test('that changes nothing is this collection', () => {
    const made = robots(2)
    expect(made.update('r1', () => {})).toBe(made)
    expect(
      made.update('r1', (draft) => {
        draft.battery = 1
      }),
    ).toBe(made)
    expect(made.update('r1', (draft) => draft)).toBe(made)
  })

  test('of an absent id calls no recipe and is this collection', () => {
    const made = robots(2)
    const recipe = (): void => {
      throw new Error('called')
    }
    expect(made.update('absent', recipe)).toBe(made)
    expect(made.remove('r1').update('r1', recipe).has('r1')).toBe(false)
  })

  test('takes what the recipe returns, also for an entity that is no object', () => {
    const made = collection<number>([['a', 1]])
    expect(made.update('a', (n) => n + 1).get('a')).toBe(2)
    expect(
      robots(1)
        .update('r0', () => robot(9))
        .get('r0')?.battery,
    ).toBe(9)
    expect(() => made.update('a', () => nothing as never)).toThrow(refusal('OPTION_INVALID'))
  })

  test('drafts a Map in an entity', () => {
    const made = collection([['a', new Map([['k', 1]])]])
    const after = made.update('a', (map) => void map.set('k', 2))
    expect([made.get('a')?.get('k'), after.get('a')?.get('k')]).toEqual([1, 2])
  })

  test('lets through what the recipe throws', () => {
    const error = new Error('mine')
    expect(() =>
      robots(1).update('r0', () => {
        throw error
      }),
    ).toThrow(error)
  })

  test('refuses a draft whose recipe has ended, and says that it was one', () => {
    let ended: unknown
    produce({ a: {} }, (draft) => {
      ended = draft.a
    })
    const nested = collection([['r0', { part: {} }]])
    expect(() =>
      nested.update('r0', (robot) => {
        robot.part = ended as object
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'STATE_INVALID',
        details: expect.objectContaining({ problem: 'draft' }),
      }),
    )
  })

  test('refuses a recipe that returns a promise, and takes care of its rejection', async () => {
    expect(() => robots(1).update('r0', (async () => Promise.reject(new Error('unseen'))) as never)).toThrow(
      refusal('OPTION_INVALID', 'Expected "recipe" to be synchronous, got one that returned a promise.'),
    )
    await new Promise((resolve) => setImmediate(resolve)) // an unhandled rejection would fail the run
  })

  test('refuses a generator, whose writes would come after it has returned', () => {
    const recipe = function* (draft: Robot): Generator<void> {
      yield
      draft.battery = 0
    }
    expect(() => robots(1).update('r0', recipe as never)).toThrow(
      refusal('OPTION_INVALID', 'Expected "recipe" to be synchronous, got one that returned a generator.'),
    )
  })

  test("neither follows nor changes the settings of the application's own immer", () => {
    setAutoFreeze(false)
    try {
      const after = robots(1).update('r0', (draft) => {
        draft.pose = { x: 5 }
      })
      expect(isDeeplyFrozen(after.get('r0'))).toBe(true)
      expect(produce({ a: 1 }, (draft) => void Object.assign(draft, { a: 2 }))).not.toBeFrozen()
    } finally {
      setAutoFreeze(true)
    }
  })
})

describe('remove', () => {
  test('takes an id away; added again it comes at the end', () => {
    const before = robots(3)
    const without = before.remove('r1')
    expect([idsOf(without), without.size, without.has('r1')]).toEqual([['r0', 'r2'], 2, false])
    expect(idsOf(without.set('r1', robot()))).toEqual(['r0', 'r2', 'r1'])
    expect(idsOf(before)).toEqual(['r0', 'r1', 'r2'])
  })

  test('of an absent id is this collection', () => {
    const made = robots(2)
    expect(made.remove('absent')).toBe(made)
    const without = made.remove('r0')
    expect(without.remove('r0')).toBe(without)
  })
})

describe('upsertMany', () => {
  test('sets each entry in one collection', () => {
    const before = robots(3)
    const after = before.upsertMany([
      ['r1', robot(50)],
      ['x', robot(51)],
      ['x', robot(52)],
    ])
    expect([...after.entries()].map(([id, { battery }]) => [id, battery])).toEqual([
      ['r0', 0],
      ['r1', 50],
      ['r2', 2],
      ['x', 52],
    ])
    expect([...before.values()].map(({ battery }) => battery)).toEqual([0, 1, 2])
  })

  test('of nothing new is this collection', () => {
    const made = robots(40)
    expect(made.upsertMany([])).toBe(made)
    expect(made.upsertMany(made)).toBe(made)
  })

  test('changes nothing where an entry is refused or the list throws', () => {
    const made = robots(40)
    const text = JSON.stringify(made)
    expect(() =>
      made.upsertMany([
        ['r1', robot(9)],
        ['new', robot(9)],
        [7 as never, robot()],
      ]),
    ).toThrow(refusal('OPTION_INVALID'))
    expect(JSON.stringify(made)).toBe(text)
    expect(idsOf(made.set('new', robot()))).toHaveLength(41)
  })

  test('of a thousand entries is never seen half done by an older version', () => {
    const made = robots(10)
    let next = made
    for (let round = 0; round < 5; round += 1) {
      const before = [...next].map(([id, { battery }]) => `${id}:${battery}`)
      const was = next
      next = next.upsertMany(robots(1_000).entries())
      expect([...was].map(([id, { battery }]) => `${id}:${battery}`)).toEqual(before)
    }
  })
})

describe('0 and -0', () => {
  const zero = collection<number>([['a', 0]])

  test('are two values to set, update and upsertMany, and one is itself', () => {
    const changed = [zero.set('a', -0), zero.update('a', (n) => -n), zero.upsertMany([['a', -0]])]
    for (const after of changed) {
      expect(after).not.toBe(zero)
      expect(after.get('a')).toBe(-0) // as Object.is tells
      expect(after.set('a', -0)).toBe(after)
    }
  })

  test('are two values to diff, between neighbours and strangers', () => {
    expect(zero.set('a', -0).diff(zero).updated).toEqual(['a'])
    expect(collection([['a', -0]]).diff(zero).updated).toEqual(['a'])
    expect(zero.set('a', Number.NaN).set('a', Number.NaN).diff(zero.set('a', Number.NaN)).updated).toEqual([])
  })

  test('are two values to who follows an entity, beside however many others', () => {
    for (const others of [0, 40]) {
      const ids = Array.from({ length: others }, (_, index) => `o${index}`)
      const store = createStore({ all: zero.upsertMany(ids.map((id) => [id, 1])) })
      for (const id of ids) store.select('all', id).subscribe()
      const seen: unknown[] = []
      store.select('all', 'a').subscribe((value) => seen.push(value))
      store.update((draft) => {
        draft.all = draft.all.set('a', -0)
      })
      expect(seen).toEqual([0, -0])
    }
  })
})

describe('diff', () => {
  test('names what was added, updated and removed since another version', () => {
    const before = robots(1_000)
    const after = before.set('r5', robot(7)).remove('r7').set('new', robot())
    expect(after.diff(before)).toMatchObject({ added: ['new'], updated: ['r5'], removed: ['r7'] })
    expect(before.diff(after)).toMatchObject({ added: ['r7'], updated: ['r5'], removed: ['new'] })
    expect(after.diff(after)).toMatchObject({ added: [], updated: [], removed: [] })
  })

  test('takes an id that was removed and added again for the same one', () => {
    const before = robots(100)
    const entity = before.get('r3') as Robot
    expect(before.remove('r3').set('r3', robot(3)).diff(before).updated).toEqual(['r3'])
    expect(before.remove('r3').set('r3', entity).diff(before)).toMatchObject({
      added: [],
      updated: [],
      removed: [],
    })
  })

  test('compares collections that share nothing, also one of the other copy of the package', () => {
    const [one, other] = [robots(3), robots(3).set('x', robot())]
    expect(other.diff(one)).toMatchObject({ added: ['x'], updated: ['r0', 'r1', 'r2'], removed: [] })
    const foreign = Object.assign(Object.create({ [Symbol.for('headgate.collection')]: true }), {
      size: 1,
      get: (id: string) => (id === 'f' ? 1 : undefined),
      has: (id: string) => id === 'f',
      ids: () => ['f'],
      [Symbol.iterator]: () => [['f', 1]].values(),
    })
    expect(isCollection(foreign)).toBe(true)
    expect(one.diff(foreign)).toMatchObject({ added: ['r0', 'r1', 'r2'], updated: [], removed: ['f'] })
  })
})

describe('toJSON', () => {
  test('gives the entries, of which the collection can be made again', () => {
    const made = robots(3).remove('r1').set('r1', robot(9))
    const again: Collection<Robot> = collection(JSON.parse(JSON.stringify({ made })).made)
    expect([...again]).toEqual([...made])
    expect(JSON.stringify(collection())).toBe('[]')
  })
})

describe('isCollection', () => {
  test.each([[null], [undefined], [{}], [[]], [new Map()], ['text'], [() => {}]])(
    'is false for %p',
    (value) => {
      expect(isCollection(value)).toBe(false)
    },
  )

  test('is true for a collection', () => {
    expect(isCollection(collection())).toBe(true)
  })
})
