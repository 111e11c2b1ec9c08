import { describe, expect, test } from '@jest/globals'
import { asyncScheduler, VirtualTimeScheduler } from 'rxjs'
import { createStore } from '../../src/index.ts'
import { inspectStore } from '../../src/store/inspect.ts'
import { refusal } from './support.ts'

describe('inspectStore', () => {
  test('tells the scheduler of a store, and its followers by kind', async () => {
    const scheduler = new VirtualTimeScheduler()
    const store = createStore({ a: 1 }, { scheduler })
    store.state$.subscribe()
    store.snapshot$.subscribe()
    store.select('a').subscribe()
    store.subscribe(() => {})
    const modified = store.modify(() => new Promise(() => {}))
    expect(inspectStore(store)).toEqual({
      scheduler,
      observers: 2,
      paths: 1,
      modifying: 1,
      leakedFrom: [undefined],
    })
    store.destroy()
    await expect(modified).rejects.toEqual(refusal('STORE_DESTROYED'))
    expect(inspectStore(store)).toEqual({ scheduler, observers: 0, paths: 0, modifying: 0, leakedFrom: [] })
  })

  test('tells the default scheduler', () => {
    expect(inspectStore(createStore(0))?.scheduler).toBe(asyncScheduler)
  })

  test('knows nothing of a store of another make', () => {
    expect(inspectStore({ metrics: () => {} })).toBeUndefined()
  })

  test('shows nothing where a store is listed or spread', () => {
    expect(Object.getOwnPropertySymbols(createStore(0))).toEqual([])
  })
})
