import { describe, expect, test } from '@jest/globals'
import { Observable, Subject } from 'rxjs'
import { buffer, createStore, type Drop, direct, latest, type Snapshot } from '../../../src/index.ts'
import { microtasks, noteVersions, slowConsumer } from '../support.ts'

describe('Store.subscribe', () => {
  test('delivers the current snapshot at once, then each', () => {
    const store = createStore('a')
    store.set('b')
    const seen: Snapshot<string>[] = []
    store.subscribe((snapshot) => void seen.push(snapshot))
    expect(seen).toEqual([store.snapshot])
    store.set('c')
    expect(seen.map(({ state }) => state)).toEqual(['b', 'c'])
  })

  test('without replay delivers only what comes', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen), { replay: false })
    expect(seen).toEqual([])
    store.set(1)
    expect(seen).toEqual([1])
  })

  test('tells a consumer its version, what it missed, its id, and a signal', () => {
    const store = createStore(0)
    const deliveries: unknown[] = []
    store.subscribe(
      (_snapshot, { version, missed, subscriberId, signal }) =>
        void deliveries.push([
          version,
          missed,
          subscriberId,
          signal instanceof AbortSignal && signal.aborted,
        ]),
      { id: 'log' },
    )
    store.set(1)
    expect(deliveries).toEqual([
      [0, 0, 'log', false],
      [1, 0, 'log', false],
    ])
  })

  test('numbers the subscribers that give no id', () => {
    const store = createStore(0)
    const ids = [
      store.subscribe(() => {}),
      store.subscribe(() => {}, { id: 'log' }),
      store.stream(),
      store.subscribe(() => {}, { id: undefined }),
    ].map(({ id }) => id)
    expect(ids).toEqual(['subscriber-1', 'log', 'subscriber-3', 'subscriber-4'])
  })

  test('keeps only the newest for a busy consumer, unless another policy is given', async () => {
    const store = createStore(0)
    const byDefault = slowConsumer()
    const buffered = slowConsumer()
    const overlapping = slowConsumer()
    const policies = [
      store.subscribe(byDefault.next),
      store.subscribe(buffered.next, { policy: buffer({ capacity: 2 }) }),
      store.subscribe(overlapping.next, { policy: direct() }),
    ].map((handle) => handle.stats().policy)
    expect(policies).toEqual(['latest', 'buffer:2:drop-oldest', 'direct'])
    for (let n = 1; n <= 3; n += 1) store.set(n)
    for (const { gates } of [byDefault, buffered]) {
      for (let turn = 0; turn < gates.length; turn += 1) {
        gates[turn]?.open()
        await microtasks()
      }
    }
    expect([byDefault.seen, buffered.seen, overlapping.seen]).toEqual([
      [0, 3],
      [0, 2, 3],
      [0, 1, 2, 3],
    ])
  })

  test('waits for an observable that the consumer returned', () => {
    const store = createStore(0)
    const seen: number[] = []
    const handlers: Subject<void>[] = []
    store.subscribe(({ version }) => {
      seen.push(version)
      const handler = new Subject<void>()
      handlers.push(handler)
      return handler
    })
    store.set(1)
    store.set(2)
    handlers[0]?.next()
    expect(seen).toEqual([0])
    handlers[0]?.complete()
    expect(seen).toEqual([0, 2])
  })

  test('hands a synchronous burst over in one microtask where the dispatch says so', async () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen), { policy: latest({ dispatch: 'microtask' }) })
    for (let n = 1; n <= 5; n += 1) store.set(n)
    expect(seen).toEqual([0])
    await microtasks()
    expect(seen).toEqual([0, 5])
  })

  test('tells onDrop what is lost, why, and how many have been', () => {
    const store = createStore(0)
    const drops: Drop<number>[] = []
    const handle = store.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1 }),
      onDrop: (drop) => drops.push(drop),
    })
    const [first, second] = [store.set(10), store.set(20), store.set(30)]
    handle()
    expect(drops).toEqual([
      { snapshot: first, version: 1, reason: 'overflow', dropped: 1 },
      { snapshot: second, version: 2, reason: 'overflow', dropped: 2 },
      { snapshot: store.snapshot, version: 3, reason: 'unsubscribed', dropped: 3 },
    ])
  })
})

