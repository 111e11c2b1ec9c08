import { describe, expect, test } from '@jest/globals'
import { createStore, type Snapshot } from '../../../src/index.ts'
import { VERSION_MAX } from '../../../src/kit/index.ts'
import { isDeeplyFrozen, noteVersions, refusal } from '../support.ts'

const remote = <S>(version: number, state: S): Snapshot<S> =>
  ({
    version,
    state,
    reason: 'REMOTE',
    source: 'replica',
    tsWall: 11,
    tsMono: 2.5,
    metadata: { trace: 'a1' },
  }) as Snapshot<S>

describe('Store.put', () => {
  test('adopts a snapshot with its own version, reason, source, times and metadata', () => {
    const store = createStore({ n: 0 })
    const seen: Snapshot<{ n: number }>[] = []
    store.subscribe((snapshot) => void seen.push(snapshot))
    const given = remote(7, { n: 1 })
    const adopted = store.put(given)
    expect(adopted).toEqual(given)
    expect(store.snapshot).toBe(adopted)
    expect(seen.at(-1)).toBe(adopted)
    expect(store.set({ n: 2 }).version).toBe(8)
  })

  test('keeps nothing that its giver can change', () => {
    const store = createStore({ n: { x: 0 } })
    const given = { ...remote(1, { n: { x: 1 } }), metadata: { trace: 'a1' }, extra: true }
    const adopted = store.put(given)
    given.metadata.trace = 'changed later'
    expect(adopted).toEqual(remote(1, { n: { x: 1 } }))
    expect(adopted).not.toHaveProperty('extra')
    expect(adopted.metadata).toBeFrozen()
    expect(adopted).toBeFrozen()
    expect(isDeeplyFrozen(adopted.state)).toBe(true)
    expect(given).not.toBeFrozen()
  })

  test.each([[0], [4], [5]])('without enforceVersion, version %i on version 5 becomes 6', (version) => {
    const store = createStore(0)
    store.put(remote(5, 0))
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    expect(store.put(remote(version, 1)).version).toBe(6)
    expect(store.put(remote(version, 1), { enforceVersion: false }).version).toBe(7)
    expect(seen).toEqual([5, 6, 7])
    expect(store.metrics().versionConflicts).toBe(0)
  })

  test('with enforceVersion, takes only a greater version', () => {
    const store = createStore(0, { name: 'arm' })
    expect(store.put(remote(6, 1), { enforceVersion: true }).version).toBe(6)
    for (const version of [5, 6]) {
      expect(() => store.put(remote(version, 2), { enforceVersion: true })).toThrow(
        refusal(
          'VERSION_CONFLICT',
          `A write on store "arm" that expected version ${version} was refused: the store is at version 6. Read the state again and retry, or use modify().`,
        ),
      )
    }
    expect(store.snapshot).toMatchObject({ version: 6, state: 1 })
    expect(store.metrics()).toMatchObject({ commits: 1, versionConflicts: 2, failedWrites: 2 })
  })

  test.each<[string, unknown]>([
    ['it is not an object', undefined],
    ['"version" is not an integer from 0 to 2^52', remote(-1, 0)],
    ['"state" is undefined', remote(9, undefined)],
    ['"metadata" is not an object of strings', { ...remote(9, 0), metadata: 'a1' }],
  ])('refuses what is no snapshot: %s', (problem, value) => {
    const store = createStore(0, { name: 'arm' })
    const before = store.snapshot
    expect(() => store.put(value as Snapshot<number>)).toThrow(
      refusal(
        'SNAPSHOT_INVALID',
        `put() on store "arm" expected a snapshot { version, state, reason, source, tsWall, tsMono, metadata }: ${problem}. Pass one that a store or fromJSON() made.`,
      ),
    )
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1, versionConflicts: 0 })
  })

  test('takes the highest version that leaves room, and none above', () => {
    const store = createStore(0)
    expect(() => store.put(remote(VERSION_MAX + 1, 1))).toThrow('"version" is not an integer from 0 to 2^52')
    for (const version of [2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, 1.5]) {
      expect(() => store.put(remote(version, 1))).toThrow('"version" is not an integer from 0 to 2^52')
    }
    expect(store.put(remote(VERSION_MAX, 1), { enforceVersion: true }).version).toBe(VERSION_MAX)
    expect(store.set(2).version).toBe(VERSION_MAX + 1)
    expect(store.set(3).version).toBe(VERSION_MAX + 2)
  })

  test('inside a batch gives the batch its version', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    store.batch(() => {
      store.set(1)
      expect(store.put(remote(40, 2)).version).toBe(40)
      expect(store.set(3).version).toBe(40)
      expect(store.put(remote(2, 4)).version).toBe(40)
    })
    expect(seen).toEqual([0, 40])
    expect(store.state).toBe(4)
  })

  test('inside a batch that throws uses no version up', () => {
    const store = createStore(0)
    expect(() =>
      store.batch(() => {
        store.put(remote(40, 1))
        throw new Error('batch')
      }),
    ).toThrow('batch')
    expect(store.set(1).version).toBe(1)
  })

  test('mirrors another store, version for version', () => {
    const source = createStore(0)
    const mirror = createStore<number>()
    source.subscribe((snapshot) => void mirror.put(snapshot, { enforceVersion: true }))
    source.set(1)
    source.set(2)
    expect(mirror.snapshot).toEqual(source.snapshot)
  })
})
