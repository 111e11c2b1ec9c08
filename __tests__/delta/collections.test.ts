import { describe, expect, test } from '@jest/globals'
import { type Collection, collection } from '../../src/collection/index.ts'
import { applyDelta, type Delta, diff, invert } from '../../src/delta/index.ts'

interface Robot {
  readonly battery: number
  readonly pose: { readonly x: number }
}
const robot = (battery: number): Robot => ({ battery, pose: { x: 0 } })
const robots = (...ids: string[]): Collection<Robot> => collection(ids.map((id, at) => [id, robot(at)]))
const some = robots('a', 'b', 'c', 'd')

/** The delta, having seen that it leads there and back. */
function between(from: Collection<Robot>, to: Collection<Robot>): Delta {
  const delta = diff({ robots: from }, { robots: to })
  const made = applyDelta({ robots: from }, delta)
  expect([...made.robots]).toEqual([...to])
  expect([...applyDelta(made, invert({ robots: from }, delta)).robots]).toEqual([...from])
  return delta
}

describe('the delta of a collection', () => {
  test('has ids for keys', () => {
    expect(between(some, some.set('b', { ...(some.get('b') as Robot), battery: 7 }))).toEqual([
      { op: 'replace', path: '/robots/b/battery', value: 7 },
    ])
    expect(between(some, some.set('a/~', robot(1)))).toEqual([
      { op: 'add', path: '/robots/a~1~0', value: robot(1) },
    ])
    expect(between(some, some.remove('d'))).toEqual([{ op: 'remove', path: '/robots/d' }])
  })

  test('puts back at its place what had been removed, ahead of what follows there', () => {
    expect(between(some.remove('b'), some)).toEqual([
      { op: 'add', path: '/robots/b', value: robot(1), before: 'c' },
    ])
    expect(between(some.remove('b').remove('c'), some)).toEqual([
      { op: 'add', path: '/robots/b', value: robot(1), before: 'd' },
      { op: 'add', path: '/robots/c', value: robot(2), before: 'd' },
    ])
    expect(between(robots(), some)).toHaveLength(1)
  })

  test('moves what was removed and came back', () => {
    const b = some.get('b') as Robot
    expect(between(some, some.remove('b').set('b', b))).toEqual([
      { op: 'remove', path: '/robots/b' },
      { op: 'add', path: '/robots/b', value: b },
    ])
  })

  test('is the same between collections that were made apart', () => {
    const apart = collection(
      [...some].map(([id, entity]): [string, Robot] => [id, id === 'c' ? robot(9) : entity]),
    )
    expect(between(some, apart)).toEqual([{ op: 'replace', path: '/robots/c/battery', value: 9 }])
    const [a, b, c, d] = [...some]
    const turned = collection([d, a, b, c] as [string, Robot][])
    expect(between(some, turned)).toEqual([
      { op: 'remove', path: '/robots/d' },
      { op: 'add', path: '/robots/d', value: robot(3), before: 'a' },
    ])
  })

  test('replaces one of which more than half has moved', () => {
    const turned = collection([...some].reverse() as [string, Robot][])
    expect(between(some, turned)).toEqual([{ op: 'replace', path: '/robots', value: turned }])
  })

  test('costs what changed, where the versions are of one history', () => {
    const large = collection(Array.from({ length: 10_000 }, (_, n): [string, Robot] => [`r${n}`, robot(n)]))
    const later = large.set('r5000', { ...(large.get('r5000') as Robot), battery: -1 })
    expect(diff(large, later)).toEqual([{ op: 'replace', path: '/r5000/battery', value: -1 }])
    const made = applyDelta(large, diff(large, later))
    expect(made.get('r1')).toBe(large.get('r1'))
    expect(made.diff(large).updated).toEqual(['r5000']) // by what the two share
    expect(made.get('r5000')?.pose).toBe(large.get('r5000')?.pose)
  })
})

describe('applyDelta on a collection', () => {
  const apply = (...operations: readonly object[]): { robots: Collection<Robot> } =>
    applyDelta({ robots: some }, operations as unknown as Delta)

  test('does operations one after the other', () => {
    const made = apply(
      { op: 'replace', path: '/robots/a/battery', value: 5 },
      { op: 'replace', path: '/robots/a/pose/x', value: 6 },
      { op: 'remove', path: '/robots/b' },
      { op: 'add', path: '/robots/e', value: robot(4), before: 'a' },
      { op: 'add', path: '/robots/b', value: robot(9) },
      { op: 'move', from: '/robots/c', path: '/robots/f' },
      { op: 'copy', from: '/robots/a', path: '/robots/g' },
      { op: 'replace', path: '/robots/g/battery', value: 1 },
      { op: 'test', path: '/robots/a/battery', value: 5 },
    )
    expect([...made.robots].map(([id, { battery }]) => `${id} ${battery}`)).toEqual([
      'e 4',
      'a 5',
      'd 3',
      'b 9',
      'f 2',
      'g 1',
    ])
    expect(made.robots.get('a')).toEqual({ battery: 5, pose: { x: 6 } })
    expect(
      [...made.robots].every(([, each]) => Object.isFrozen(each) && Object.isFrozen(each.pose)),
    ).toBeTrue()
    expect(some.size).toBe(4)
  })

  test('adds at the end where "before" names nobody', () => {
    const made = apply({ op: 'add', path: '/robots/e', value: robot(4), before: 'gone' })
    expect([...made.robots.ids()]).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('tests a whole collection, its order too, also one that was written into', () => {
    const write = { op: 'replace', path: '/robots/a/battery', value: 5 }
    const same = some.set('a', { ...robot(5) })
    expect([...apply(write, { op: 'test', path: '/robots', value: same }).robots]).toEqual([...same])
    expect(() => apply({ op: 'test', path: '/robots', value: robots('b', 'a', 'c', 'd') })).toThrow(
      'another value',
    )
  })

  test.each([
    [
      { op: 'add', path: '/robots/e', value: undefined },
      'an entity of a collection is any value but undefined',
    ],
    [
      { op: 'replace', path: '/robots/a', value: undefined },
      'an entity of a collection is any value but undefined',
    ],
    [{ op: 'remove', path: '/robots/zz' }, 'there is nothing at that path'],
    [{ op: 'replace', path: '/robots/zz/battery', value: 1 }, 'there is nothing at that path'],
  ])('refuses %j', (operation, message) => {
    expect(() => apply(operation)).toThrow(message)
  })

  test('puts many between others in time', () => {
    const large = collection(Array.from({ length: 20_000 }, (_, n): [string, number] => [`r${n}`, n]))
    let rest: Collection<number> = large
    for (let n = 0; n < 20_000; n += 3) rest = rest.remove(`r${n}`)
    const made = applyDelta(rest, diff(rest, large))
    expect([...made]).toEqual([...large])
  })
})
