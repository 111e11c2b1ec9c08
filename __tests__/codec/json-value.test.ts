import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  frozenCopy,
  isPlainObject,
  JSON_DEPTH_MAX,
  requireExactJson,
  toJsonText,
} from '../../src/codec/json-value.ts'
import { refusal } from './support/samples.ts'

class Pose {
  x = 1
}
class Poses extends Array<number> {}

const cycle: { self?: unknown } = {}
cycle.self = [cycle]

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i += 1) value = [value]
  return value
}

/** What neither form can hold, with the sentence. */
const REFUSED: [name: string, value: unknown, sentence: string][] = [
  ['a function', { f: () => 1 }, 'Expected v["f"] to be a value that JSON can hold, got a function.'],
  ['a symbol', [Symbol('s')], 'Expected v[0] to be a value that JSON can hold, got Symbol(s) (symbol).'],
  ['a BigInt', { a: [1n] }, 'Expected v["a"][0] to be a value that JSON can hold, got 1 (bigint).'],
  ['NaN', Number.NaN, 'Expected v to be a finite number, got NaN (number).'],
  ['Infinity', [0, -Infinity], 'Expected v[1] to be a finite number, got -Infinity (number).'],
  ['undefined in an array', [undefined], 'Expected v[0] to be a value that JSON can hold, got undefined.'],
  // biome-ignore lint/suspicious/noSparseArray: the hole is the point
  ['a hole', [1, , 2], 'Expected v[1] to be an element, got a hole.'],
  [
    'a property of an array',
    Object.assign([1], { a: 1 }),
    'Expected v to be an array without other properties, got one with some.',
  ],
  ['an array of a class', Poses.of(1), 'Expected v to be a plain array, got an instance of Poses.'],
  [
    'a cycle',
    cycle,
    'Expected v["self"][0] to be a value without cycles, got an object that contains itself.',
  ],
  [
    'a Date',
    { at: new Date(0) },
    'Expected v["at"] to be a value that JSON can hold, got an instance of Date.',
  ],
  ['a Map', new Map(), 'Expected v to be a value that JSON can hold, got an instance of Map.'],
  ['a Set', new Set(), 'Expected v to be a value that JSON can hold, got an instance of Set.'],
  ['bytes', new Uint8Array(1), 'Expected v to be a value that JSON can hold, got an instance of Uint8Array.'],
  [
    'an object of a class',
    new Pose(),
    'Expected v to be a value that JSON can hold, got an instance of Pose.',
  ],
  ['a boxed number', Object(1), 'Expected v to be a value that JSON can hold, got an instance of Number.'],
  [
    'a key that is a symbol',
    { [Symbol('s')]: 1 },
    'Expected v to be keyed by strings, got a symbol among its keys.',
  ],
]

const ADVICE = 'Keep it out of the state, or put in its place what JSON can hold.'

describe.each([
  ['requireExactJson', requireExactJson],
  ['toJsonText', toJsonText],
])('%s', (_name, take: (value: unknown, root: string) => unknown) => {
  test.each(REFUSED)('refuses %s', (_what, value, sentence) => {
    expect(refusal(() => take(value, 'v'))).toBe(`${sentence} ${ADVICE}`)
  })

  test('takes values of another realm, without a prototype, and used twice', () => {
    const shared = Object.assign(Object.create(null), { a: 1 })
    take([shared, shared, runInNewContext('({ b: [1, { c: null }] })')], 'v')
  })

  test('bounds the depth', () => {
    take(nested(JSON_DEPTH_MAX), 'v')
    expect(refusal(() => take(nested(JSON_DEPTH_MAX + 1), 'v'))).toContain('nested at most 500 deep')
    expect(refusal(() => take(nested(100_000), 'v'))).toContain('nested at most 500 deep')
  })
})

describe('requireExactJson', () => {
  test.each([
    [undefined, 'v', 'undefined'],
    [{ a: undefined }, 'v["a"]', 'undefined'],
    [[-0], 'v[0]', '-0 (number)'],
  ])('refuses %p, which JSON.stringify would lose', (value, path, received) => {
    const message = refusal(() => requireExactJson(value, 'v'))
    expect(message).toStartWith(`Expected ${path} to be`)
    expect(message).toContain(`got ${received}.`)
  })
})

describe('toJsonText', () => {
  test('leaves out undefined properties and keeps -0', () => {
    expect(toJsonText({ a: undefined, b: -0, c: [-0, { d: 'e' }] }, 'v')).toBe('{"b":-0,"c":[-0,{"d":"e"}]}')
  })

  test('writes what JSON.parse reads back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(toJsonText(value, 'v'))).toEqual(value)
      }),
    )
  })
})

describe('frozenCopy', () => {
  test('copies and freezes every level, and keeps a key __proto__ a key', () => {
    const value = JSON.parse('{"__proto__":{"polluted":[1]},"":2}') as Record<string, unknown>
    const copy = frozenCopy(value)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
    expect(copy).not.toBe(value)
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    const inner = Object.entries(copy)[0]?.[1] as { polluted: unknown }
    expect([copy, inner, inner.polluted].every(Object.isFrozen)).toBe(true)
    expect(value).not.toBeFrozen()
  })
})

describe('isPlainObject', () => {
  test('is false for an object that inherits from one without a prototype', () => {
    expect(isPlainObject(Object.create(Object.create(null)))).toBe(false)
  })
})
