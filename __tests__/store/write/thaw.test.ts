import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { current, freeze, original } from 'immer'
import { createStore, type Store } from '../../../src/index.ts'
import { isDeeplyFrozen } from '../support.ts'

interface Log {
  readonly count: number
  readonly copy?: readonly number[]
  readonly log: { readonly title: string; readonly lines: readonly number[] }
}

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i)

interface Moving {
  lines: number[]
  moved: unknown
}

/** A store with a large array that a recipe has changed. */
function changedOnce(length = 1_000): Store<Log> {
  const store = createStore<Log>({ count: 0, log: { title: 'flight', lines: numbers(length) } })
  store.update((draft) => {
    draft.log.lines[0] = -1
  })
  return store
}

/** How many frozen arrays are sliced, as immer does to copy one. */
function frozenSlices(work: () => void): number {
  const { slice } = Array.prototype
  let frozen = 0
  jest.spyOn(Array.prototype, 'slice').mockImplementation(function (this: unknown[], ...args) {
    if (Object.isFrozen(this) && this.length > 0) frozen += 1
    return slice.apply(this, args)
  })
  work()
  jest.restoreAllMocks()
  return frozen
}

afterEach(() => {
  jest.restoreAllMocks()
})

describe('a large array that recipes change', () => {
  test('is sliced while it is frozen by the first of them only', () => {
    const store = createStore<Log>({ count: 0, log: { title: 'flight', lines: numbers(1_000) } })
    const write = (n: number) =>
      store.update((draft) => {
        draft.log.lines[n] = -n
      })
    expect(frozenSlices(() => write(1))).toBe(1)
    expect(frozenSlices(() => numbers(100).forEach(write))).toBe(0)
    expect(store.state.log.lines[99]).toBe(-99)
    expect(isDeeplyFrozen(store.state)).toBe(true)
  })

  test('may be the state itself', () => {
    const store = createStore<readonly number[]>(numbers(100))
    const push = () =>
      store.update((draft) => {
        draft.push(draft.length)
      })
    expect(frozenSlices(push)).toBe(1)
    expect(frozenSlices(push)).toBe(0)
    expect(store.state).toEqual(numbers(102))
  })

  test('is found behind recipes that change something else', () => {
    const store = createStore<Log>({ count: 0, log: { title: '', lines: numbers(100) } })
    const write = (n: number) =>
      store.update((draft) => {
        draft.count = n
        if (n % 8 === 0) draft.log.lines[0] = n
      })
    for (const n of numbers(80)) write(n + 1)
    expect(frozenSlices(() => write(88))).toBe(0)
  })

  test('is no longer copied for recipes that leave it alone', () => {
    const store = changedOnce()
    const count = () =>
      store.update((draft) => {
        draft.count += 1
      })
    for (const _ of numbers(100)) count()
    const { lines } = store.state.log
    store.update((draft) => {
      // A copy would be handed out here.
      expect(original(draft)?.log.lines).toBe(lines)
    })
  })

  test('keeps its gaps', () => {
    const store = createStore({ list: new Array<number>(100) })
    for (const n of numbers(4)) {
      store.update(({ list }) => {
        list[0] = n
      })
    }
    expect(Object.keys(store.state.list)).toEqual(['0'])
  })

  test('keeps its class', () => {
    class Rows extends Array<number> {}
    const store = createStore({ rows: Rows.from(numbers(100)) })
    for (const n of numbers(4)) {
      store.update(({ rows }) => {
        rows[0] = n + 1
      })
    }
    expect(store.state.rows).toBeInstanceOf(Rows)
  })

  test('below a record of many keys is left to immer', () => {
    const entries = numbers(100).map((n) => [`r${n}`, { trail: numbers(100) }])
    const store = createStore<Record<string, { trail: number[] }>>(Object.fromEntries(entries))
    for (const id of ['r0', 'r1', 'r1']) {
      const { state } = store
      store.update((draft) => {
        expect(original(draft)).toBe(state)
        draft[id]?.trail.push(0)
      })
    }
  })

  test('short ones are left to immer', () => {
    const store = changedOnce(31)
    const change = () =>
      store.update((draft) => {
        draft.log.lines[0] = (draft.log.lines[0] ?? 0) - 1
      })
    expect(frozenSlices(change)).toBe(1)
  })
})

