/** What the store adds to a policy: its scheduler, its versions, and the arrays of a batch. */
import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { batch, createStore, debounce, type Snapshot, switchLatest, throttle } from '../../../src/index.ts'
import { noteVersions } from '../support.ts'

describe('a policy of time', () => {
  test('runs on the scheduler of the store', () => {
    const scheduler = new VirtualTimeScheduler()
    const store = createStore(0, { scheduler })
    const seen: number[] = []
    store.subscribe(noteVersions(seen), { policy: throttle({ ms: 10 }) })
    for (let n = 1; n <= 3; n += 1) store.set(n)
    expect(seen).toEqual([0]) // the replay opens the window
    scheduler.flush()
    expect(seen).toEqual([0, 3])
  })

  test('runs on its own scheduler where it has one', () => {
    const [scheduler, own] = [new VirtualTimeScheduler(), new VirtualTimeScheduler()]
    const store = createStore(0, { scheduler })
    const seen: number[] = []
    store.subscribe(noteVersions(seen), { policy: debounce({ ms: 10 }), scheduler: own })
    store.set(1)
    scheduler.flush()
    expect(seen).toEqual([0])
    own.flush()
    expect(seen).toEqual([0, 1])
  })

  test('drops what it holds when its subscriber leaves, and its timer with it', () => {
    const scheduler = new VirtualTimeScheduler()
    const store = createStore(0, { scheduler })
    const seen: number[] = []
    const drops: unknown[] = []
    const handle = store.subscribe(noteVersions(seen), {
      policy: throttle({ ms: 10 }),
      onDrop: ({ version, reason }) => drops.push([version, reason]),
    })
    store.set(1)
    handle()
    scheduler.flush()
    expect(seen).toEqual([0])
    expect(drops).toEqual([[1, 'unsubscribed']])
    expect(scheduler.now()).toBe(0)
  })
})

describe('batch', () => {
  test('hands its consumer arrays of snapshots', () => {
    const store = createStore(0, { scheduler: new VirtualTimeScheduler() })
    const seen: number[][] = []
    const handle = store.subscribe(
      (snapshots: readonly Snapshot<number>[]) => void seen.push(snapshots.map(({ version }) => version)),
      { policy: batch({ maxSize: 2 }), replay: false },
    )
    for (let n = 1; n <= 5; n += 1) store.set(n)
    expect(seen).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(handle.stats()).toMatchObject({ published: 5, delivered: 4, pending: 1, calls: 2 })
  })
})

describe('switchLatest', () => {
  test('aborts the handler of the version before', () => {
    const store = createStore(0)
    const signals: AbortSignal[] = []
    store.subscribe(
      (_snapshot, { signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
      { policy: switchLatest() },
    )
    store.set(1)
    store.set(2)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false])
  })
})
