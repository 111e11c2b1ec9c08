import { describe, expect, test } from '@jest/globals'
import { collection } from '../../../src/collection/index.ts'
import { valueAt, valueBelow } from '../../../src/store/select/path.ts'

const symbol = Symbol('key')

describe('valueBelow', () => {
  test.each<[string, unknown, unknown, unknown]>([
    ['an object', { a: 1 }, 'a', 1],
    ['an object, by a number', { 5: 'five' }, 5, 'five'],
    ['an object, by a symbol', { [symbol]: 1 }, symbol, 1],
    ['an array', ['a', 'b'], 1, 'b'],
    ['an array that is shorter', ['a'], 1, undefined],
    ['a Map', new Map([['a', 1]]), 'a', 1],
    ['a Map, whose keys are not converted', new Map([['5', 1]]), 5, undefined],
    ['a Map, never its own properties', new Map(), 'size', undefined],
    ['a collection', collection([['a', 1]]), 'a', 1],
    ['a collection, whose ids are strings', collection([['5', 1]]), 5, undefined],
    ['a collection, never its own properties', collection(), 'size', undefined],
    ['a key that is absent', {}, 'a', undefined],
    ['an object, never what it inherits', {}, 'constructor', undefined],
    ['an object, never its prototype', {}, '__proto__', undefined],
    ['an array, its length', ['a', 'b'], 'length', 2],
    ['an array, never what it inherits', ['a'], 'push', undefined],
    ['a Set, its size', new Set(['a', 'b']), 'size', 2],
    ['a Set, a member', new Set([5]), 5, 5],
    ['a Set, what is no member', new Set([5]), '5', undefined],
    ['undefined', undefined, 'a', undefined],
    ['null', null, 'a', undefined],
    ['a string, of which nothing is a part', 'text', 'length', undefined],
    ['a number', 5, 'toFixed', undefined],
  ])('of %s', (_name, container, key, value) => {
    expect(valueBelow(container, key)).toBe(value)
  })
})

describe('valueAt', () => {
  test('follows a path of any mixture, and is undefined where it ends early', () => {
    const root = { robots: new Map([['r1', { poses: [{ x: 1 }] }]]) }
    expect(valueAt(root, [])).toBe(root)
    expect(valueAt(root, ['robots', 'r1', 'poses', 0, 'x'])).toBe(1)
    expect(valueAt(root, ['robots', 'r2', 'poses', 0, 'x'])).toBeUndefined()
    expect(valueAt({ robots: collection([['r1', { x: 1 }]]) }, ['robots', 'r1', 'x'])).toBe(1)
    expect(valueAt(undefined, ['robots'])).toBeUndefined()
  })
})
