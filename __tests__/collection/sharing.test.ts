/** What a version costs: counted in nodes that the one before does not have, and in lookups. */
import { describe, expect, jest, test } from '@jest/globals'
import { type Collection, collection } from '../../src/collection/index.ts'
import { PersistentCollection } from '../../src/collection/persistent-collection.ts'
import { SlotIndex } from '../../src/collection/slot-index.ts'
import { Vector, type VectorNode } from '../../src/collection/vector.ts'

type Entity = { n: number }

const many = (count: number): Collection<Entity> =>
  collection(Array.from({ length: count }, (_, n): [string, Entity] => [`e${n}`, { n }]))

/** The arrays of a version. The entities of these tests are no arrays. */
function nodesOf(made: Collection<Entity>): Set<VectorNode> {
  const nodes = new Set<VectorNode>()
  const visit = (node: unknown): void => {
    if (!Array.isArray(node) || nodes.has(node)) return
    nodes.add(node)
    node.forEach(visit)
  }
  visit(PersistentCollection.rootOf(made as PersistentCollection<Entity>))
  return nodes
}

/** How many arrays one version has that another does not. */
const addedNodes = (before: Collection<Entity>, after: Collection<Entity>): number =>
  [...nodesOf(after)].filter((node) => !nodesOf(before).has(node)).length

describe('a retained version', () => {
  test.each([
    [10, 1],
    [1_000, 2],
    [10_000, 3],
    [100_000, 4],
  ])('of %i entities holds %i arrays of its own after one change', (count, levels) => {
    const before = many(count)
    const known = nodesOf(before)
    const fresh = (after: Collection<Entity>): number =>
      [...nodesOf(after)].filter((node) => !known.has(node)).length
    expect(fresh(before.set('e3', { n: -1 }))).toBe(levels)
    expect(fresh(before.update('e3', (draft) => void Object.assign(draft, { n: -1 })))).toBe(levels)
    expect(fresh(before.remove('e3'))).toBe(levels)
    expect(fresh(before.set('new', { n: -1 }))).toBe(levels)
  })

  test('of a bulk write holds each array once, however often it was written', () => {
    const before = many(1_000)
    const after = before.upsertMany([...before.ids()].slice(0, 64).map((id) => [id, { n: -1 }]))
    expect(addedNodes(before, after)).toBe(3) // two leaves and the root
  })

  test('keeps no entity alive that a newer version has let go', () => {
    let made = many(100)
    const gone = made.get('e5')
    made = made.remove('e5')
    expect([...nodesOf(made)].flat()).not.toContain(gone)
  })
})

describe('a dead slot', () => {
  test('is given up once more than half are dead', () => {
    let made = many(100)
    const leaves = (): number => nodesOf(made).size
    expect(leaves()).toBe(5)
    for (let n = 0; n < 50; n += 1) made = made.remove(`e${n}`)
    expect(leaves()).toBe(5)
    made = made.remove('e50')
    expect([leaves(), made.size, [...made.ids()][0]]).toEqual([3, 49, 'e51'])
  })

  test('of one id that comes and goes for ever costs no more the longer it does', () => {
    let made = many(100)
    const looks = jest.spyOn(SlotIndex.prototype, 'earlierThan')
    for (let round = 0; round < 1_000; round += 1) {
      made = made.set('flapping', { n: round })
      expect(made.has('flapping')).toBe(true)
      made = made.remove('flapping')
      expect(made.has('flapping')).toBe(false)
    }
    expect(looks).not.toHaveBeenCalled()
    looks.mockRestore()
    expect(nodesOf(made).size).toBeLessThan(10)
  })

  test('of branches that are thrown away is given up too', () => {
    const base = many(100)
    const slots = jest.spyOn(SlotIndex.prototype, 'append')
    for (let round = 0; round < 1_000; round += 1) {
      const branch = base.set(`temporary-${round}`, { n: round })
      expect([branch.size, base.size]).toEqual([101, 100])
    }
    const given = slots.mock.results.map(({ value }) => value as number)
    slots.mockRestore()
    // The 101st branch finds too many gaps; the version that all branch from closes them once, for the rest.
    expect(given.filter((slot) => slot === 0)).toHaveLength(9)
    expect(given.length).toBeLessThan(2_000)
  })

  test('of one id that is added again and again and thrown away is taken once', () => {
    const base = many(100)
    const slots = jest.spyOn(SlotIndex.prototype, 'append')
    const looks = jest.spyOn(SlotIndex.prototype, 'earlierThan')
    for (let round = 0; round < 1_000; round += 1) expect(base.set('x', { n: round }).get('x')?.n).toBe(round)
    expect(Math.max(...slots.mock.results.map(({ value }) => value as number))).toBe(100)
    expect(looks.mock.calls.length).toBeLessThan(2_000)
    slots.mockRestore()
    looks.mockRestore()
  })

  test('of one id in many branches is looked past seldom, and no entry is lost', () => {
    let base = many(1_000)
    const looks = jest.spyOn(SlotIndex.prototype, 'earlierThan')
    for (let round = 0; round < 3_000; round += 1) {
      expect(base.set('x', { n: round }).has('x')).toBe(true)
      expect(base.has('x')).toBe(false)
      base = base.set(`more-${round}`, { n: round })
    }
    // 3 000 rounds of up to 1 500 looks each, if nobody moved away from the slots of others; with it, about the root of the size.
    expect(looks.mock.calls.length).toBeLessThan(3_000 * 60)
    looks.mockRestore()
    expect([base.size, [...base.ids()].at(-1)]).toEqual([4_000, 'more-2999'])
  })

  test('does not disturb who walks through a version that moves', () => {
    const base = many(100)
    const walk = base.ids()
    const seen = [walk.next().value]
    for (let round = 0; round < 1_000; round += 1) base.set(`temporary-${round}`, { n: round })
    expect([...seen, ...walk]).toEqual([...many(100).ids()])
  })
})

