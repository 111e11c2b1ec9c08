/** Histories that branch, of random operations, against plain Maps: order, identity, diffs, old versions. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Collection, collection } from '../../src/collection/index.ts'
import { runs } from '../support/runs.ts'

type Entity = { readonly n: number }
type Model = ReadonlyMap<string, Entity>

interface Version {
  readonly made: Collection<Entity>
  readonly model: Model
}

/** One operation on the version that `from` chooses among all there are; most go on from the newest. */
type Step =
  | { readonly kind: 'set' | 'update' | 'remove' | 'same' | 'readd'; from: number; id: string; n: number }
  | { readonly kind: 'many'; from: number; ids: readonly string[]; n: number }
  | { readonly kind: 'clear'; from: number; count: number }

const id = fc.oneof(
  { weight: 10, arbitrary: fc.nat(60).map((n) => `e${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', '', '7') },
)
const from = fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(1_000) })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('set', 'update', 'remove', 'same', 'readd'),
    from,
    id,
    n: fc.nat(5),
  }),
  fc.record({ kind: fc.constant('many'), from, ids: fc.array(id, { maxLength: 80 }), n: fc.nat(5) }),
  fc.record({ kind: fc.constant('clear'), from, count: fc.nat(60) }),
)

/** Does a step to both; the model shares entities with the collection, so identity can be compared. */
function apply({ made, model }: Version, one: Step): Version {
  const next = new Map(model)
  const put = (key: string, entity: Entity): [string, Entity] => {
    next.set(key, entity)
    return [key, entity]
  }
  switch (one.kind) {
    case 'set':
      return { made: made.set(...put(one.id, { n: one.n })), model: next }
    case 'same': {
      const entity = model.get(one.id)
      return { made: entity === undefined ? made : made.set(one.id, entity), model }
    }
    case 'readd':
      next.delete(one.id)
      return { made: made.remove(one.id).set(...put(one.id, { n: one.n })), model: next }
    case 'update': {
      const after = made.update(one.id, (draft) => void Object.assign(draft, { n: one.n }))
      const before = model.get(one.id)
      if (before === undefined || before.n === one.n) expect(after).toBe(made)
      else next.set(one.id, after.get(one.id) as Entity)
      return { made: after, model: next }
    }
    case 'remove':
      next.delete(one.id)
      return { made: made.remove(one.id), model: next }
    case 'many':
      return { made: made.upsertMany(one.ids.map((key) => put(key, { n: one.n }))), model: next }
    case 'clear': {
      let after = made
      for (const key of [...model.keys()].slice(0, one.count)) {
        next.delete(key)
        after = after.remove(key)
      }
      return { made: after, model: next }
    }
  }
}

/** Plays the steps: every version that there ever was. */
function play(steps: readonly Step[]): Version[] {
  const versions: Version[] = [{ made: collection<Entity>(), model: new Map() }]
  for (const one of steps) {
    const at = one.from < 0 ? versions.length - 1 : one.from % versions.length
    versions.push(apply(versions[at] as Version, one))
  }
  return versions
}

const IDS = Array.from({ length: 61 }, (_, n) => `e${n}`)

function expectEqual({ made, model }: Version): void {
  expect([made.size, [...made.ids()]]).toEqual([model.size, [...model.keys()]])
  // One `expect` for all of them: it costs more than what it is told.
  expect([...made].filter(([key, entity]) => entity !== model.get(key))).toEqual([])
  expect(IDS.filter((key) => made.get(key) !== model.get(key) || made.has(key) !== model.has(key))).toEqual(
    [],
  )
  expect(made.toJSON()).toEqual([...model])
}

function naiveDiff(before: Model, after: Model): { [kind: string]: string[] } {
  return {
    added: [...after.keys()].filter((key) => !before.has(key)),
    removed: [...before.keys()].filter((key) => !after.has(key)),
    updated: [...before.keys()].filter((key) => after.has(key) && before.get(key) !== after.get(key)),
  }
}

const histories = fc.array(step, { minLength: 1, maxLength: 60 })

describe('a history of collections', () => {
  test('is at each version, and stays, what a Map is', () => {
    fc.assert(
      fc.property(histories, (steps) => play(steps).forEach(expectEqual)),
      { numRuns: runs(10) },
    )
  })

  test('tells of any two versions what differs', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(), (steps, one, other) => {
        const versions = play(steps)
        const before = versions[one % versions.length] as Version
        const after = versions[other % versions.length] as Version
        const { added, updated, removed } = after.made.diff(before.made)
        const naive = naiveDiff(before.model, after.model)
        expect([...added]).toEqual(naive.added)
        expect([...updated].sort()).toEqual(naive.updated?.sort())
        expect([...removed]).toEqual(naive.removed)
      }),
      { numRuns: runs(40) },
    )
  })

  test('holds where two branches add and remove the same ids in turn', () => {
    const base = collection<Entity>([['base', { n: 0 }]])
    let [left, right] = [
      { made: base, model: new Map(base) as Model },
      { made: base, model: new Map(base) as Model },
    ]
    for (let round = 0; round < 200; round += 1) {
      const key = `e${round % 3}`
      left = apply(left, { kind: round % 4 === 3 ? 'remove' : 'set', from: 0, id: key, n: round })
      right = apply(right, { kind: round % 5 === 4 ? 'remove' : 'readd', from: 0, id: key, n: -round })
      expectEqual(left)
      expectEqual(right)
    }
    expect([...base]).toEqual([['base', { n: 0 }]])
  })
})
