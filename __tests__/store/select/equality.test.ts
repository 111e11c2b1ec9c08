import { describe, expect, test } from '@jest/globals'
import { collection, createStore, deepEqual, shallow } from '../../../src/index.ts'

class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}

const leaf = { n: 1 }
const noop = (): void => {}

/** Values of equal content: what of them `shallow` and `deepEqual` take for the same. */
const pairs: [what: string, one: unknown, other: unknown, shallow: boolean, deep: boolean][] = [
  ['one value', 'a', 'a', true, true],
  ['two values', 'a', 'b', false, false],
  ['NaN twice', Number.NaN, Number.NaN, true, true],
  ['0 and -0', 0, -0, false, false],
  ['null and an object', null, {}, false, false],
  ['objects with one child', { leaf }, { leaf }, true, true],
  ['objects with equal children', { leaf: { n: 1 } }, { leaf: { n: 1 } }, false, true],
  ['objects whose keys came in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, true, true],
  ['objects with keys of other names', { a: undefined }, { b: undefined }, false, false],
  ['an object with a key more', { a: 1 }, { a: 1, b: undefined }, false, false],
  ['objects with a symbol key', { [Symbol.for('k')]: 1 }, { [Symbol.for('k')]: 2 }, false, false],
  ['objects without a prototype', Object.create(null), Object.create(null), true, true],
  ['arrays', [1, leaf], [1, leaf], true, true],
  ['arrays of equal items', [{ n: 1 }], [{ n: 1 }], false, true],
  ['arrays of another length', [1], [1, 2], false, false],
  ['an array and an object', [], {}, false, false],
  ['Maps', new Map([['k', leaf]]), new Map([['k', leaf]]), true, true],
  ['Maps of equal values', new Map([['k', { n: 1 }]]), new Map([['k', { n: 1 }]]), false, true],
  ['Maps of another length', new Map(), new Map([['k', undefined]]), false, false],
  [
    'Maps in another order',
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    new Map([
      ['b', 2],
      ['a', 1],
    ]),
    false,
    false,
  ],
  ['Sets', new Set(['a', leaf]), new Set(['a', leaf]), true, true],
  ['Sets of equal members', new Set([{ n: 1 }]), new Set([{ n: 1 }]), false, false],
  ['Sets of which one has more', new Set(['a']), new Set(['a', 'b']), false, false],
  ['Dates', new Date(5), new Date(5), true, true],
  ['other Dates', new Date(5), new Date(6), false, false],
  ['typed arrays', Uint8Array.of(1, 2), Uint8Array.of(1, 2), true, true],
  ['other typed arrays', Uint8Array.of(1, 2), Uint8Array.of(1, 3), false, false],
  ['instances of a class', new Point(1), new Point(1), false, false],
  ['one instance', noop, noop, true, true],
  ['URLs, whose content is private', new URL('a:b'), new URL('a:b'), false, false],
  ['collections', collection([['a', { n: 1 }]]), collection([['a', { n: 1 }]]), false, true],
  ['a collection and none', collection([['a', 1]]), { a: 1 }, false, false],
]

describe.each([
  ['shallow', shallow, 3],
  ['deepEqual', deepEqual, 4],
] as const)('%s', (_name, equal, column) => {
  test.each(pairs)('of %s', (...row) => {
    const [, one, other] = row
    expect(equal(one, other)).toBe(row[column])
    expect(equal(other, one)).toBe(row[column])
    expect(equal(one, one)).toBe(true)
  })
})

describe('shallow', () => {
  test('compares collections by the identity of their entities', () => {
    const first = collection([['a', { n: 1 }]])
    expect(
      shallow(
        first,
        first.update('a', () => {}),
      ),
    ).toBe(true)
    expect(shallow(first.set('b', { n: 2 }).remove('b'), first)).toBe(true)
    expect(shallow(first.set('a', { n: 2 }), first)).toBe(false)
  })

  test('keeps the value of a selection that makes a new object each time', () => {
    const store = createStore({ robots: [{ id: 'r1', busy: true }], tick: 0 })
    const idle = store.select(({ robots }) => robots.filter(({ busy }) => !busy), shallow)
    const seen: unknown[] = []
    idle.subscribe((robots) => seen.push(robots))
    const before = idle.value
    store.update((draft) => {
      draft.tick += 1
    })
    expect(idle.value).toBe(before)
    expect(seen).toEqual([[]])
    store.update((draft) => {
      if (draft.robots[0]) draft.robots[0].busy = false
    })
    expect(seen).toEqual([[], [{ id: 'r1', busy: false }]])
    expect(idle.value).toBe(seen[1])
  })
})

describe('deepEqual', () => {
  test('visits only what two states do not share', () => {
    let reads = 0
    const ownKeys = (target: object): (string | symbol)[] => {
      reads += 1
      return Reflect.ownKeys(target)
    }
    const shared = new Proxy({ n: 1 }, { ownKeys })
    expect(deepEqual({ shared, n: [1] }, { shared, n: [1] })).toBe(true)
    expect(reads).toBe(0)
  })
})
