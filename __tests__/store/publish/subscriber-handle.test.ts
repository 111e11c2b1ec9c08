import { describe, expect, test } from '@jest/globals'
import { buffer, createStore, type SubscriberHandle } from '../../../src/index.ts'
import { ManualClock, microtasks, noteVersions, slowConsumer } from '../support.ts'

const endings: [string, (handle: SubscriberHandle) => void][] = [
  ['calling it', (handle) => handle()],
  ['unsubscribe()', (handle) => handle.unsubscribe()],
  ['Symbol.dispose', (handle) => handle[Symbol.dispose]()],
]

describe('a SubscriberHandle', () => {
  test.each(endings)('is ended by %s, and again without effect', (_name, end) => {
    const store = createStore(0)
    const seen: number[] = []
    const reasons: string[] = []
    let completions = 0
    const handle = store.subscribe(
      {
        next: noteVersions(seen),
        complete: () => {
          completions += 1
        },
      },
      { onDrop: ({ reason }) => reasons.push(reason) },
    )
    expect(handle.closed).toBe(false)
    end(handle)
    for (const [, endAgain] of endings) endAgain(handle)
    store.set(1)
    store.destroy()
    end(handle)
    expect(handle.closed).toBe(true)
    expect(seen).toEqual([0])
    expect(reasons).toEqual([])
    expect(completions).toBe(0)
  })

  test('is a function that loses nothing when it is passed on', () => {
    const store = createStore(0)
    const { unsubscribe } = { unsubscribe: store.subscribe(() => {}) as () => void }
    expect(typeof unsubscribe).toBe('function')
    unsubscribe()
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('is a function as any other, with members of its own', () => {
    const store = createStore(0)
    const [first, second] = [store.subscribe(() => {}, { id: 'a' }), store.subscribe(() => {}, { id: 'b' })]
    expect([first.id, second.id]).toEqual(['a', 'b'])
    expect(first).toBeInstanceOf(Function)
    expect(first.bind(undefined)).toBeInstanceOf(Function)
    expect(first).not.toHaveProperty('then')
    for (const member of ['id', 'closed', 'unsubscribe', 'stats', Symbol.dispose, 'call']) {
      expect(member in first).toBe(true)
    }
    expect('then' in first).toBe(false)
    first.call(undefined)
    expect([first.closed, second.closed]).toEqual([true, false])
  })

  test('refuses what is written to it, and so keeps it from all others', () => {
    const store = createStore(0)
    const [first, second] = [store.subscribe(() => {}), store.subscribe(() => {})]
    expect(() => Object.assign(first, { note: 1 })).toThrow(TypeError)
    expect(() => Object.assign(first, { id: 'mine' })).toThrow(TypeError)
    expect(second).not.toHaveProperty('note')
    expect(second.id).toBe('subscriber-2')
  })

  test('ends with its using block', () => {
    const store = createStore(0)
    const seen: number[] = []
    {
      using handle = store.subscribe(noteVersions(seen), { id: 'log' })
      expect(handle.id).toBe('log')
      store.set(1)
    }
    store.set(2)
    expect(seen).toEqual([0, 1])
  })

  test('tells what its subscriber was offered, got and lost', async () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock, onFault: () => {} })
    const { gates, next } = slowConsumer()
    const handle = store.subscribe(next, { id: 'log', policy: buffer({ capacity: 2 }) })
    clock.advance(5)
    for (let n = 1; n <= 4; n += 1) store.set(n)
    expect(handle.stats()).toEqual({
      id: 'log',
      policy: 'buffer:2:drop-oldest',
      published: 5,
      delivered: 1,
      dropped: 2,
      conflated: 0,
      pending: 2,
      calls: 1,
      errors: 0,
      inFlight: 1,
      abandoned: 0,
      capacity: 2,
      pendingMax: 2,
      missed: 0,
      lastVersion: 0,
      busySince: 50,
    })
    gates[0]?.fail(new Error('next'))
    await microtasks()
    expect(handle.stats()).toMatchObject({
      delivered: 2,
      pending: 1,
      errors: 1,
      missed: 2,
      lastVersion: 3,
      busySince: 55,
    })
  })

  test('keeps its figures after the end, and settles what is in flight', async () => {
    const store = createStore(0)
    const { gates, next } = slowConsumer()
    const handle = store.subscribe(next)
    store.set(1)
    handle()
    const atTheEnd = handle.stats()
    expect(atTheEnd).toMatchObject({ published: 2, delivered: 1, dropped: 1, pending: 0, inFlight: 1 })
    store.set(2)
    gates[0]?.open()
    await microtasks()
    expect(handle.stats()).toEqual({ ...atTheEnd, inFlight: 0 })
    expect(handle.id).toBe('subscriber-1')
  })

  test('gives a new object with each reading', () => {
    const handle = createStore(0).subscribe(() => {})
    expect(handle.stats()).not.toBe(handle.stats())
    expect(handle.stats()).toEqual(handle.stats())
  })
})
