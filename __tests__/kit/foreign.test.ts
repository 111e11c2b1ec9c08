import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { deferredOf, describeValue, isPromiseLike, messageOf } from '../../src/kit/index.ts'

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const throwing = (key: string): object =>
  Object.defineProperty({}, key, {
    get() {
      throw new Error(`nobody reads ${key}`)
    },
  })

/** Values that break whoever looks at them without care. */
const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['a revoked proxy', revoked()],
  ['an object without prototype', Object.create(null)],
  ['a toString that throws', { toString: () => messageOf(revoked) && throwing('x').valueOf() }],
  ['a message that throws', throwing('message')],
  ['a then that throws', throwing('then')],
  ['a tag that throws', throwing(Symbol.toStringTag as never)],
  ['a symbol', Symbol('s')],
]

describe('messageOf', () => {
  test.each([
    [new Error('broken'), 'broken'],
    [runInNewContext('new Error("of another realm")'), 'of another realm'],
    [{ message: 'no error, but it has one' }, 'no error, but it has one'],
    [Object.assign(new Error('x'), { message: { not: 'a string' } }), 'Error: [object Object]'],
    ['thrown text', 'thrown text'],
    [undefined, 'undefined'],
    [7n, '7'],
    [Object.create(null), 'a value that cannot be printed'],
    [revoked(), 'a value that cannot be printed'],
  ])('is always a string, case %#', (error: unknown, message) => {
    expect(messageOf(error)).toBe(message)
  })
})

describe('deferredOf', () => {
  test.each([
    ['an async function', (async () => 1)(), 'a promise'],
    ['a promise that rejects', Promise.reject(new Error('nobody listens')), 'a promise'],
    ['a promise of another realm', runInNewContext('Promise.resolve(1)'), 'a promise'],
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is looked at
    ['a thenable whose then throws', { then: () => throwing('x').valueOf() }, 'a promise'],
    ['a generator', (function* () {})(), 'a generator'],
    ['an async generator', (async function* () {})(), 'a generator'],
    ['a plain object', {}, undefined],
    ['a Map iterator', new Map().entries(), undefined],
    ['a function', () => {}, undefined],
    ['nothing', undefined, undefined],
  ])('finds what %s returned', (_what, result: unknown, deferred) => {
    expect(deferredOf(result)).toBe(deferred)
  })
})

describe('describeValue', () => {
  test.each([
    ['abc', '"abc" (string)'],
    ['say "hi"', '"say \\"hi\\"" (string)'],
    [0, '0 (number)'],
    [Number.NaN, 'NaN (number)'],
    [3n, '3 (bigint)'],
    [true, 'true (boolean)'],
    [Symbol('s'), 'Symbol(s) (symbol)'],
    [null, 'null'],
    [undefined, 'undefined'],
    [() => {}, 'a function'],
    [[1], 'an array'],
    [{ a: 1 }, 'an object'],
    [Object.create(null), 'an object'],
    [revoked(), 'an object'],
  ])('says what a value is, case %#', (value: unknown, words) => {
    expect(describeValue(value)).toBe(words)
  })
})

describe('whatever the value is', () => {
  test.each(HOSTILE)('%s makes nothing throw', (_what, value) => {
    for (const look of [messageOf, describeValue, deferredOf, isPromiseLike]) {
      expect(() => look(value)).not.toThrow()
    }
  })
})
