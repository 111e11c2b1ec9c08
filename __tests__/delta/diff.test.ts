import { describe, expect, test } from '@jest/globals'
import { applyDelta, diff } from '../../src/delta/index.ts'
import { HeadgateError } from '../../src/kit/index.ts'

const entity = (n: number) => ({ id: `r${n}`, battery: n, pose: { x: n, y: 0 }, mode: 'IDLE', tags: ['a'] })
const many = (count: number) => Array.from({ length: count }, (_, n) => entity(n))

describe('diff', () => {
  test('writes nothing where nothing differs', () => {
    const state = { a: 1 }
    expect(diff(state, state)).toEqual([])
    expect(diff({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([])
  })

  test('adds, removes and replaces keys', () => {
    expect(diff<object>({ a: 1, b: 2, keep: 0 }, { b: 3, c: 4, keep: 0 })).toEqual([
      { op: 'remove', path: '/a' },
      { op: 'replace', path: '/b', value: 3 },
      { op: 'add', path: '/c', value: 4 },
    ])
  })

  test('replaces the state where it is of another kind', () => {
    expect(diff<unknown>(1, { a: 1 })).toEqual([{ op: 'replace', path: '', value: { a: 1 } }])
    expect(diff<unknown>([1], { a: 1 })).toEqual([{ op: 'replace', path: '', value: { a: 1 } }])
  })

  test('does not walk into what is the same object', () => {
    const part = new Proxy(Object.freeze({ a: 1 }), {
      ownKeys: () => {
        throw new Error('walked')
      },
    })
    expect(diff({ part, n: 1 }, { part, n: 2 })).toEqual([{ op: 'replace', path: '/n', value: 2 }])
  })

  test('of one of 1 000 entities is less than a five-hundredth of the state', () => {
    const from = Object.fromEntries(many(1_000).map((each) => [each.id, each]))
    const to = { ...from, r500: { ...entity(500), battery: 3, mode: 'ACTIVE' } }
    const length = (value: unknown): number => JSON.stringify(value).length
    expect(length(diff(from, to))).toBeLessThan(length(to) / 500)
  })

  test('hands on the values of the later state, and not copies', () => {
    const part = { x: 1 }
    expect(diff<object>({}, { part })[0]).toHaveProperty('value', part)
    expect((diff<object>({}, { part })[0] as { value: unknown }).value).toBe(part)
  })

  test('writes keys as JSON Pointers do', () => {
    expect(diff<object>({ 'a/b': { 'm~n': 1, k: 0 } }, { 'a/b': { 'm~n': 2, k: 0 } })).toEqual([
      { op: 'replace', path: '/a~1b/m~0n', value: 2 },
    ])
  })

  test('replaces a container of which nothing stays by one operation, but not the state', () => {
    expect(diff({ pose: { x: 0, y: 0 }, n: 1 }, { pose: { x: 1, y: 2 }, n: 1 })).toEqual([
      { op: 'replace', path: '/pose', value: { x: 1, y: 2 } },
    ])
    expect(diff({ x: 0, y: 0 }, { x: 1, y: 2 })).toHaveLength(2)
  })

  test('tells 0 from -0, and takes NaN for the same', () => {
    expect(diff({ a: 0, b: Number.NaN }, { a: -0, b: Number.NaN })).toEqual([
      { op: 'replace', path: '/a', value: -0 },
    ])
  })

  test('tells undefined from absent', () => {
    expect(diff<object>({ k: 1 }, { k: 1, a: undefined })).toEqual([
      { op: 'add', path: '/a', value: undefined },
    ])
    expect(diff<object>({ k: 1, a: undefined }, { k: 1 })).toEqual([{ op: 'remove', path: '/a' }])
  })

  test('takes __proto__, constructor and inherited names for keys like others', () => {
    const to = JSON.parse('{"k":1,"__proto__":{"polluted":true},"constructor":2,"toString":3}')
    const made = applyDelta({ k: 1 }, diff<object>({ k: 1 }, to) ?? [])
    expect(Object.keys(made)).toEqual(['k', '__proto__', 'constructor', 'toString'])
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })

  test('takes Map, Set, Date and instances of classes for one value each', () => {
    class Pose {
      x = 1
    }
    const from = { m: new Map([[1, 1]]), s: new Set([1]), d: new Date(0), p: new Pose(), k: 1 }
    const to = { m: new Map([[1, 2]]), s: new Set([2]), d: new Date(1), p: new Pose(), k: 1 }
    expect(diff(from, to).map(({ op, path }) => `${op} ${path}`)).toEqual([
      'replace /m',
      'replace /s',
      'replace /d',
      'replace /p',
    ])
  })

  describe('of lists', () => {
    const list = many(1_000)
    const at = (n: number) => ({ ...entity(n), battery: -1 })

    test.each<[name: string, to: readonly object[], delta: readonly object[]]>([
      ['unshift', [at(-1), ...list], [{ op: 'add', path: '/0', value: at(-1) }]],
      ['push', [...list, at(-1)], [{ op: 'add', path: '/1000', value: at(-1) }]],
      ['shift', list.slice(1), [{ op: 'remove', path: '/0' }]],
      ['pop', list.slice(0, -1), [{ op: 'remove', path: '/999' }]],
      ['splice out', [...list.slice(0, 500), ...list.slice(501)], [{ op: 'remove', path: '/500' }]],
      [
        'splice in',
        [...list.slice(0, 500), at(-1), ...list.slice(500)],
        [{ op: 'add', path: '/500', value: at(-1) }],
      ],
      [
        'splice over',
        [...list.slice(0, 500), at(500), ...list.slice(501)],
        [{ op: 'replace', path: '/500/battery', value: -1 }],
      ],
      [
        'the last to the front',
        [...list.slice(-1), ...list.slice(0, -1)],
        [
          { op: 'add', path: '/0', value: list[999] },
          { op: 'remove', path: '/1000' },
        ],
      ],
      [
        'one out and another changed',
        [...list.slice(1, 700), at(700), ...list.slice(701)],
        [
          { op: 'remove', path: '/0' },
          { op: 'replace', path: '/699/battery', value: -1 },
        ],
      ],
    ])('%s is what it is', (_, to, delta) => {
      expect(diff<readonly object[]>(list, to)).toEqual(delta)
      expect(applyDelta<readonly object[]>(list, delta as never)).toEqual(to)
    })

    test('a field of many items is a field of many items', () => {
      const to = list.map((one) => ({ ...one, battery: 7_000 }))
      expect(diff({ list }, { list: to })).toHaveLength(1_000)
    })

    test('a list that was reordered is replaced', () => {
      const to = [...list].reverse()
      expect(diff({ list, n: 1 }, { list: to, n: 1 })).toEqual([{ op: 'replace', path: '/list', value: to }])
    })

    test('twins keep their places', () => {
      expect(diff(['a', 'a', 'b', 'a'], ['a', 'b', 'a', 'a'])).toEqual([
        { op: 'add', path: '/1', value: 'b' },
        { op: 'remove', path: '/3' },
      ])
    })
  })

  describe('with operationsMax', () => {
    test('gives up above it', () => {
      const [from, to] = [
        { a: 1, b: 1, k: 1 },
        { a: 2, b: 2, k: 1 },
      ]
      expect(diff(from, to, { operationsMax: 2 })).toHaveLength(2)
      expect(diff(from, to, { operationsMax: 1 })).toBeUndefined()
      expect(diff(from, from, { operationsMax: 0 })).toEqual([])
    })

    test.each([-1, 1.5, Number.NaN, '3'])('refuses %p', (operationsMax) => {
      expect(() => diff(1, 2, { operationsMax: operationsMax as number })).toThrow(HeadgateError)
      expect(() => diff(1, 2, { operationsMax: operationsMax as number })).toThrow(
        /^Expected "operationsMax" to be an integer from 0, got /,
      )
    })
  })
})
