import { ReadableStream } from 'node:stream/web'
import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import {
  audit,
  batch,
  buffer,
  createStore,
  debounce,
  direct,
  frame,
  latest,
  type Policy,
  type Snapshot,
  sample,
  switchLatest,
  throttle,
} from '../../../src/index.ts'
import { collectGarbage, expectAccounted, microtasks, refusal } from '../support.ts'

const DONE = { done: true, value: undefined }

/** Reduces results to the states they carry, `done` for the end. */
const states = (results: readonly IteratorResult<Snapshot<number>>[]): unknown[] =>
  results.map((result) => (result.done ? 'done' : result.value.state))

describe('Store.stream', () => {
  test('gives the current snapshot first, then waits for each', async () => {
    const store = createStore(0)
    const stream = store.stream()
    expect(await stream.next()).toEqual({ done: false, value: store.snapshot })
    const waiting = stream.next()
    const written = store.set(1)
    expect(await waiting).toEqual({ done: false, value: written })
  })

  test.each([throttle({ ms: 9 }), debounce({ ms: 9 }), audit({ ms: 9 }), sample({ ms: 9 }), frame()])(
    'gives the current snapshot past the time of $kind',
    (policy) => {
      const clock = new VirtualTimeScheduler()
      const store = createStore(0, { scheduler: clock })
      const stream = store.stream({ policy })
      const counts = { published: 1, pending: 1, pendingMax: 1 }
      expect(stream.stats()).toMatchObject(counts)
      expect(stream.poll()).toBe(store.snapshot)
      store.set(1)
      expect(stream.poll()).toBeUndefined()
      expect(clock.frame).toBe(0)
      expect(stream.stats()).toMatchObject({
        published: 2,
        delivered: 1,
        pending: 1,
        dropped: 0,
        conflated: 0,
      })
      stream.return()
    },
  )

  test('without replay waits for the first write', async () => {
    const store = createStore(0)
    const stream = store.stream({ replay: false })
    expect(stream.poll()).toBeUndefined()
    const waiting = stream.next()
    store.set(1)
    expect(states([await waiting])).toEqual([1])
  })

  test('keeps the newest while nobody waits', async () => {
    const store = createStore(0)
    const stream = store.stream()
    for (let n = 1; n <= 5; n += 1) store.set(n)
    expect(states([await stream.next()])).toEqual([5])
    expect(stream.stats()).toMatchObject({
      policy: 'latest',
      published: 6,
      delivered: 1,
      conflated: 5,
      missed: 5,
    })
  })

  test('keeps a bounded history with a buffer', async () => {
    const store = createStore(0)
    const drops: number[] = []
    const stream = store.stream({
      policy: buffer({ capacity: 2 }),
      onDrop: ({ version }) => drops.push(version),
    })
    for (let n = 1; n <= 4; n += 1) store.set(n)
    expect(states([await stream.next(), await stream.next()])).toEqual([3, 4])
    expect(drops).toEqual([0, 1, 2])
    expectAccounted(stream.stats())
  })

  test('serves several next() that wait at once in their order, one snapshot each', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: buffer() })
    const waiting = [stream.next(), stream.next(), stream.next(), stream.next()]
    store.set(1)
    store.set(2)
    const end = stream.return()
    expect(states(await Promise.all(waiting))).toEqual([0, 1, 2, 'done'])
    expect(await end).toEqual(DONE)
    expect(stream.stats()).toMatchObject({ published: 3, delivered: 3, calls: 3, pending: 0 })
  })

  test('serves those that wait under latest without losing any', async () => {
    const store = createStore(0)
    const stream = store.stream({ replay: false })
    const waiting = [stream.next(), stream.next()]
    store.set(1)
    store.set(2)
    expect(states(await Promise.all(waiting))).toEqual([1, 2])
    expect(stream.stats().conflated).toBe(0)
  })

  test('hands over on a microtask where the dispatch says so: the newest of a burst', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: latest({ dispatch: 'microtask' }), replay: false })
    const waiting = stream.next()
    store.set(1)
    store.set(2)
    expect(states([await waiting])).toEqual([2])
  })

  test('is numbered and listed among the subscribers', () => {
    const store = createStore(0)
    const stream = store.stream()
    expect(stream.id).toBe('subscriber-1')
    expect(store.stream({ id: 'tail' }).id).toBe('tail')
    expect(store.metrics().subscribers.map(({ id }) => id)).toEqual(['subscriber-1', 'tail'])
  })

  test.each<[string, Policy]>([
    ['direct', direct()],
    ['switchLatest', switchLatest()],
    ['batch:10::first:65536', batch({ ms: 10 })],
  ])('refuses %s, which does not hold one snapshot until it is asked for', (label, policy) => {
    const store = createStore(0)
    expect(() => store.stream({ policy })).toThrow(
      refusal(
        'POLICY_INVALID',
        `Expected "policy" to be a policy that holds a snapshot until it is asked for, such as latest() or buffer(), got "${label}" (string).`,
      ),
    )
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('is a source for the streams of the platform', async () => {
    const store = createStore(0)
    const readable = ReadableStream.from(store.stream({ policy: buffer() }))
    const reader = readable.getReader()
    store.set(1)
    expect((await reader.read()).value?.state).toBe(0)
    expect((await reader.read()).value?.state).toBe(1)
    await reader.cancel()
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('poll', () => {
  test('takes what is held, without waiting', () => {
    const store = createStore(0)
    const stream = store.stream({ policy: buffer() })
    const written = store.set(1)
    expect(stream.poll()?.state).toBe(0)
    expect(stream.poll()).toBe(written)
    expect(stream.poll()).toBeUndefined()
    expect(stream.stats()).toMatchObject({ delivered: 2, pending: 0, inFlight: 0 })
    store.set(2)
    expect(stream.poll()?.state).toBe(2)
  })

  test('leaves no demand behind where there was nothing', () => {
    const store = createStore(0)
    const stream = store.stream({ replay: false })
    expect(stream.poll()).toBeUndefined()
    store.set(1)
    expect(stream.stats()).toMatchObject({ delivered: 0, pending: 1 })
  })

  test('takes nothing from a next() that waits', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: latest({ dispatch: 'microtask' }), replay: false })
    const waiting = stream.next()
    store.set(1)
    expect(stream.poll()).toBeUndefined()
    expect(states([await waiting])).toEqual([1])
    store.set(2)
    await microtasks()
    expect(stream.stats()).toMatchObject({ delivered: 1, pending: 1 })
  })

  test('keeps no reference to what it gave', async () => {
    const store = createStore({ n: 0 })
    const stream = store.stream()
    const polled = new WeakRef(stream.poll() ?? {})
    store.set({ n: 1 })
    await microtasks()
    collectGarbage()
    expect(polled.deref()).toBeUndefined()
    expect(stream.closed).toBe(false)
  })

  test('of a stream that has ended gives nothing', async () => {
    const store = createStore(0)
    const stream = store.stream()
    await stream.return()
    expect(stream.poll()).toBeUndefined()
  })
})

describe('the end of a stream', () => {
  test('is return(): what is held is dropped, those that wait are done', async () => {
    const store = createStore(0)
    const reasons: string[] = []
    const stream = store.stream({ policy: buffer(), onDrop: ({ reason }) => reasons.push(reason) })
    store.set(1)
    expect(stream.closed).toBe(false)
    expect(await stream.return()).toEqual(DONE)
    expect(stream.closed).toBe(true)
    expect(reasons).toEqual(['unsubscribed', 'unsubscribed'])
    expect(await stream.next()).toEqual(DONE)
    expect(await stream.return()).toEqual(DONE)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('is throw(), which rejects with what it is given', async () => {
    const store = createStore(0)
    const stream = store.stream()
    const error = new Error('thrown in')
    await expect(stream.throw(error)).rejects.toBe(error)
    expect(stream.closed).toBe(true)
    expect(await stream.next()).toEqual(DONE)
  })

  test('is the abort of its signal', async () => {
    const store = createStore(0)
    const controller = new AbortController()
    const stream = store.stream({ signal: controller.signal, replay: false })
    const waiting = [stream.next(), stream.next()]
    controller.abort()
    expect(await Promise.all(waiting)).toEqual([DONE, DONE])
    expect(stream.closed).toBe(true)
    const late = store.stream({ signal: controller.signal })
    expect(await late.next()).toEqual(DONE)
  })

  test('is destroy: those that wait are done, what is held is dropped', async () => {
    const store = createStore(0)
    const reasons: string[] = []
    const waiting = store.stream({ replay: false }).next()
    const held = store.stream({ onDrop: ({ reason }) => reasons.push(reason) })
    store.destroy()
    expect(await waiting).toEqual(DONE)
    expect(await held.next()).toEqual(DONE)
    expect(reasons).toEqual(['complete'])
    expect(held.stats()).toMatchObject({ published: 1, dropped: 1, pending: 0 })
  })

  test('is the end of a using block', () => {
    const store = createStore(0)
    {
      using stream = store.stream()
      expect(stream.poll()?.state).toBe(0)
    }
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('is an overflow: next() rejects once, after what was held, then is done', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: buffer({ capacity: 2, overflow: 'error' }), id: 'tail' })
    for (let n = 1; n <= 3; n += 1) store.set(n)
    expect(stream.closed).toBe(false)
    expect(states([await stream.next(), await stream.next()])).toEqual([0, 1])
    expect(stream.closed).toBe(true)
    await expect(stream.next()).rejects.toThrow(
      refusal(
        'BUFFER_OVERFLOW',
        'Subscriber "tail" was closed: its buffer of 2 was full when version 2 arrived. Raise the capacity, consume faster, or choose another overflow.',
      ),
    )
    expect(await stream.next()).toEqual(DONE)
  })

  test('is told to each of several next() that wait for more than an overflow left', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: buffer({ capacity: 1, overflow: 'error' }) })
    store.set(1)
    const outcomes = await Promise.allSettled([stream.next(), stream.next(), stream.next()])
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { value: { state: 0 } } },
      { status: 'rejected', reason: { code: 'BUFFER_OVERFLOW' } },
      { status: 'fulfilled', value: DONE },
    ])
  })
})

