import { describe, expect, test } from '@jest/globals'
import { produce } from 'immer'
import { applyDelta, type Delta, diff } from '../../src/delta/index.ts'
import { createStore } from '../../src/store/index.ts'

const frozen = produce({ a: { x: 1, y: { z: 1 } }, list: [{ n: 0 }, { n: 1 }], log: ['l'] }, () => {})
const apply = (delta: unknown, state: unknown = frozen): unknown => applyDelta(state, delta as Delta)

describe('applyDelta', () => {
  test('returns the state itself for a delta of nothing', () => {
    expect(applyDelta(frozen, [])).toBe(frozen)
  })

  test('keeps the identity of what is on no path, and freezes what it copies', () => {
    const next = applyDelta(frozen, [{ op: 'replace', path: '/a/x', value: 2 }])
    expect(next).toEqual({ ...frozen, a: { ...frozen.a, x: 2 } })
    expect(next.a.y).toBe(frozen.a.y)
    expect(next.list).toBe(frozen.list)
    expect([Object.isFrozen(next), Object.isFrozen(next.a)]).toEqual([true, true])
  })

  test('copies each parent once', () => {
    let copies = 0
    const part = new Proxy(
      { x: 0, y: 0, z: 0 },
      {
        ownKeys: (target) => {
          copies += 1
          return Reflect.ownKeys(target)
        },
      },
    )
    const delta = ['x', 'y', 'z'].map((key) => ({ op: 'replace', path: `/part/${key}`, value: 1 }))
    expect(apply(delta, { part })).toEqual({ part: { x: 1, y: 1, z: 1 } })
    expect(copies).toBe(1)
  })

  test('does all or nothing', () => {
    const delta = [
      { op: 'replace', path: '/a/x', value: 9 },
      { op: 'add', path: '/list/0', value: 9 },
      { op: 'remove', path: '/gone' },
    ]
    const before = JSON.stringify(frozen)
    expect(() => apply(delta)).toThrow('Operation 2 of a delta, at "/gone", was refused')
    expect(JSON.stringify(frozen)).toBe(before)
  })

  test('changes nothing that is not frozen either', () => {
    const state = { a: { x: 1 }, list: [1, 2] }
    applyDelta(state, [
      { op: 'replace', path: '/a/x', value: 2 },
      { op: 'add', path: '/list/0', value: 0 },
    ])
    expect(state).toEqual({ a: { x: 1 }, list: [1, 2] })
  })

  test('writes into a value of the delta without changing the delta', () => {
    const delta: Delta = [
      { op: 'add', path: '/new', value: { deep: { n: 1 } } },
      { op: 'replace', path: '/new/deep/n', value: 2 },
    ]
    expect(apply(delta)).toHaveProperty('new', { deep: { n: 2 } })
    expect(delta[0]).toEqual({ op: 'add', path: '/new', value: { deep: { n: 1 } } })
  })

  test('copies so that a later write reaches one of the two', () => {
    const next = apply([
      { op: 'replace', path: '/a/x', value: 5 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/b/y/z', value: 6 },
    ])
    expect(next).toMatchObject({ a: { x: 5, y: { z: 1 } }, b: { x: 5, y: { z: 6 } } })
  })

  test('moves a value that was written into', () => {
    const next = apply([
      { op: 'replace', path: '/a/x', value: 5 },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'replace', path: '/b/x', value: 6 },
    ])
    expect(next).toEqual({ list: frozen.list, log: frozen.log, b: { x: 6, y: { z: 1 } } })
    expect(Object.isFrozen((next as { b: object }).b)).toBeTrue()
  })

  test('tests Map, Set and Date by what they hold', () => {
    const state = { m: new Map([['k', [1]]]), s: new Set([1]), d: new Date(5) }
    const same = { m: new Map([['k', [1]]]), s: new Set([1]), d: new Date(5) }
    expect(apply([{ op: 'test', path: '', value: same }], state)).toBe(state)
    for (const value of [
      { ...same, m: new Map() },
      { ...same, s: new Set([2]) },
      { ...same, d: new Date(6) },
    ]) {
      expect(() => apply([{ op: 'test', path: '', value }], state)).toThrow('another value is there')
    }
  })

  test('takes __proto__, constructor and inherited names for keys like others', () => {
    for (const path of ['/__proto__/polluted', '/constructor/prototype/polluted', '/toString/polluted']) {
      expect(() => apply([{ op: 'add', path, value: true }])).toThrow(
        'there is no object, list or collection',
      )
    }
    expect(() => apply([{ op: 'remove', path: '/toString' }])).toThrow('there is nothing at that path')
    const next = apply([{ op: 'add', path: '/__proto__', value: { polluted: true } }]) as object
    expect(Object.getPrototypeOf(next)).toBe(Object.prototype)
    expect(Object.hasOwn(next, '__proto__')).toBeTrue()
    expect({}).not.toHaveProperty('polluted')
  })

  test.each<[name: string, delta: unknown, message: string]>([
    ['a list that is none', 7, 'Expected "delta" to be a list of operations, got 7 (number).'],
    [
      'an operation that is none',
      [null],
      'at "", was refused, and nothing was changed: expected an operation, got null.',
    ],
    ['an unknown one', [{ op: 'spam', path: '/a' }], 'there is no operation "spam" (string)'],
    [
      'a path that is none',
      [{ op: 'remove', path: 'a' }],
      'expected a "path" that is a JSON Pointer, got "a" (string)',
    ],
    ['a bad escape', [{ op: 'remove', path: '/a~2' }], 'expected a "path" that is a JSON Pointer'],
    [
      'a from that is none',
      [{ op: 'move', path: '/a' }],
      'expected a "from" that is a JSON Pointer, got undefined',
    ],
    ['a missing value', [{ op: 'add', path: '/b' }], 'add has no "value"'],
    ['a missing from', [{ op: 'copy', from: '/zz', path: '/b' }], 'there is nothing at "/zz"'],
    [
      'the end of a list to replace',
      [{ op: 'replace', path: '/list/-', value: 1 }],
      'there is nothing at that path',
    ],
    ['an index too high', [{ op: 'add', path: '/list/3', value: 1 }], '3 is behind the end of a list of 2'],
    ['an index that is none', [{ op: 'add', path: '/list/01', value: 1 }], '"01" is no index of a list'],
    [
      'a way into a text',
      [{ op: 'add', path: '/log/0/x', value: 1 }],
      'there is no object, list or collection',
    ],
    ['a move into itself', [{ op: 'move', from: '/a', path: '/a/y' }], '"/a" cannot be moved into itself'],
    ['a state that would be gone', [{ op: 'remove', path: '' }], 'a state is any value but undefined'],
    [
      'a state that would be undefined',
      [{ op: 'replace', path: '', value: undefined }],
      'a state is any value but undefined',
    ],
  ])('refuses %s', (_, delta, message) => {
    expect(() => apply(delta)).toThrow(message)
  })

  test('refuses a value that contains itself', () => {
    const value: { self?: unknown } = {}
    value.self = value
    expect(() => apply([{ op: 'add', path: '/b', value }])).toThrow(
      'applyDelta() on a delta was refused, and nothing was written: the value leads back to itself',
    )
  })

  test('makes of the snapshots of one store those of another', () => {
    const store = createStore({ robots: { r1: { battery: 9 }, r2: { battery: 8 } }, log: [] as string[] })
    const mirror = createStore(store.state)
    let last = store.state
    store.subscribe(({ state }) => {
      mirror.set(applyDelta(mirror.state, diff(last, state)))
      last = state
    })
    store.update((draft) => {
      draft.robots.r1.battery = 3
    })
    store.update((draft) => {
      draft.log.unshift('low')
    })
    expect(mirror.state).toEqual(store.state)
    expect(mirror.state.robots.r2).toBe(store.state.robots.r2)
  })
})
