import { describe, expect, test } from '@jest/globals'
import { toJSON } from '../../src/codec/index.ts'
import { collection } from '../../src/collection/index.ts'
import { applyDelta, type Delta, deltaFromJSON, deltaPays, deltaToJSON, diff } from '../../src/delta/index.ts'
import { createStore } from '../../src/store/index.ts'

const RICH = {
  at: new Date(0),
  seen: 5n,
  none: undefined,
  nan: Number.NaN,
  minus: -0,
  map: new Map([['k', new Set([1])]]),
  bytes: Uint8Array.of(1, 2),
  robots: collection([['r1', { battery: 1 }]]),
  own: { $headgate: 'mine' },
}
const through = (delta: Delta): Delta => deltaFromJSON(JSON.stringify(deltaToJSON(delta)))

describe('deltaToJSON', () => {
  test('writes values as the codec writes those of a snapshot', () => {
    const { state } = toJSON({ ...createStore(0).snapshot, state: RICH })
    expect(deltaToJSON([{ op: 'replace', path: '', value: RICH }])).toEqual([
      { op: 'replace', path: '', value: state },
    ])
  })

  test('comes back with every value that a state may hold', () => {
    const delta = diff<object>({ k: 1 }, { k: 1, ...RICH })
    expect(applyDelta<object>({ k: 1 }, through(delta))).toEqual({ k: 1, ...RICH })
    expect(through(delta)).toEqual(delta)
  })

  test('shares what is plain JSON', () => {
    const delta: Delta = [
      { op: 'add', path: '/a', value: { x: 1 } },
      { op: 'remove', path: '/b' },
    ]
    expect(deltaToJSON(delta)[0]).toBe(delta[0])
    expect(through(delta)).toEqual(delta)
  })

  test('keeps where an entity stands', () => {
    const delta: Delta = [{ op: 'add', path: '/a', value: 1, before: 'b' }]
    expect(through(delta)).toEqual(delta)
  })

  test('refuses what JSON cannot hold, with its place', () => {
    const delta: Delta = [{ op: 'add', path: '/a/b', value: { f: [() => 1] } }]
    expect(() => deltaToJSON(delta)).toThrow(
      'Expected the value at "/a/b"["f"][0] to be a value, got a function. Keep it beside the state.',
    )
  })
})

describe('deltaFromJSON', () => {
  test('freezes what it reads, and leaves out members that no operation has', () => {
    const delta = deltaFromJSON([{ op: 'add', path: '/a', value: { x: [1] }, note: 1 }])
    expect(delta).toEqual([{ op: 'add', path: '/a', value: { x: [1] } }])
    expect([delta, delta[0], (delta[0] as { value: object }).value].every(Object.isFrozen)).toBeTrue()
  })

  test.each<[name: string, json: unknown, message: string]>([
    ['text that is none', '[{', 'Expected the delta to be JSON text, got a text that is none.'],
    ['no list', '{}', 'Expected "delta" to be a list of operations, got an object.'],
    ['no operation', [1], 'Expected delta[0] to be an operation, got 1 (number). Correct the sender'],
    [
      'a path that is no text',
      [{ op: 'add', path: 1 }],
      'Expected delta[0].path to be a string, got 1 (number).',
    ],
    [
      'a tag that is none',
      [{ op: 'add', path: '/a', value: { $headgate: 'Robot' } }],
      'Expected delta[0].value to be an object whose "$headgate" this version knows, got "Robot" (string).',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => deltaFromJSON(json)).toThrow(message)
  })

  test('reads no more than its limits', () => {
    const text = JSON.stringify([{ op: 'add', path: '/a', value: [1, 2, 3] }])
    expect(() => deltaFromJSON(text, { bytesMax: 10 })).toThrow('at most 10 characters')
    expect(() => deltaFromJSON(text, { valuesMax: 3 })).toThrow('at most 3 values in JSON')
    expect(deltaFromJSON(text, { valuesMax: 5 })).toHaveLength(1)
  })
})

describe('deltaPays', () => {
  test('holds up to half of the length of the state', () => {
    expect([deltaPays('12345', '1234567890'), deltaPays('123456', '1234567890')]).toEqual([true, false])
    expect(deltaPays(new Uint8Array(1), { length: 4 })).toBeTrue()
  })
})
