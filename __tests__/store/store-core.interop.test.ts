import { describe, expect, test } from '@jest/globals'
import { combineLatest, firstValueFrom, from, lastValueFrom, map, Observable, take, toArray } from 'rxjs'
import { createStore } from '../../src/index.ts'
import { noteVersions } from './support.ts'

describe('a store where RxJS takes an observable', () => {
  test('is its snapshots: from(store)', async () => {
    const store = createStore(0)
    const seen: number[] = []
    const subscription = from(store).subscribe(noteVersions(seen))
    store.set(1)
    subscription.unsubscribe()
    store.set(2)
    expect(seen).toEqual([0, 1])
    expect(store.metrics().subscriberCount).toBe(0)
    const rest = lastValueFrom(from(store).pipe(toArray()))
    store.set(3)
    store.destroy()
    expect((await rest).map(({ state }) => state)).toEqual([2, 3])
  })

  test('gives its current snapshot to who takes only the first, and is left', async () => {
    const store = createStore(0)
    const { snapshot } = store
    expect(await firstValueFrom(from(store))).toBe(snapshot)
    expect(await firstValueFrom(store.snapshot$)).toBe(snapshot)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('combines with others', () => {
    const left = createStore(1)
    const right = createStore(10)
    const sums: number[] = []
    combineLatest([left, right])
      .pipe(map(([a, b]) => a.state + b.state))
      .subscribe((sum) => sums.push(sum))
    left.set(2)
    right.set(20)
    expect(sums).toEqual([11, 12, 22])
  })
})

describe('Store.snapshot$ and Store.state$', () => {
  test('say the newest first, then each', () => {
    const store = createStore(0)
    store.set(1)
    const versions: number[] = []
    const states: number[] = []
    store.snapshot$.subscribe(noteVersions(versions))
    store.state$.subscribe((state) => states.push(state))
    store.set(1)
    expect(versions).toEqual([1, 2])
    expect(states).toEqual([1, 1])
  })

  test('are observables that cannot be written to', () => {
    const { snapshot$, state$ } = createStore(0)
    for (const stream$ of [snapshot$, state$]) {
      expect(stream$).toBeInstanceOf(Observable)
      expect(stream$).not.toHaveProperty('next')
    }
  })

  test('let an observer leave at its first value', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.snapshot$.pipe(take(1)).subscribe(noteVersions(seen))
    store.set(1)
    expect(seen).toEqual([0])
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('Store.select by a function', () => {
  test('says the selected value first, then each that differs by Object.is', () => {
    const store = createStore({ n: 1, m: 0 })
    const seen: number[] = []
    const runs: number[] = []
    store
      .select((state) => {
        runs.push(state.n)
        return state.n
      })
      .subscribe((n) => seen.push(n))
    store.set({ n: 1, m: 1 })
    store.set({ n: Number.NaN, m: 1 })
    store.set({ n: Number.NaN, m: 2 })
    store.set({ n: 2, m: 2 })
    expect(seen).toEqual([1, Number.NaN, 2])
    expect(runs).toHaveLength(5)
  })

  test('asks the given equality whether two results are the same', () => {
    const store = createStore({ list: [1, 2] })
    const asked: unknown[] = []
    const seen: unknown[] = []
    const sameLength = (previous: readonly number[], current: readonly number[]): boolean => {
      asked.push([previous.length, current.length])
      return previous.length === current.length
    }
    store.select((state) => state.list, sameLength).subscribe((list) => seen.push(list))
    store.set({ list: [3, 4] })
    store.set({ list: [5] })
    expect(asked).toEqual([
      [2, 2],
      [2, 1],
    ])
    expect(seen).toEqual([[1, 2], [5]])
  })
})
