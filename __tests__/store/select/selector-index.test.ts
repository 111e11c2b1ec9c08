import { describe, expect, test } from '@jest/globals'
import { createStore, type Store, type SubscriberFault } from '../../../src/store/index.ts'

interface Robot {
  battery: number
  tick: number
}

/** A store, a selector that counts its runs, and `count` followers that count what they are given. */
function followed(count: number): { store: Store<Robot>; runs: () => number; wakes: () => number } {
  const store = createStore<Robot>({ battery: 100, tick: 0 })
  let runs = 0
  let wakes = 0
  const battery = (state: Readonly<Robot>): number => {
    runs += 1
    return state.battery
  }
  for (let i = 0; i < count; i += 1) {
    store.select(battery).subscribe(() => {
      wakes += 1
    })
  }
  return { store, runs: () => runs, wakes: () => wakes }
}

describe('select(selector)', () => {
  test.each([10, 100_000])('runs a selector once a commit for %i followers', (count) => {
    const { store, runs, wakes } = followed(count)
    expect([runs(), wakes()]).toEqual([1, count]) // once for all the replays
    store.update((draft) => {
      draft.battery = 99
    })
    expect([runs(), wakes()]).toEqual([2, 2 * count])
    store.update((draft) => {
      draft.tick = 1
    })
    expect([runs(), wakes()]).toEqual([3, 2 * count])
  })

  test('tells a result that differs, and none that is the same', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const seen: number[] = []
    store.select((state) => state.battery).subscribe((battery) => seen.push(battery))
    store.set({ battery: 100, tick: 1 })
    store.set({ battery: 98, tick: 2 })
    store.set({ battery: 98, tick: 3 })
    store.set({ battery: 100, tick: 4 })
    expect(seen).toEqual([100, 98, 100])
  })

  test('asks each follower for its own idea of equality', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const exact: number[] = []
    const coarse: number[] = []
    const always: number[] = []
    const battery = (state: Readonly<Robot>): number => state.battery
    store.select(battery, (a, b) => Math.abs(a - b) < 10).subscribe((value) => coarse.push(value))
    store.select(battery).subscribe((value) => exact.push(value))
    store.select(battery, () => false).subscribe((value) => always.push(value))
    for (const value of [95, 91, 89, 89]) store.set({ battery: value, tick: 0 })
    expect(coarse).toEqual([100, 89]) // compared with what it was given last, not with the last result
    expect(exact).toEqual([100, 95, 91, 89])
    expect(always).toEqual([100, 95, 91, 89, 89])
  })

  test('skips an unchanged result again once the followers with an equality of their own have left', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const battery = (state: Readonly<Robot>): number => state.battery
    const exact: number[] = []
    store.select(battery).subscribe((value) => exact.push(value))
    store
      .select(battery, () => false)
      .subscribe()
      .unsubscribe()
    store.set({ battery: 100, tick: 1 })
    store.set({ battery: 99, tick: 1 })
    expect(exact).toEqual([100, 99])
  })

  test('tells whoever joins inside a delivery the newest result, and never an older one after it', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const battery = (state: Readonly<Robot>): number => state.battery
    const late: number[] = []
    let joined = false
    store.subscribe(({ state }) => {
      if (state.battery === 99 && !joined) {
        joined = true
        store.set({ battery: 98, tick: 0 })
        store.select(battery).subscribe((value) => late.push(value))
      }
    })
    const early: number[] = []
    store.select(battery).subscribe((value) => early.push(value))
    store.set({ battery: 99, tick: 0 })
    store.set({ battery: 97, tick: 0 })
    expect(early).toEqual([100, 99, 98, 97])
    expect(late).toEqual([98, 97])
  })

  test('skips for its followers a version on which it throws, reports it once, and goes on', () => {
    const faults: SubscriberFault[] = []
    const store = createStore<Robot>(
      { battery: 100, tick: 0 },
      { onFault: (fault) => void faults.push(fault) },
    )
    const error = new Error('no 99')
    const failing = (state: Readonly<Robot>): number => {
      if (state.battery === 99) throw error
      return state.battery
    }
    const seen: number[] = []
    for (let i = 0; i < 2; i += 1) store.select(failing).subscribe((value) => seen.push(value))
    const others: number[] = []
    store.select((state) => state.battery).subscribe((value) => others.push(value))
    store.set({ battery: 99, tick: 0 })
    store.set({ battery: 98, tick: 0 })
    expect(seen).toEqual([100, 100, 98, 98])
    expect(others).toEqual([100, 99, 98])
    expect(faults).toEqual([
      { subscriberId: 'select(failing)', phase: 'select', error, version: 1, failures: 1 },
    ])
    expect(store.metrics().subscriberCount).toBe(3)
  })

  test('skips for one follower a version on which its equality throws', () => {
    const faults: SubscriberFault[] = []
    const store = createStore<Robot>(
      { battery: 100, tick: 0 },
      { onFault: (fault) => void faults.push(fault) },
    )
    const battery = (state: Readonly<Robot>): number => state.battery
    const seen: number[] = []
    const others: number[] = []
    const equal = (_before: number, now: number): boolean => {
      if (now === 99) throw new Error('cannot compare')
      return false
    }
    store.select(battery, equal).subscribe((value) => seen.push(value))
    store.select(battery).subscribe((value) => others.push(value))
    for (const value of [99, 98]) store.set({ battery: value, tick: 0 })
    expect(seen).toEqual([100, 98])
    expect(others).toEqual([100, 99, 98])
    expect(faults).toMatchObject([{ phase: 'select', error: new Error('cannot compare') }])
  })

  test.each<[string, (state: number) => unknown]>([
    ['a promise', async (state) => state],
    [
      'a generator',
      function* (state) {
        yield state
      },
    ],
  ])('skips each version for which the selector returned %s, as a fault', (returned, selector) => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => void faults.push(fault) })
    const seen: unknown[] = []
    store.select(selector).subscribe((value) => seen.push(value))
    store.set(1)
    expect(seen).toEqual([])
    const fault = {
      phase: 'select',
      error: { code: 'SELECTOR_ASYNC', details: { what: 'selector', returned } },
    }
    expect(faults).toMatchObject([
      { ...fault, version: 0 },
      { ...fault, version: 1 },
    ])
  })

  test('skips each version for which the equality returned a promise, which always says yes', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => void faults.push(fault) })
    const equal = (async () => false) as unknown as () => boolean
    const seen: unknown[] = []
    store.select((state) => state, equal).subscribe((value) => seen.push(value))
    store.set(1)
    expect(seen).toEqual([0])
    expect(faults).toMatchObject([
      { phase: 'select', version: 1, error: { code: 'SELECTOR_ASYNC', details: { what: 'equality' } } },
    ])
  })

  test('begins with the first version that the selector can read', () => {
    const faults: SubscriberFault[] = []
    const store = createStore<Robot>(
      { battery: 100, tick: 0 },
      { onFault: (fault) => void faults.push(fault) },
    )
    const seen: number[] = []
    store
      .select(({ battery }) => {
        if (battery === 100) throw new Error('not yet')
        return battery
      })
      .subscribe((value) => seen.push(value))
    store.set({ battery: 99, tick: 0 })
    expect(seen).toEqual([99])
    expect(faults).toMatchObject([{ subscriberId: 'select(selector)', phase: 'select', version: 0 }])
  })

  test('lets a follower leave, and another one, while results are being told', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const battery = (state: Readonly<Robot>): number => state.battery
    const seen: string[] = []
    const first = store.select(battery).subscribe((value) => {
      seen.push(`first ${value}`)
      if (value === 99) {
        first.unsubscribe()
        second.unsubscribe()
      }
    })
    const second = store.select(battery).subscribe((value) => seen.push(`second ${value}`))
    store.select(battery).subscribe((value) => seen.push(`third ${value}`))
    store.set({ battery: 99, tick: 0 })
    store.set({ battery: 98, tick: 0 })
    expect(seen).toEqual(['first 100', 'second 100', 'third 100', 'first 99', 'third 99', 'third 98'])
  })

  test('keeps nothing of a selector that nobody follows any more, and runs it anew for the next', () => {
    const { store, runs } = followed(0)
    let count = 0
    const counted = (state: Readonly<Robot>): number => {
      count += 1
      return state.battery
    }
    const values$ = store.select(counted)
    values$.subscribe().unsubscribe()
    store.set({ battery: 99, tick: 0 })
    expect(count).toBe(1)
    const seen: number[] = []
    values$.subscribe((value) => seen.push(value))
    store.set({ battery: 98, tick: 0 })
    expect([count, runs()]).toEqual([3, 0])
    expect(seen).toEqual([99, 98])
  })

  test('passes nobody over where most leave while results are being told', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const battery = (state: Readonly<Robot>): number => state.battery
    const leavers = Array.from({ length: 100 }, () => store.select(battery).subscribe())
    let told = false
    const seen: number[] = []
    store.select(battery).subscribe((value) => {
      if (value === 99 && !told) for (const leaver of leavers) leaver.unsubscribe()
      told = value === 99
    })
    store.select(battery).subscribe((value) => seen.push(value))
    store.set({ battery: 99, tick: 0 })
    store.set({ battery: 98, tick: 0 })
    expect(seen).toEqual([100, 99, 98])
  })

  test('completes everyone when the store is destroyed, and whoever comes later', () => {
    const store = createStore<Robot>({ battery: 100, tick: 0 })
    const ends: string[] = []
    const values$ = store.select((state) => state.battery)
    values$.subscribe({ complete: () => ends.push('early') })
    store.destroy()
    values$.subscribe({ next: () => ends.push('a value'), complete: () => ends.push('late') })
    expect(ends).toEqual(['early', 'late'])
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('tells nobody of an uninitialized store before it has a state', () => {
    const store = createStore<Robot>()
    const seen: number[] = []
    store.select((state) => state.battery).subscribe((value) => seen.push(value))
    expect(seen).toEqual([])
    store.initialize({ battery: 7, tick: 0 })
    expect(seen).toEqual([7])
  })
})
