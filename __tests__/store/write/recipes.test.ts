import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { immerable, nothing, produce, setAutoFreeze } from 'immer'
import { createStore, type Store } from '../../../src/index.ts'
import { caught, isDeeplyFrozen, microtasks, refusal } from '../support.ts'

interface Counter {
  count: number
  list: number[]
}

/** Runs a recipe that the types refuse. */
const untyped = (store: Store<Counter>, recipe: (draft: Counter) => unknown): unknown =>
  store.update(recipe as (draft: Counter) => void)

describe('a recipe', () => {
  test('changes a draft; what it returns replaces the state', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    store.update((draft) => {
      draft.count = 1
    })
    expect(store.state).toEqual({ count: 1, list: [] })
    store.update((draft) => draft)
    expect(store.snapshot.version).toBe(1)
    store.update(() => ({ count: 9, list: [9] }))
    expect(store.state).toEqual({ count: 9, list: [9] })
    expect(isDeeplyFrozen(store.state)).toBe(true)
  })

  test('returns the new value where the state is no object', () => {
    const store = createStore<number | string | null>(1)
    expect(store.update((n) => Number(n) + 1).state).toBe(2)
    expect(store.update(() => 'two').state).toBe('two')
    expect(store.update(() => null).state).toBeNull()
    const { snapshot } = store
    expect(store.update(() => {})).toBe(snapshot)
    expect(store.update(() => null)).toBe(snapshot)
  })

  test('drafts Maps, Sets and classes that are marked immerable', () => {
    class Pose {
      readonly [immerable] = true
      x = 0
    }
    const store = createStore({ map: new Map([['a', 1]]), set: new Set([1]), pose: new Pose() })
    const before = store.state
    store.update((draft) => {
      draft.map.set('b', 2)
      draft.set.delete(1)
      draft.pose.x = 3
    })
    expect([...store.state.map]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(store.state.set.size).toBe(0)
    expect(store.state.pose).toBeInstanceOf(Pose)
    expect(store.state.pose.x).toBe(3)
    expect(before.map.size).toBe(1)
  })

  test('may throw: the error reaches the writer as it is, whatever it is', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    for (const thrown of [new TypeError('wrong'), 'a string', undefined]) {
      expect(
        caught(() =>
          store.update((draft) => {
            draft.count += 1
            throw thrown
          }),
        ),
      ).toBe(thrown)
    }
    expect(store.state.count).toBe(0)
    expect(store.metrics()).toMatchObject({ failedWrites: 3, commits: 0, noopWrites: 0 })
  })

  test('may not change its draft and return something else: that is an error of immer', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    expect(() =>
      untyped(store, (draft) => {
        draft.count += 1
        return draft.count
      }),
    ).toThrow('modified its draft')
    expect(store.snapshot.version).toBe(0)
  })

  test('may not make the state undefined', () => {
    const store = createStore<Counter>({ count: 0, list: [] }, { name: 'arm' })
    expect(() => untyped(store, () => nothing)).toThrow(
      refusal(
        'STATE_UNDEFINED',
        'update() on store "arm" was given undefined. A state may be any value except undefined; use null for "nothing".',
      ),
    )
    expect(store.snapshot.version).toBe(0)
  })

  test('that destroys its store writes nothing', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    const before = store.snapshot
    expect(() =>
      store.update((draft) => {
        store.destroy()
        draft.count = 1
      }),
    ).toThrow(refusal('STORE_DESTROYED'))
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
  })

  test('reads the state from before it', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    const read: number[] = []
    store.update((draft) => {
      draft.count = 1
      read.push(store.state.count, store.snapshot.version)
    })
    expect(read).toEqual([0, 0])
  })
})