describe('a version that moves while one of its entities is made', () => {
  /** Of e1 and e2, whose slots are 1 and 2, and become 0 and 1; `look` moves it. */
  function movable(): { made: Collection<Entity>; look: () => void } {
    const made = many(3).remove('e0')
    made.remove('e2').set('e2', { n: -2 }) // e2 has a newer slot, in which this version has a gap
    const look = (): void => {
      for (let times = 0; times < 10; times += 1) made.get('e2')
    }
    return { made, look }
  }

  const changed = [
    ['e1', { n: -1 }],
    ['e2', { n: 2 }],
  ]

  test('by a recipe that looks at it changes the entity that it was asked to', () => {
    const { made, look } = movable()
    const after = made.update('e1', (draft) => {
      look()
      draft.n = -1
    })
    expect(after.toJSON()).toEqual(changed)
    expect(after.get('e1')).toEqual({ n: -1 })
  })

  test('by a getter that looks at it does too', () => {
    const { made, look } = movable()
    let looks = 0
    const entity = {
      get n() {
        looks += 1
        look()
        return -1
      },
    }
    const after = made.set('e1', entity)
    expect(looks).toBeGreaterThan(0)
    expect(after.toJSON()).toEqual(changed)
  })
})

describe('a diff', () => {
  /** What comparing costs: walks through the two, items read, ids looked up. */
  function cost(work: () => void): number[] {
    const spies = [
      jest.spyOn(Vector.prototype, 'differences'),
      jest.spyOn(Vector.prototype, 'get'),
      jest.spyOn(SlotIndex.prototype, 'newestOf'),
    ]
    work()
    const counts = spies.map((spy) => spy.mock.calls.length)
    for (const spy of spies) spy.mockRestore()
    return counts
  }

  test.each([[100], [100_000]])('of the newest write among %i reads the two items', (count) => {
    const before = many(count)
    const after = before.set('e7', { n: -1 })
    expect(cost(() => expect(after.diff(before).updated).toEqual(['e7']))).toEqual([0, 2, 0])
  })

  test.each([[100], [100_000]])('of an earlier one among %i reads the way to it only', (count) => {
    const before = many(count)
    const after = before.set('e7', { n: -1 })
    after.set('e8', { n: -1 })
    expect(cost(() => expect(after.diff(before).updated).toEqual(['e7']))).toEqual([1, 0, 0])
  })

  test('from a version that has moved names all that differs', () => {
    const before = many(40).set('e1', { n: -1 })
    for (let n = 0; n < 100; n += 1) {
      const after = before.set(`new${n}`, { n }).set('e2', { n: -2 })
      expect(after.diff(before)).toEqual({ added: [`new${n}`], updated: ['e2'], removed: [] })
    }
  })
})