describe('after a recipe that left the array alone', () => {
  test('it is the same array, in the same branch', () => {
    const store = changedOnce()
    const { log } = store.state
    store.update((draft) => {
      draft.count += 1
    })
    expect(store.state.log).toBe(log)
    store.update((draft) => {
      draft.log.title = 'landing'
    })
    expect(store.state.log.lines).toBe(log.lines)
  })

  test('nothing is committed if it changed nothing', () => {
    const store = changedOnce()
    const { snapshot } = store
    expect(store.update(() => {})).toBe(snapshot)
    expect(store.update((draft) => draft)).toBe(snapshot)
    expect(store.update((draft) => void draft.log.lines[3])).toBe(snapshot)
    expect(store.update((draft) => original(draft))).toBe(snapshot)
  })

  test('it is the same array wherever the recipe put it', () => {
    const store = createStore<Moving>({
      lines: numbers(100),
      moved: null,
    })
    const write = (n: number) =>
      store.update((draft) => {
        draft.lines[0] = n
      })
    const puts: readonly ((draft: Moving) => void)[] = [
      (draft) => {
        draft.moved = draft.lines
      },
      (draft) => {
        draft.moved = original(draft)?.lines
      },
      (draft) => {
        draft.moved = current(draft).lines
      },
    ]
    write(1)
    for (const put of puts) {
      const { lines } = store.state
      store.update(put)
      expect(store.state.lines).toBe(lines)
      expect(store.state.moved).toBe(lines)
      write(2 + store.snapshot.version)
    }
    store.update((draft) => {
      draft.moved = new Map([['a', draft.lines]])
    })
    expect((store.state.moved as Map<string, unknown>).get('a')).toBe(store.state.lines)
  })

  test('a copy inside something that the recipe froze stays there, frozen', () => {
    const store = changedOnce()
    const { lines } = store.state.log
    store.update((draft) => Object.freeze({ count: 7, log: original(draft)?.log ?? draft.log }) as Log)
    expect(store.state.log.lines).toEqual(lines)
    expect(isDeeplyFrozen(store.state)).toBe(true)
  })

  test('a copy in a frozen Map or Set stays there, frozen', () => {
    const store = createStore<Moving>({ lines: numbers(100), moved: undefined })
    const put = (boxOf: (lines: object) => object): void => {
      store.update((draft) => {
        draft.lines.push(0)
      })
      store.update((draft) => {
        draft.moved = freeze(boxOf(original(draft)?.lines ?? []))
      })
    }
    put((lines) => new Map([['a', lines]]))
    expect((store.state.moved as Map<string, unknown>).get('a')).toEqual(store.state.lines)
    expect(isDeeplyFrozen(store.state)).toBe(true)
    put((lines) => new Set([lines]))
    expect([...(store.state.moved as Set<unknown>)]).toEqual([store.state.lines])
    expect(isDeeplyFrozen(store.state)).toBe(true)
  })

  test('what it did to the original behind its draft is nobody else’s', () => {
    const store = changedOnce()
    store.update((draft) => {
      const behind = original(draft)?.log.lines as number[]
      behind[1] = 1_000_000
      draft.count = 5
    })
    expect(store.state.log.lines[1]).toBe(1)
  })
})

test('a recipe that throws leaves the state as it was', () => {
  const store = changedOnce()
  const { snapshot } = store
  const failing = () =>
    store.update((draft) => {
      draft.log.lines[5] = 0
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  expect(store.snapshot).toBe(snapshot)
  expect(store.state.log.lines[5]).toBe(5)
})