describe('options.signal', () => {
  test('ends the subscription when it aborts', () => {
    const store = createStore(0)
    const { signal, abort } = abortable()
    const seen: number[] = []
    const handle = store.subscribe(noteVersions(seen), { signal })
    store.set(1)
    abort()
    store.set(2)
    expect(seen).toEqual([0, 1])
    expect(handle.closed).toBe(true)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('that has aborted already ends it before the replay', () => {
    const store = createStore(0)
    const seen: number[] = []
    const handle = store.subscribe(noteVersions(seen), { signal: AbortSignal.abort() })
    store.set(1)
    expect(seen).toEqual([])
    expect(handle.closed).toBe(true)
    expect(handle.stats().published).toBe(0)
  })

  test('may abort inside the replay, before the handle is there', () => {
    const store = createStore(0)
    const { signal, abort } = abortable()
    const seen: number[] = []
    const handle = store.subscribe(
      ({ version }) => {
        seen.push(version)
        abort()
      },
      { signal },
    )
    store.set(1)
    expect(seen).toEqual([0])
    expect(handle.closed).toBe(true)
  })

  test('aborts the signal of the delivery that is being handled', () => {
    const store = createStore(0)
    const { signal, abort } = abortable()
    let handled: AbortSignal | undefined
    store.subscribe(
      (_snapshot, delivery) => {
        handled = delivery.signal
        return new Promise(() => {})
      },
      { signal },
    )
    abort()
    expect(handled?.aborted).toBe(true)
  })
})

describe('onError', () => {
  test('continue: a consumer that throws stays', () => {
    const store = createStore(0, { onFault: () => {} })
    const seen: number[] = []
    const handle = store.subscribe(({ version }) => {
      seen.push(version)
      throw new Error('next')
    })
    store.set(1)
    expect(seen).toEqual([0, 1])
    expect(handle.stats()).toMatchObject({ errors: 2, calls: 2 })
  })

  test('close: it is unsubscribed after the first failure, and what waited is dropped', async () => {
    const store = createStore(0, { onFault: () => {} })
    const { gates, next } = slowConsumer()
    const reasons: string[] = []
    const handle = store.subscribe(next, {
      onError: 'close',
      policy: buffer(),
      onDrop: ({ reason }) => reasons.push(reason),
    })
    store.set(1)
    gates[0]?.fail(new Error('next'))
    await microtasks()
    store.set(2)
    expect(handle.closed).toBe(true)
    expect(reasons).toEqual(['consumer-error'])
    expect(handle.stats()).toMatchObject({ published: 2, delivered: 1, dropped: 1, errors: 1 })
  })

  test('close: an observable that is still running is left', () => {
    const store = createStore(0, { onFault: () => {} })
    let left = 0
    const handle = store.subscribe(
      ({ version }) => {
        if (version === 1) throw new Error('next')
        return new Observable(() => () => {
          left += 1
        })
      },
      { onError: 'close', policy: direct() },
    )
    store.set(1)
    expect(handle.closed).toBe(true)
    expect(left).toBe(1)
  })
})

describe('many subscribers', () => {
  test('are told in the order in which they joined, also after most have left', () => {
    const store = createStore(0)
    const seen: number[] = []
    const handles = Array.from({ length: 500 }, (_, index) =>
      store.subscribe(() => void seen.push(index), { replay: false }),
    )
    handles.forEach((handle, index) => {
      if (index % 10 !== 3) handle()
    })
    store.subscribe(() => {})
    store.set(1)
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index * 10 + 3))
    expect(store.metrics().subscribers).toHaveLength(51)
  })
})

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
