import { describe, expect, test } from '@jest/globals'
import { collection, placesOf } from '../../../src/collection/index.ts'
import { ChildrenByPlace } from '../../../src/store/select/children.ts'

const child = (key: unknown): { readonly key: unknown } => ({ key })

describe('children by the places of a collection', () => {
  test('are found by id and by place, those of ids that it has, had, gets later, and never has', () => {
    const first = collection([
      ['a', 1],
      ['b', 2],
    ])
    const places = placesOf(first)
    const children = new ChildrenByPlace<{ readonly key: unknown }>(places)
    const keys = ['a', 'b', 'later', 'never', 5]
    for (const key of keys) children.set(key, child(key))
    const after = first.remove('a').set('a', 3).set('later', 4)
    expect(placesOf(after)).toBe(places)
    expect(keys.map((key) => children.get(key)?.key)).toEqual(keys)
    const known = ['a', 'b', 'later'].map((id) => children.at(places.placeOf(id) ?? -1)?.key)
    expect(known).toEqual(['a', 'b', 'later'])
    expect(children.values().map(({ key }) => key)).toIncludeSameMembers(keys)
    expect(children.size).toBe(5)
  })

  test('are replaced, and go', () => {
    const children = new ChildrenByPlace<{ readonly key: unknown }>(placesOf(collection([['a', 1]])))
    for (const key of ['a', 'b']) children.set(key, child(key))
    const other = child('a')
    children.set('a', other)
    expect([children.get('a'), children.size]).toEqual([other, 2])
    expect(children.get('a')).toBe(other)
    for (const key of ['a', 'a', 'b', 'c']) children.delete(key)
    expect([children.size, children.get('a'), children.get('b'), children.values()]).toEqual([
      0,
      undefined,
      undefined,
      [],
    ])
  })

  test('move to the places of another collection', () => {
    const first = new ChildrenByPlace<{ readonly key: unknown }>(placesOf(collection([['a', 1]])))
    for (const key of ['a', 'b']) first.set(key, child(key))
    const places = placesOf(
      collection([
        ['x', 1],
        ['b', 2],
      ]),
    )
    const moved = new ChildrenByPlace(places, first)
    expect([moved.at(0), moved.at(1)?.key, moved.get('a')?.key, moved.size]).toEqual([undefined, 'b', 'a', 2])
  })
})