describe('a write inside a recipe of its own store', () => {
  const inner: [string, (store: Store<Counter>) => unknown][] = [
    ['update()', (store) => store.update(() => {})],
    ['set()', (store) => store.set({ count: 7, list: [] })],
    ['put()', (store) => store.put({ ...store.snapshot, version: 7 })],
    ['batch()', (store) => store.batch(() => 7)],
  ]

  test.each(inner)('is refused, and nothing is written: %s', (operation, write) => {
    const store = createStore<Counter>({ count: 0, list: [] }, { name: 'arm' })
    const before = store.snapshot
    const error = caught(() =>
      store.update((draft) => {
        draft.count = 1
        write(store)
      }),
    )
    expect(error).toEqual(
      refusal(
        'WRITE_IN_RECIPE',
        `${operation} was called inside a recipe, step or guard of its own store "arm"; nothing was written. Change the draft instead, or write after it has returned.`,
      ),
    )
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 2 })
    expect(store.update(() => ({ count: 2, list: [] })).version).toBe(1)
  })

  test('leaves a recipe that catches the refusal to go on', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    store.update((draft) => {
      draft.count = 1
      caught(() => store.set({ count: 7, list: [] }))
      caught(() => store.update(() => {}))
    })
    expect(store.snapshot).toMatchObject({ version: 1, state: { count: 1 } })
  })

  test('is no matter to another store', () => {
    const store = createStore<Counter>({ count: 0, list: [] })
    const other = createStore(0)
    store.update((draft) => {
      draft.count = other.set(5).state
    })
    expect(store.state.count).toBe(5)
  })
})

describe('a recipe that returns a promise', () => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  beforeEach(() => {
    rejections.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => void process.off('unhandledRejection', note))

  const message =
    'A recipe on store "arm" returned a promise; nothing was written. A recipe must be synchronous: await first and update afterwards, or use modify().'

  test('is refused, and its own rejection is taken care of', async () => {
    const store = createStore<Counter>({ count: 0, list: [] }, { name: 'arm' })
    const before = store.snapshot
    expect(() =>
      untyped(store, async (draft) => {
        draft.count = 1
        throw new Error('unseen')
      }),
    ).toThrow(refusal('RECIPE_ASYNC', message))
    expect(() =>
      untyped(store, async (draft) => {
        await Promise.resolve()
        draft.count = 1 // the draft is revoked by now: this throws
      }),
    ).toThrow(refusal('RECIPE_ASYNC', message))
    expect(store.snapshot).toBe(before)
    await microtasks()
    expect(rejections).toEqual([])
  })

  test('refuses a recipe, or a batch, that is a generator, and keeps the state', () => {
    const store = createStore<unknown>({ n: 1 })
    const before = store.snapshot
    const generator = function* () {
      yield 1
    }
    const returned = expect.objectContaining({ returned: 'a generator' })
    expect(() => store.update(generator as never)).toThrow(
      expect.objectContaining({ code: 'RECIPE_ASYNC', details: returned }),
    )
    expect(() => store.batch(generator as never)).toThrow(
      expect.objectContaining({ code: 'BATCH_ASYNC', details: returned }),
    )
    expect(store.snapshot).toBe(before)
  })

  test('is refused on a state that is no object, and for any thenable', () => {
    const store = createStore<unknown>(0, { name: 'arm' })
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    const thenable = { then: () => {} }
    expect(() => store.update(() => Promise.resolve(1))).toThrow(refusal('RECIPE_ASYNC', message))
    expect(() => store.update(() => thenable)).toThrow(refusal('RECIPE_ASYNC', message))
    expect(store.snapshot).toMatchObject({ version: 0, state: 0 })
  })
})

describe('runRecipe', () => {
  test("neither follows nor changes the settings of the application's own immer", () => {
    setAutoFreeze(false)
    try {
      const store = createStore<Counter>({ count: 0, list: [] })
      store.update((draft) => {
        draft.list.push(1)
      })
      expect(isDeeplyFrozen(store.state)).toBe(true)
      expect(produce({ a: 1 }, (draft) => void Object.assign(draft, { a: 2 }))).not.toBeFrozen()
    } finally {
      setAutoFreeze(true)
    }
  })
})

describe('a store with freeze: false', () => {
  test('freezes neither what it is given nor what recipes make, and keeps unchanged branches all the same', () => {
    const first = { count: 0, list: [1], deep: { a: {} } }
    const store = createStore(first, { freeze: false })
    expect(store.state).toBe(first)
    store.update((draft) => {
      draft.count = 1
    })
    const second = store.state
    store.set({ ...second, count: 2 })
    store.put({ ...store.snapshot, state: { ...second, count: 3 } })
    for (const state of [first, second, store.state]) {
      expect(state).not.toBeFrozen()
      expect(state.list).not.toBeFrozen()
      expect(state.deep).toBe(first.deep)
    }
    expect(store.state.count).toBe(3)
    expect(store.snapshot).toBeFrozen()
  })
})
