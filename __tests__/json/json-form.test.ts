import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { collection } from '../../src/collection/index.ts'
import { toJsonForm, toJsonText } from '../../src/json/json-form.ts'
import { fromJsonForm } from '../../src/json/json-revive.ts'
import { isPlainObject } from '../../src/json/json-value.ts'
import { Budget, JSON_DEPTH_MAX } from '../../src/json/limits.ts'
import { refusal } from '../codec/support/samples.ts'

class Pose {
  x = 1
}
class Poses extends Array<number> {}

const cycle: { self?: unknown } = {}
cycle.self = [cycle]
const inMap = new Map<string, unknown>()
inMap.set('a', inMap)

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i += 1) value = [value]
  return value
}
const nestedMaps = (depth: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i += 1) value = new Map([['k', value]])
  return value
}

const read = (form: unknown, isTagged = true): unknown =>
  fromJsonForm(form, 'v', { budget: new Budget(), isTagged })
const throughForm = (value: unknown): unknown => read(JSON.parse(JSON.stringify(toJsonForm(value, 'v').form)))
const throughText = (value: unknown): unknown => read(JSON.parse(toJsonText(value, 'v').text))

const FIELDS = 'Put plain data in its place: its fields, or what its toJSON() or String() gives.'
const ITSELF = 'a value without cycles, got an object that contains itself. Refer to it by an id.'

/** What has no form, with the sentence. */
const REFUSED: [name: string, value: unknown, sentence: string][] = [
  ['a function', { f: () => 1 }, 'Expected v["f"] to be a value, got a function. Keep it beside the state.'],
  [
    'a symbol',
    [Symbol('s')],
    'Expected v[0] to be a value, got Symbol(s) (symbol). Put a string in its place.',
  ],
  // biome-ignore lint/suspicious/noSparseArray: the hole is the point
  ['a hole', [1, , 2], 'Expected v[1] to be an element, got a hole. Put null into it.'],
  [
    'a property of an array',
    Object.assign([1], { a: 1 }),
    'Expected v to be an array without other properties, got one with some. Put an object in its place.',
  ],
  [
    'a property of a Map',
    { m: Object.assign(new Map(), { a: 1 }) },
    'Expected v["m"] to be a Map without other properties, got one with some. Put an object in its place.',
  ],
  [
    'an array of a class',
    Poses.of(1),
    'Expected v to be a plain array, got one of a class. Put [...it] in its place.',
  ],
  ['a cycle', cycle, `Expected v["self"][0] to be ${ITSELF}`],
  ['a cycle of Maps', inMap, `Expected v["a"] to be ${ITSELF}`],
  ['an object of a class', new Pose(), `Expected v to be a value, got an instance of Pose. ${FIELDS}`],
  [
    'a class that claims to be a Map',
    new (class Fake {
      [Symbol.toStringTag] = 'Map'
    })(),
    `Expected v to be a value, got an instance of Fake. ${FIELDS}`,
  ],
  ['a Buffer', { b: Buffer.of(1) }, `Expected v["b"] to be a value, got an instance of Buffer. ${FIELDS}`],
  ['a boxed number', Object(1), `Expected v to be a value, got an instance of Number. ${FIELDS}`],
  ['a RegExp', /a/, `Expected v to be a value, got an instance of RegExp. ${FIELDS}`],
  [
    'a key that is a symbol',
    { [Symbol('s')]: 1 },
    'Expected v to be keyed by strings, got a symbol among its keys. Put a string in its place.',
  ],
  [
    'a deep value',
    nested(100_000),
    `Expected v${'[0]'.repeat(50)}…${'[0]'.repeat(50)} to be nested at most 500 deep, got a deeper one. Keep its parts in a list, by id.`,
  ],
]

/** Anything that a state may hold. */
const { state: anything } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(undefined, null, true, Number.NaN, Infinity, -Infinity, -0, '$headgate', '\ud800'),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.float32Array(),
    fc.uint8Array(),
    fc.bigInt64Array(),
  ),
  map: fc.array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('state')), { maxLength: 3 }),
  state: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.array(tie('state'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$headgate', '__proto__', 'value')), tie('state'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    tie('map').map((entries) => new Map(entries as [unknown, unknown][])),
    fc.array(tie('leaf'), { maxLength: 3 }).map((items) => new Set(items)),
    fc
      .dictionary(fc.string(), tie('state'), { maxKeys: 3, noNullPrototype: true })
      .map((record) => collection(Object.entries(record).filter(([, entity]) => entity !== undefined))),
  ),
}))

describe.each([
  ['toJsonForm', toJsonForm, throughForm],
  ['toJsonText', toJsonText, throughText],
])('%s', (_name, take: (value: unknown, root: string) => unknown, through: (value: unknown) => unknown) => {
  test.each(REFUSED)('refuses %s', (_what, value, sentence) => {
    expect(refusal(() => take(value, 'v'))).toBe(sentence)
  })

  test('brings back whatever a state may hold', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(through(value)).toStrictEqual(value)
      }),
    )
  })

  test('takes values of another realm, without a prototype, and used twice', () => {
    const shared = Object.assign(Object.create(null), { a: 1 })
    const foreign = runInNewContext('({ b: [1, new Map([[new Date(0), new Set([new Uint8Array(2)])]])] })')
    expect(through([shared, shared, foreign])).toEqual([
      { a: 1 },
      { a: 1 },
      { b: [1, new Map([[new Date(0), new Set([new Uint8Array(2)])]])] },
    ])
  })

  test.each([
    ['arrays', nested],
    ['Maps', nestedMaps],
  ])('writes and reads %s of one depth', (_what, make) => {
    expect(through(make(JSON_DEPTH_MAX))).toStrictEqual(make(JSON_DEPTH_MAX))
    expect(refusal(() => take(make(JSON_DEPTH_MAX + 1), 'v'))).toContain('nested at most 500 deep')
  })
})

