import { describe, expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { ManualClock, noteStates, noteVersions, refusal } from './support.ts'

interface Counter {
  count: number
  list: number[]
}

const counter = (): Counter => ({ count: 0, list: [] })

describe('Store.update', () => {
  test('commits what the recipe changed as the next version', () => {
    const clock = new ManualClock()
    const store = createStore(counter(), { clock })
    clock.advance(20)
    const snapshot = store.update((draft) => {
      draft.list.push(1)
    }, 'PUSH')
    expect(snapshot).toEqual({
      version: 1,
      state: { count: 0, list: [1] },
      reason: 'PUSH',
      source: 'store',
      tsWall: clock.wallMs,
      tsMono: clock.monoMs,
      metadata: {},
    })
    expect(store.snapshot).toBe(snapshot)
  })

  test('commits nothing for a recipe that changes nothing, and returns the current snapshot', () => {
    const store = createStore(counter())
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const before = store.snapshot
    expect(store.update(() => {})).toBe(before)
    expect(store.update((draft) => draft)).toBe(before)
    const assignSame = (draft: Counter): void => {
      draft.count = 0
    }
    expect(store.update(assignSame, 'SAME')).toBe(before)
    expect(seen).toEqual([0])
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 3, failedWrites: 0 })
  })
})

describe('Store.set', () => {
  test('commits always, even an identical state', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    store.set(0)
    store.set(0)
    expect(seen).toEqual([0, 1, 2])
    expect(store.metrics()).toMatchObject({ commits: 2, noopWrites: 0 })
  })

  test('refuses a promise and a generator, which somebody forgot to wait for or to run', () => {
    const store = createStore<unknown>(1)
    const sentence = (received: string) =>
      `Expected "the state" to be a state; await a promise first, or write in modify(), got ${received}.`
    expect(() => store.set(Promise.reject(new Error('nobody looks')))).toThrow(sentence('a promise'))
    expect(() =>
      store.set(
        (function* () {
          yield 2
        })(),
      ),
    ).toThrow(sentence('a generator'))
    expect([store.state, store.snapshot.version]).toEqual([1, 0])
  })

  test('refuses undefined', () => {
    const store = createStore<number>(0, { name: 'arm' })
    expect(() => store.set(undefined as unknown as number)).toThrow(
      refusal(
        'STATE_UNDEFINED',
        'set() on store "arm" was given undefined. A state may be any value except undefined; use null for "nothing".',
      ),
    )
    expect(store.snapshot).toMatchObject({ version: 0, state: 0 })
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
  })
})

describe('expectedVersion', () => {
  const message =
    'A write on store "arm" that expected version 0 was refused: the store is at version 1. Read the state again and retry, or use modify().'

  test('lets a write commit on exactly that version', () => {
    const store = createStore(0)
    expect(store.set(1, { expectedVersion: 0 }).version).toBe(1)
    expect(store.update((n) => n + 1, { expectedVersion: 1 }).version).toBe(2)
    expect(store.batch(() => store.set(3), { expectedVersion: 2 }).version).toBe(3)
  })

  test('refuses a write whose version has passed, or is yet to come', () => {
    const store = createStore(0, { name: 'arm' })
    store.set(1)
    let calls = 0
    const count = (): number => ++calls
    for (const write of [
      () => store.set(2, { expectedVersion: 0 }),
      () => store.update(count, { expectedVersion: 0 }),
      () => store.batch(count, { expectedVersion: 0 }),
    ]) {
      expect(write).toThrow(refusal('VERSION_CONFLICT', message))
    }
    expect(() => store.set(2, { expectedVersion: 2 })).toThrow(
      expect.objectContaining({ details: { store: 'arm', expected: 2, actual: 1 } }),
    )
    expect(calls).toBe(0)
    expect(store.snapshot).toMatchObject({ version: 1, state: 1 })
    expect(store.metrics()).toMatchObject({ commits: 1, versionConflicts: 4, failedWrites: 4 })
  })

  test('is refused for a recipe that would have changed nothing as well', () => {
    const store = createStore(0)
    expect(() => store.update(() => {}, { expectedVersion: 5 })).toThrow(refusal('VERSION_CONFLICT'))
    expect(store.metrics().noopWrites).toBe(0)
  })

  test('counts a write made in a subscriber, though its delivery still waits', () => {
    const store = createStore(0)
    const seen: number[] = []
    const results: unknown[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.set(10, { expectedVersion: 1 })
      try {
        store.set(11, { expectedVersion: 1 })
      } catch (error) {
        results.push(error)
      }
      store.set(12, { expectedVersion: 2 })
    })
    store.subscribe(noteStates(seen))
    store.set(1)
    expect(results).toEqual([refusal('VERSION_CONFLICT')])
    expect(seen).toEqual([0, 1, 10, 12])
  })

  test('counts the provisional version inside a batch', () => {
    const store = createStore(0)
    store.batch(() => {
      store.set(1)
      expect(() => store.set(2, { expectedVersion: 0 })).toThrow(refusal('VERSION_CONFLICT'))
      store.set(3, { expectedVersion: 1 })
    })
    expect(store.snapshot).toMatchObject({ version: 1, state: 3 })
  })
})

describe('a read', () => {
  test('inside a subscriber sees the write that the subscriber made', () => {
    const store = createStore(0)
    const read: number[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      const written = store.set(7)
      read.push(store.state, store.snapshot.version, written.version)
    })
    store.set(1)
    expect(read).toEqual([7, 2, 2])
  })
})
