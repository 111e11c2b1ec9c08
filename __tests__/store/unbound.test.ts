import { describe, expect, test } from '@jest/globals'
import { createStore, type Snapshot, type Store } from '../../src/index.ts'

describe('a method that was taken off', () => {
  const calls: readonly [keyof Store<number>, (store: Store<number>) => unknown][] = [
    ['update', ({ update }) => update((n) => n + 1).state],
    ['set', ({ set }) => set(1).state],
    ['put', ({ put, snapshot }) => put({ ...snapshot, state: 1 }).state],
    ['initialize', ({ initialize }) => initialize(9).state + 1],
    ['batch', ({ batch, set }) => batch(() => set(1)).state],
    ['modify', async ({ modify }) => (await modify(async (n) => n + 1)).state],
    ['waitFor', async ({ waitFor }) => (await waitFor((n) => n === 0)).state + 1],
    ['whenReady', ({ whenReady }) => whenReady(() => 1)],
    ['ready', async ({ ready }) => (await ready()) ?? 1],
    ['metrics', ({ metrics }) => metrics().commits + 1],
    ['stream', ({ stream }) => (stream().poll() as Snapshot<number>).state + 1],
    ['destroy', ({ destroy }) => destroy() ?? 1],
  ]
  test.each(calls)('works: store.%s', async (_name, call) => {
    expect(await call(createStore(0))).toBe(1)
  })

  test('follows: subscribe and select, as useSyncExternalStore calls them', () => {
    const store = createStore({ n: 0 })
    const { subscribe, select } = store
    const seen: unknown[] = []
    const end = subscribe(({ version }) => void seen.push(version))
    select('n').subscribe((n) => void seen.push(`n ${n}`))
    store.set({ n: 1 })
    end()
    expect(seen).toIncludeSameMembers([0, 'n 0', 1, 'n 1'])
  })

  test('works on a handle', () => {
    const handle = createStore(0).subscribe(() => {})
    const { unsubscribe, stats } = handle
    expect(stats().delivered).toBe(1)
    unsubscribe()
    expect(handle.closed).toBe(true)
  })

  test('works on a stream', async () => {
    const { next, poll, stats, return: end } = createStore(5).stream()
    expect((await next()).value).toMatchObject({ state: 5 })
    expect(poll()).toBeUndefined()
    expect(stats().delivered).toBe(1)
    expect(await end?.()).toEqual({ done: true, value: undefined })
  })
})