describe('toJsonForm', () => {
  test('shares what JSON holds, and writes the rest beside a tag', () => {
    const value = { a: [{ b: 1 }], at: new Date(0) }
    const { form, isTagged } = toJsonForm(value, 'v')
    expect(isTagged).toBe(true)
    expect(form).toEqual({ a: [{ b: 1 }], at: { $headgate: 'Date', value: '1970-01-01T00:00:00.000Z' } })
    expect((form as typeof value).a).toBe(value.a)
    expect(toJsonForm(value.a, 'v')).toEqual({ form: value.a, isTagged: false })
  })
})

describe('toJsonText', () => {
  test('keeps -0 without a tag', () => {
    expect(toJsonText({ b: -0, c: [-0, { d: 'e' }] }, 'v')).toEqual({
      text: '{"b":-0,"c":[-0,{"d":"e"}]}',
      isTagged: false,
    })
  })
})

describe('fromJsonForm', () => {
  test('freezes every level that can be, also Maps and Sets', () => {
    const value = throughForm({ m: new Map([['a', { b: [1] }]]), s: new Set([1]) }) as {
      m: Map<string, { b: number[] }>
      s: Set<number>
    }
    expect([value, value.m.get('a'), value.m.get('a')?.b].every(Object.isFrozen)).toBe(true)
    expect(() => value.m.set('x', { b: [] })).toThrow()
    expect(() => value.s.add(2)).toThrow()
  })

  test('takes a tag for data where there were none yet', () => {
    expect(read({ $headgate: 'Map', value: [] }, false)).toEqual({ $headgate: 'Map', value: [] })
  })

  const bad = 'Correct the sender of the message.'
  test.each<[unknown, string]>([
    [JSON.parse('[1e999]'), 'Expected v[0] to be a finite number, got Infinity (number).'],
    [{ a: undefined }, 'Expected v["a"] to be a value of JSON, got undefined.'],
    [[new Date(0)], 'Expected v[0] to be a value of JSON, got an instance of Date.'],
    [
      { $headgate: 'Url' },
      'Expected v to be an object whose "$headgate" this version knows, got "Url" (string).',
    ],
    [
      { $headgate: 'number', value: '1' },
      'Expected v to be NaN, Infinity, -Infinity or -0, got "1" (string).',
    ],
    [
      { $headgate: 'bigint', value: '0x1' },
      'Expected v to be a decimal integer of at most 100000 digits, got "0x1" (string).',
    ],
    [
      { $headgate: 'Date', value: '2026' },
      'Expected v to be a time as Date.toISOString() writes it, got "2026" (string).',
    ],
    [
      {
        $headgate: 'Map',
        value: [
          ['a', 1],
          ['a', 2],
        ],
      },
      'Expected v to be a list without twins, got an array.',
    ],
    [{ $headgate: 'Set', value: [1, 1] }, 'Expected v to be a list without twins, got an array.'],
    [
      {
        $headgate: 'collection',
        value: [
          ['a', 1],
          ['a', 2],
        ],
      },
      'Expected v to be a list without twins, got an array.',
    ],
    [
      { $headgate: 'collection', value: [[1, 2]] },
      'Expected v[0] to be an id that is a string, and an entity, got an array.',
    ],
    [{ $headgate: 'Map', value: [[1]] }, 'Expected v[0] to be an entry of two, got an array.'],
    [{ $headgate: 'Map', value: 5 }, 'Expected v to be a list, got 5 (number).'],
    [
      { $headgate: 'Uint8Array', value: [256] },
      'Expected v to be a list of what a Uint8Array holds, got an array.',
    ],
    [
      { $headgate: 'Int8Array', value: ['1'] },
      'Expected v to be a list of what a Int8Array holds, got an array.',
    ],
    [{ $headgate: 'object', value: 1 }, 'Expected v to be an object, got 1 (number).'],
  ])('refuses what is never written: case %#', (form, sentence) => {
    expect(refusal(() => read(form))).toBe(`${sentence} ${bad}`)
  })

  test('whatever it reads can be written again', () => {
    const tag = fc.record(
      {
        $headgate: fc.constantFrom('Map', 'Set', 'Date', 'number', 'object', 'Uint8Array'),
        value: fc.jsonValue(),
      },
      { requiredKeys: ['$headgate'] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), tag, fc.array(tag)), (form) => {
        let value: unknown
        try {
          value = read(form)
        } catch (error) {
          expect(error).toMatchObject({ code: 'CODEC_INVALID' })
          return
        }
        // By their texts: jest finds no two invalid dates equal.
        expect(toJsonText(throughText(value), 'v')).toEqual(toJsonText(value, 'v'))
      }),
    )
  })
})

describe('isPlainObject', () => {
  test('is false for an object that inherits from one without a prototype', () => {
    expect(isPlainObject(Object.create(Object.create(null)))).toBe(false)
  })
})
