import { describe, expect, test } from '@jest/globals'
import { collection, placesOf } from '../../src/collection/index.ts'

const value = (key: unknown): { readonly key: unknown } => ({ key })

describe('what is kept by the places of a collection', () => {
  test('is found by id and by place, for ids that it has, had, gets later, and never has', () => {
    const first = collection([
      ['a', 1],
      ['b', 2],
    ])
    const places = placesOf(first)
    const kept = places.keyed<{ readonly key: unknown }>()
    const keys = ['a', 'b', 'later', 'never', 5]
    for (const key of keys) kept.set(key, value(key))
    const after = first.remove('a').set('a', 3).set('later', 4)
    expect(placesOf(after)).toBe(places)
    expect(keys.map((key) => kept.get(key)?.key)).toEqual(keys)
    const known = ['a', 'b', 'later'].map((id) => kept.at(places.placeOf(id) ?? -1)?.key)
    expect(known).toEqual(['a', 'b', 'later'])
    expect(kept.values().map(({ key }) => key)).toIncludeSameMembers(keys)
    expect(kept.size).toBe(5)
  })

  test('is replaced, and goes', () => {
    const kept = placesOf(collection([['a', 1]])).keyed<{ readonly key: unknown }>()
    for (const key of ['a', 'b']) kept.set(key, value(key))
    const other = value('a')
    kept.set('a', other)
    expect([kept.get('a'), kept.size]).toEqual([other, 2])
    expect(kept.get('a')).toBe(other)
    for (const key of ['a', 'a', 'b', 'c']) kept.delete(key)
    expect([kept.size, kept.get('a'), kept.get('b'), kept.values()]).toEqual([0, undefined, undefined, []])
  })
})
