import { describe, expect, test } from '@jest/globals'
import { collection } from '../../src/index.ts'
import { DEPTH_MAX, ENTRIES_MAX, PlainForms, TEXT_MAX, VALUES_MAX } from '../../src/inspector/plain.ts'

const plain = (value: unknown): unknown => new PlainForms().of(value)

class Pose {
  readonly x = 1
}

describe('PlainForms', () => {
  test('leaves alone what JSON has', () => {
    const state = { a: [1, 'x', true, null], b: { c: -2.5 } }
    expect(plain(state)).toEqual(state)
  })

  test.each([
    ['a date', new Date(0), { $: 'Date', text: '1970-01-01T00:00:00.000Z' }],
    ['a date that is none', new Date(Number.NaN), { $: 'Date', text: 'invalid' }],
    ['what is not a number', Number.NaN, { $: 'number', text: 'NaN' }],
    ['infinity', Number.POSITIVE_INFINITY, { $: 'number', text: 'Infinity' }],
    ['a bigint', 5n, { $: 'bigint', text: '5' }],
    ['undefined', undefined, { $: 'undefined', text: '' }],
    ['a symbol', Symbol('s'), { $: 'symbol', text: 'Symbol(s)' }],
    ['a function', function move() {}, { $: 'function', text: 'move' }],
    ['an error', new TypeError('no'), { $: 'TypeError', text: 'no' }],
    ['bytes', new Uint8Array(3), { $: 'Uint8Array', text: '3 bytes' }],
  ])('says in words what %s is', (_, value, expected) => {
    expect(plain({ value })).toEqual({ value: expected })
  })

  test('shows maps, sets, collections and instances by what they hold', () => {
    const state = {
      map: new Map([['k', 1]]),
      set: new Set([1, 2]),
      robots: collection([['r1', { battery: 90 }]]),
      pose: new Pose(),
    }
    expect(plain(state)).toEqual({
      map: { k: 1 },
      set: [1, 2],
      robots: { r1: { battery: 90 } },
      pose: { x: 1 },
    })
  })

  test('takes __proto__ for a key', () => {
    const form = plain(JSON.parse('{"__proto__":{"polluted":1}}')) as object
    expect(Object.keys(form)).toEqual(['__proto__'])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  test('throws for nothing: a getter that does is a text', () => {
    const state = {
      bad: Object.defineProperty({}, 'x', {
        enumerable: true,
        get() {
          throw new Error('not today')
        },
      }),
    }
    expect(plain(state)).toEqual({ bad: { $: 'unreadable', text: 'not today' } })
  })

  test('ends where a value contains itself', () => {
    const state: { self?: unknown } = {}
    state.self = state
    expect(plain(state)).toEqual({ self: { $: 'cut', text: 'contains itself' } })
    const wide: Record<string, unknown> = {}
    for (const key of ['a', 'b', 'c']) wide[key] = { back: wide, list: [wide, wide] }
    expect(JSON.stringify(plain(wide)).length).toBeLessThan(1_000)
  })

  test('is as large as it may be where branches are there many times', () => {
    const forms = new PlainForms()
    let state: unknown = { n: 1 }
    for (let level = 0; level < 40; level += 1) state = { one: state, other: state }
    for (let round = 0; round < 3; round += 1) {
      const text = JSON.stringify(forms.of(state))
      expect(text).toContain('too much')
      expect(text.length).toBeLessThan(VALUES_MAX * 40)
    }
    expect(forms.of({ one: 1, same: [{ n: 1 }] })).toEqual({ one: 1, same: [{ n: 1 }] })
  })

  test('shows no more of a large state the more often it is looked at', () => {
    const forms = new PlainForms()
    const rows = Array.from({ length: 900 }, () => Array.from({ length: 100 }, (_, i) => i))
    const first = JSON.stringify(forms.of(rows))
    expect(JSON.stringify(forms.of(rows))).toBe(first)
  })

  test('cuts and counts what is too long, too large or too deep', () => {
    expect(plain('x'.repeat(TEXT_MAX + 5))).toMatch(/… \(2005 characters\)$/)
    expect((plain(new Array(ENTRIES_MAX + 7).fill(0)) as unknown[]).at(-1)).toEqual({
      $: 'cut',
      text: '7 more',
    })
    const wide = Object.fromEntries(Array.from({ length: ENTRIES_MAX + 3 }, (_, i) => [`k${i}`, i]))
    expect(plain(wide)).toHaveProperty('…', { $: 'cut', text: '3 more' })
    let deep: unknown = 0
    for (let level = 0; level < DEPTH_MAX + 5; level += 1) deep = { deep }
    expect(JSON.stringify(plain(deep))).toContain('too deep')
  })

  test('makes no more values at a time than it may', () => {
    const rows = Array.from({ length: 900 }, () => Array.from({ length: 100 }, (_, i) => i))
    const cells = (plain(rows) as unknown[]).flat().length
    expect(cells).toBeGreaterThan(VALUES_MAX - 2_000)
    expect(cells).toBeLessThan(VALUES_MAX + 2_000)
  })

  test('gives the same object for a branch that has not changed', () => {
    const forms = new PlainForms()
    const pose = { x: 1 }
    const one = forms.of({ pose, n: 1 }) as { pose: unknown }
    const other = forms.of({ pose, n: 2 }) as { pose: unknown }
    expect(other.pose).toBe(one.pose)
  })
})
