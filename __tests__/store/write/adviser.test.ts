import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { immerable } from 'immer'
import { collection, createStore } from '../../../src/index.ts'
import { ADVICE_MAX } from '../../../src/store/write/adviser.ts'

class Vector {
  x = 0
}

class Drafted {
  readonly [immerable] = true
  x = 0
}

let told: string[]

beforeEach(() => {
  told = []
  jest.spyOn(console, 'warn').mockImplementation((text: unknown) => void told.push(String(text)))
})

afterEach(() => {
  process.env.NODE_ENV = 'test'
})

const paths = (): string[] => told.map((text) => /: (\S+) is /.exec(text)?.[1] ?? text)

describe('in development a store says once for each path', () => {
  test('what a recipe does not draft, with the ways out', () => {
    const store = createStore({ at: new Date(0), n: 0 }, { name: 'arm' })
    for (let n = 1; n <= 3; n += 1) {
      store.update((draft) => {
        draft.n = n
        draft.at = new Date(n)
      })
    }
    expect(told).toEqual([
      '[headgate] store "arm": state.at is an instance of Date, which recipes do not draft: changing it in place changes every version that holds it, and tells nobody. Replace the whole value, mark its class with immerable (of immer), or keep plain data.',
    ])
  })

  test('whichever way it came, and however deep', () => {
    const store = createStore<Record<string, unknown>>({ a: 1 })
    store.set({ deep: { list: [new Vector()] } })
    store.update((draft) => {
      draft.map = new Map([['key', new Uint8Array(2)]])
    })
    store.put({ ...store.snapshot, state: { set: new Set([Buffer.from('x')]) } })
    store.batch(() => store.set({ pattern: /x/g }))
    expect(paths()).toEqual(['state.deep.list.0', 'state.map.key', 'state.set.(member)', 'state.pattern'])
  })

  test('that a getter becomes a value', () => {
    const state = {
      n: 1,
      get double() {
        return this.n * 2
      },
    }
    createStore({ inner: state }, { name: 'arm' })
    expect(told).toEqual([
      '[headgate] store "arm": state.inner.double is a getter: the first recipe makes a value of it, which then stays as it is. Keep the value, or compute it in a selector.',
    ])
  })

  test('no more than a few things', () => {
    createStore(Array.from({ length: 100 }, () => new Date(0)))
    expect(told).toHaveLength(ADVICE_MAX)
  })
})

describe('it says nothing', () => {
  test('of plain data, Maps, Sets, collections, drafted classes, functions and what is frozen', () => {
    const store = createStore<Record<string, unknown>>({
      data: { a: [1, 'x', null, undefined, 7n, Symbol('s')] },
      map: new Map([['a', { b: 1 }]]),
      set: new Set([1]),
      many: collection([['a', { b: 1 }]]),
      drafted: new Drafted(),
      run: () => 1,
      frozen: Object.freeze(new Vector()),
      bare: Object.assign(Object.create(null), { a: 1 }),
    })
    store.update((draft) => {
      draft.data = { a: [2] }
    })
    expect(told).toEqual([])
  })

  test('in production', () => {
    process.env.NODE_ENV = 'production'
    createStore({ at: new Date(0) })
    expect(told).toEqual([])
  })
})