describe('for await', () => {
  test('over a store takes the newest each time, and leaves with break', async () => {
    const store = createStore(0)
    const seen: number[] = []
    for await (const { state } of store) {
      seen.push(state)
      if (state >= 6) break
      for (let n = 1; n <= 3; n += 1) store.set(state + n)
    }
    expect(seen).toEqual([0, 3, 6])
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('over a stream leaves when its body throws', async () => {
    const store = createStore(0)
    const stream = store.stream()
    const loop = async (): Promise<void> => {
      for await (const _snapshot of stream) throw new Error('body')
    }
    await expect(loop()).rejects.toThrow('body')
    expect(stream.closed).toBe(true)
  })

  test('ends when the store is destroyed', async () => {
    const store = createStore(0)
    const seen: number[] = []
    const loop = (async () => {
      for await (const { state } of store) seen.push(state)
      return 'ended'
    })()
    await microtasks()
    store.set(1)
    await microtasks()
    store.destroy()
    expect(await loop).toBe('ended')
    expect(seen).toEqual([0, 1])
  })

  test('of a store that never writes waits', async () => {
    const store = createStore<number>()
    let turns = 0
    const loop = (async () => {
      for await (const _snapshot of store) turns += 1
    })()
    await microtasks()
    expect(turns).toBe(0)
    store.destroy()
    await loop
    expect(turns).toBe(0)
  })
})
