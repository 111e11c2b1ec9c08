import { describe, expect, test } from '@jest/globals'
import { buffer, createStore, type Drop, direct, isHeadgateError, type Store } from '../../src/index.ts'
import { expectAccounted, microtasks, noteVersions, refusal, slowConsumer } from './support.ts'

const ignore = (): void => {}

describe('Store.destroy', () => {
  test('completes everyone: who looks at a path first, then in the order in which they joined', () => {
    const store = createStore({ n: 0 })
    const told: string[] = []
    const complete = (who: string) => ({ next: ignore, complete: () => void told.push(who) })
    store.subscribe(complete('subscribe'))
    store.snapshot$.subscribe(complete('snapshot$'))
    store.state$.subscribe(complete('state$'))
    store.select('n').subscribe(complete('path'))
    store.select((state) => state.n).subscribe(complete('selector'))
    store.faults$.subscribe(complete('faults$'))
    store.subscribe(complete('last'), { replay: false })
    store.destroy()
    expect(told).toEqual(['path', 'subscribe', 'snapshot$', 'state$', 'selector', 'last', 'faults$'])
    store.destroy()
    expect(told).toHaveLength(7)
  })

  test('drops what is pending with the reason "complete", then completes', () => {
    const store = createStore(0)
    const { seen, next } = slowConsumer()
    const told: unknown[] = []
    const handle = store.subscribe(
      { next, complete: () => void told.push('complete') },
      {
        policy: buffer(),
        onDrop: ({ version, reason, snapshot }: Drop<number>) => told.push([version, reason, snapshot.state]),
      },
    )
    store.set(10)
    store.set(20)
    store.destroy()
    expect(seen).toEqual([0])
    expect(told).toEqual([[1, 'complete', 10], [2, 'complete', 20], 'complete'])
    expect(handle.closed).toBe(true)
    expect(handle.stats()).toMatchObject({ published: 3, delivered: 1, dropped: 2, pending: 0 })
  })

  test('aborts the signal of a handler that is running', async () => {
    const store = createStore(0)
    let signal: AbortSignal | undefined
    store.subscribe((_snapshot, delivery) => {
      signal = delivery.signal
      return new Promise(() => {})
    })
    expect(signal?.aborted).toBe(false)
    store.destroy()
    expect(signal?.aborted).toBe(true)
  })

  test('inside a delivery ends it: nobody behind is told that version, nor one that was queued', () => {
    const store = createStore(0)
    const seen: number[] = []
    const plain: number[] = []
    let completions = 0
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.set(2)
      store.destroy()
    })
    store.subscribe({
      next: noteVersions(seen),
      complete: () => {
        completions += 1
      },
    })
    store.snapshot$.subscribe(noteVersions(plain))
    store.set(1)
    expect(seen).toEqual([0])
    expect(plain).toEqual([0])
    expect(completions).toBe(1)
    expect(store.snapshot.version).toBe(2)
  })

  test('keeps the accounts inside the complete callbacks, of those as well whose turn is to come', () => {
    const store = createStore(0)
    const published: number[] = []
    const complete = (): void => {
      const metrics = store.metrics()
      expectAccounted(metrics)
      published.push(metrics.published)
    }
    for (let n = 0; n < 3; n += 1) store.subscribe({ next: () => new Promise(() => {}), complete })
    store.set(1)
    store.destroy()
    expect(published).toEqual([6, 6, 6])
  })

  test('lets a complete callback unsubscribe another, which is then told nothing', () => {
    const store = createStore(0)
    const told: string[] = []
    store.subscribe({
      next: ignore,
      complete: () => {
        told.push('first')
        second.unsubscribe()
      },
    })
    const second = store.subscribe({ next: ignore, complete: () => void told.push('second') })
    store.destroy()
    expect(told).toEqual(['first'])
  })

  test('gives who joins in a complete callback the completion', () => {
    const store = createStore(0)
    const told: string[] = []
    store.subscribe({
      next: ignore,
      complete: () => {
        told.push('first')
        store.subscribe({ next: () => void told.push('next'), complete: () => void told.push('joined') })
      },
    })
    store.subscribe({ next: ignore, complete: () => void told.push('second') })
    store.destroy()
    expect(told).toEqual(['first', 'joined', 'second'])
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('reports a complete callback that throws, and completes the others', () => {
    const faults: unknown[] = []
    const store = createStore(0, { onFault: ({ phase, version }) => faults.push([phase, version]) })
    let completions = 0
    store.subscribe({
      next: ignore,
      complete: () => {
        throw new Error('complete')
      },
    })
    store.subscribe({
      next: ignore,
      complete: () => {
        completions += 1
      },
    })
    store.destroy()
    expect(faults).toEqual([['complete', -1]])
    expect(completions).toBe(1)
  })

  test('leaves the last snapshot readable', () => {
    const store = createStore(0)
    const last = store.set(1)
    store.destroy()
    expect(store.snapshot).toBe(last)
    expect(store.state).toBe(1)
    expect(store.initialize(5)).toBe(last)
  })

  test('gives a later subscriber only the completion', async () => {
    const store = createStore({ n: 0 })
    store.destroy()
    const told: string[] = []
    const observer = (who: string) => ({
      next: () => void told.push(`${who} next`),
      complete: () => void told.push(who),
    })
    const handle = store.subscribe(observer('subscribe'), { policy: direct() })
    store.snapshot$.subscribe(observer('snapshot$'))
    store.state$.subscribe(observer('state$'))
    store.select('n').subscribe(observer('path'))
    store.select((state) => state.n).subscribe(observer('selector'))
    store.faults$.subscribe(observer('faults$'))
    expect(told).toEqual(['subscribe', 'snapshot$', 'state$', 'path', 'selector', 'faults$'])
    expect(handle.closed).toBe(true)
    expect(handle.stats()).toMatchObject({ published: 0, delivered: 0 })
    expect(await store.stream().next()).toEqual({ done: true, value: undefined })
    expect(store.metrics().subscriberCount).toBe(0)
  })

  const writes: [string, (store: Store<number>) => unknown][] = [
    ['update()', (store) => store.update((n) => n + 1)],
    ['set()', (store) => store.set(1)],
    ['put()', (store) => store.put({ ...store.snapshot, version: 9 })],
    ['batch()', (store) => store.batch(() => 1)],
  ]

  test.each(writes)('refuses a later %s', (operation, write) => {
    const store = createStore(0, { name: 'arm' })
    const before = store.snapshot
    store.destroy()
    expect(() => write(store)).toThrow(
      refusal(
        'STORE_DESTROYED',
        `${operation} on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.`,
      ),
    )
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
  })

  test('refuses the first state of an uninitialized store as well', () => {
    const store = createStore<number>()
    store.destroy()
    expect(() => store.initialize(1)).toThrow(refusal('STORE_DESTROYED'))
    expect(store.snapshot.version).toBe(-1)
  })

  test('rejects a later modify, waitFor and ready', async () => {
    const store = createStore(0)
    store.destroy()
    let calls = 0
    const operations = [store.modify(async () => ++calls), store.waitFor(() => ++calls > 0), store.ready()]
    const outcomes = await Promise.allSettled(operations)
    expect(
      outcomes.map((outcome) =>
        outcome.status === 'rejected' && isHeadgateError(outcome.reason, 'STORE_DESTROYED')
          ? outcome.reason.details.operation
          : outcome,
      ),
    ).toEqual(['modify()', 'waitFor()', 'ready()'])
    expect(calls).toBe(0)
  })

  test('lets go of a handler that fails afterwards: nothing is reported', async () => {
    const faults: unknown[] = []
    const store = createStore(0, { onFault: (fault) => faults.push(fault) })
    const { gates, next } = slowConsumer()
    const handle = store.subscribe(next)
    store.destroy()
    gates[0]?.fail(new Error('late'))
    await microtasks()
    expect(faults).toEqual([])
    expect(handle.stats()).toMatchObject({ inFlight: 0, errors: 0 })
  })

  test('is what leaving a using block does', () => {
    let held: Store<number>
    {
      using store = createStore(0)
      held = store
      expect(store.set(1).version).toBe(1)
    }
    expect(() => held.set(2)).toThrow(refusal('STORE_DESTROYED'))
  })
})
