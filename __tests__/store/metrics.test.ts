import { describe, expect, test } from '@jest/globals'
import { buffer, createStore } from '../../src/index.ts'
import { caught, expectAccounted, ManualClock, microtasks, slowConsumer } from './support.ts'

const stuck = () => new Promise<void>(() => {})

describe('Store.metrics', () => {
  test('of a fresh store are zero', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock })
    expect(store.metrics()).toEqual({
      commits: 0,
      reads: 0,
      versionConflicts: 0,
      failedWrites: 0,
      noopWrites: 0,
      unhandledEvents: 0,
      createdAt: clock.wallMs,
      lastCommitAt: null,
      uptimeMs: 0,
      currentVersion: 0,
      currentState: 'INITIALIZED',
      subscriberCount: 0,
      commitLatencyMs: null,
      published: 0,
      delivered: 0,
      dropped: 0,
      conflated: 0,
      pending: 0,
      subscriberErrors: 0,
      subscribers: [],
    })
  })

  test('count each kind of write once', () => {
    const store = createStore(0)
    store.set(1)
    store.update((n) => n + 1)
    store.put({ ...store.snapshot, version: 3 })
    store.batch(() => {
      store.set(4)
      store.set(5)
    })
    store.update(() => {})
    caught(() => store.set(6, { expectedVersion: 0 }))
    caught(() => store.put({ ...store.snapshot }, { enforceVersion: true }))
    caught(() => store.set(undefined as unknown as number))
    caught(() =>
      store.batch(() => {
        throw new Error('batch')
      }),
    )
    expect(store.metrics()).toMatchObject({
      commits: 4,
      noopWrites: 1,
      versionConflicts: 2,
      failedWrites: 4,
      currentVersion: 4,
    })
  })

  test('count the reads of snapshot and state, and no others', () => {
    const store = createStore({ n: 0 })
    void store.snapshot
    void store.snapshot.state
    void store.state
    store.set({ n: 1 })
    store.update((draft) => {
      draft.n += 1
    })
    store.subscribe(() => {})
    store.select('n').subscribe()
    store.initialize({ n: 5 })
    store.metrics()
    expect(store.metrics().reads).toBe(3)
  })

  test('tell the times of the store by its clock', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock })
    const createdAt = clock.wallMs
    clock.advance(30)
    store.set(1)
    const lastCommitAt = clock.wallMs
    clock.advance(12)
    store.update(() => {})
    caught(() => store.set(undefined as unknown as number))
    expect(store.metrics()).toMatchObject({ createdAt, lastCommitAt, uptimeMs: 42 })
  })

  test('count everyone who follows the store', async () => {
    const store = createStore({ n: 0 })
    const leave = [
      store.subscribe(() => {}),
      () => void stream.return(),
      ...[
        store.snapshot$.subscribe(),
        store.state$.subscribe(),
        store.select('n').subscribe(),
        store.select((state) => state.n).subscribe(),
      ].map((subscription) => () => subscription.unsubscribe()),
    ]
    const stream = store.stream()
    const waiting = store.waitFor(({ n }) => n > 0)
    expect(store.metrics().subscriberCount).toBe(7)
    store.set({ n: 1 })
    await waiting
    for (let left = 6; left > 0; left -= 1) {
      expect(store.metrics().subscriberCount).toBe(left)
      leave.pop()?.()
    }
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('list the figures of each subscriber and stream, in the order in which they joined', () => {
    const store = createStore(0)
    const first = store.subscribe(() => {}, { id: 'first' })
    store.snapshot$.subscribe()
    const stream = store.stream({ id: 'second' })
    const third = store.subscribe(() => {}, { id: 'third', replay: false })
    expect(store.metrics().subscribers).toEqual([first.stats(), stream.stats(), third.stats()])
    first.unsubscribe()
    expect(store.metrics().subscribers.map(({ id }) => id)).toEqual(['second', 'third'])
  })

  test('sum over subscribers, those who have left included', async () => {
    const store = createStore(0, { onFault: () => {} })
    const slow = slowConsumer()
    store.subscribe(slow.next, { policy: buffer({ capacity: 1 }) })
    store.subscribe(stuck)
    const leaver = store.subscribe(() => {
      throw new Error('next')
    })
    for (let n = 1; n <= 4; n += 1) store.set(n)
    const before = {
      published: 15,
      delivered: 1 + 1 + 5,
      dropped: 3,
      conflated: 3,
      pending: 2,
      subscriberErrors: 5,
    }
    expect(store.metrics()).toMatchObject(before)
    leaver.unsubscribe()
    expect(store.metrics()).toMatchObject(before)
    store.destroy()
    expect(store.metrics()).toMatchObject({ ...before, dropped: 5, pending: 0 })
    expectAccounted(store.metrics())
    slow.gates[0]?.fail(new Error('late'))
    await microtasks()
    expect(store.metrics()).toMatchObject({ ...before, dropped: 5, pending: 0 })
  })

  test('are values of their instant', () => {
    const store = createStore(0)
    store.subscribe(() => {})
    const before = store.metrics()
    const copy = structuredClone(before)
    store.set(1)
    expect(before).toEqual(copy)
    expect(store.metrics().commits).toBe(1)
  })

  test('stay readable after destroy', () => {
    const store = createStore(0)
    store.set(1)
    store.destroy()
    expect(store.metrics()).toMatchObject({ commits: 1, currentVersion: 1, subscriberCount: 0 })
  })
})
