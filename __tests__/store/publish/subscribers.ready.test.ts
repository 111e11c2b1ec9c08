import { describe, expect, test } from '@jest/globals'
import { buffer, createStore, type Store, type SubscriberHandle } from '../../../src/index.ts'
import { caught, microtasks, refusal, slowConsumer } from '../support.ts'

const suspending = (capacity: number) => buffer({ capacity, overflow: 'suspend' })

/** A store whose one subscriber suspends its writers and is busy with version 0. */
function suspendedStore(capacity: number): {
  store: Store<number>
  seen: number[]
  handle: SubscriberHandle
  release: () => Promise<void>
} {
  const store = createStore(0, { name: 'arm' })
  const { seen, gates, next } = slowConsumer()
  const handle = store.subscribe(next, { id: 'archive', policy: suspending(capacity) })
  const release = async (): Promise<void> => {
    gates[seen.length - 1]?.open()
    await microtasks()
  }
  return { store, seen, handle, release }
}

describe('a subscriber that suspends its writers', () => {
  test('has a write refused that would overflow it, before it commits', () => {
    const { store, handle } = suspendedStore(2)
    store.set(1)
    store.set(2)
    const before = store.snapshot
    const message =
      'A write on store "arm" was refused: subscriber "archive" suspends its writers and its buffer of 2 is full. Write inside store.whenReady(), or overrule it with { whenFull: \'overrule\' }.'
    let recipes = 0
    const writes = [
      () => store.set(3),
      () => store.update(() => ++recipes),
      () => store.put({ ...before, version: 9 }),
      () => store.batch(() => ++recipes),
    ]
    for (const write of writes) expect(write).toThrow(refusal('SUBSCRIBER_FULL', message))
    expect(recipes).toBe(0)
    expect(store.snapshot).toBe(before)
    expect(handle.stats()).toMatchObject({ published: 3, delivered: 1, dropped: 0, pending: 2 })
    expect(store.metrics()).toMatchObject({ commits: 2, failedWrites: 4 })
  })

  test('takes capacity and one more while it is idle', () => {
    const store = createStore(0)
    store.subscribe(() => {}, { policy: suspending(1) })
    for (let n = 1; n <= 10; n += 1) store.set(n)
    expect(store.state).toBe(10)
  })

  test('refuses nothing once it has left', () => {
    const { store, handle } = suspendedStore(1)
    store.set(1)
    expect(caught(() => store.set(2))).toEqual(refusal('SUBSCRIBER_FULL'))
    handle()
    for (let n = 2; n <= 9; n += 1) expect(store.set(n).version).toBe(n)
  })

  test('loses nothing to a write made while a version is on its way to it', () => {
    const store = createStore(0)
    const outcomes: unknown[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      for (const state of [20, 30]) {
        try {
          outcomes.push(store.set(state).version)
        } catch (error) {
          outcomes.push(error)
        }
      }
    })
    const handle = store.subscribe(() => new Promise(() => {}), { policy: suspending(1) })
    // It is busy with version 0. Version 1 fills its buffer, though it has not been offered yet when the
    // first subscriber writes.
    store.set(10)
    expect(outcomes).toEqual([refusal('SUBSCRIBER_FULL'), refusal('SUBSCRIBER_FULL')])
    expect(handle.stats()).toMatchObject({ published: 2, delivered: 1, dropped: 0, pending: 1 })
    expect(handle.closed).toBe(false)
  })

  test('counts what is queued for it, and not what came before it joined', () => {
    const store = createStore(0)
    const outcomes: unknown[] = []
    let handle: SubscriberHandle | undefined
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.set(20)
      handle = store.subscribe(() => new Promise(() => {}), { policy: suspending(2) })
      for (const state of [30, 40, 50]) {
        try {
          outcomes.push(store.set(state).version)
        } catch (error) {
          outcomes.push(error)
        }
      }
    })
    store.set(10)
    expect(outcomes).toEqual([3, 4, refusal('SUBSCRIBER_FULL')])
    expect(handle?.stats()).toMatchObject({ published: 3, delivered: 1, dropped: 0, pending: 2 })
  })

  test('may write in its own callback as long as its buffer has room', () => {
    const store = createStore(0, { onFault: () => {} })
    const seen: number[] = []
    const errors: unknown[] = []
    const handle = store.subscribe(
      ({ version }) => {
        seen.push(version)
        if (version !== 1) return
        store.set(20)
        errors.push(caught(() => store.set(30)))
      },
      { policy: suspending(1) },
    )
    store.set(10)
    expect(seen).toEqual([0, 1, 2])
    expect(errors).toEqual([refusal('SUBSCRIBER_FULL')])
    expect(handle.stats().dropped).toBe(0)
  })
})

describe('Store.ready', () => {
  test('resolves at once where nobody is full', async () => {
    await expect(createStore(0).ready()).resolves.toBeUndefined()
    const { store } = suspendedStore(1)
    await expect(store.ready()).resolves.toBeUndefined()
  })

  test('resolves when the subscriber that is full has room', async () => {
    const { store, seen, release } = suspendedStore(1)
    store.set(1)
    let resolved = 0
    const wait = store.ready().then(() => {
      resolved += 1
    })
    await microtasks()
    expect(resolved).toBe(0)
    await release()
    await wait
    store.set(2)
    expect(seen).toEqual([0, 1])
  })

  test('waits for every one of several', async () => {
    const { store, release, handle } = suspendedStore(1)
    const other = slowConsumer()
    store.subscribe(other.next, { policy: suspending(1) })
    store.set(1)
    let resolved = 0
    const wait = store.ready().then(() => {
      resolved += 1
    })
    await release()
    expect(resolved).toBe(0)
    other.gates[0]?.open()
    await wait
    expect(handle.stats().pending).toBe(0)
  })

  test('lets the writers in one by one, in the order in which they asked', async () => {
    const { store, seen, release } = suspendedStore(1)
    const order: string[] = []
    const write = async (name: string, state: number): Promise<void> => {
      await store.ready()
      store.set(state) // refused if another writer had been let in as well
      order.push(name)
    }
    const writers = ['a', 'b', 'c', 'd'].map((name, index) => write(name, index + 1))
    await microtasks()
    expect(order).toEqual(['a'])
    for (const expected of [
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 'd'],
    ]) {
      await release()
      expect(order).toEqual(expected)
    }
    await Promise.all(writers)
    while (seen.length < 5) await release()
    expect(seen).toEqual([0, 1, 2, 3, 4])
    expect(store.metrics()).toMatchObject({ failedWrites: 0, dropped: 0 })
  })

  test('lets those behind in where the first one does not write', async () => {
    const { store, release } = suspendedStore(1)
    store.set(1)
    const order: string[] = []
    const waits = ['a', 'b'].map((name) => store.ready().then(() => order.push(name)))
    await release()
    await Promise.all(waits)
    expect(order).toEqual(['a', 'b'])
  })

  test('resolves when the subscriber that was full leaves', async () => {
    const { store, handle } = suspendedStore(1)
    store.set(1)
    const wait = store.ready()
    await microtasks()
    handle()
    await expect(wait).resolves.toBeUndefined()
  })

  test('rejects all that wait when the store is destroyed', async () => {
    const { store } = suspendedStore(1)
    store.set(1)
    const waits = [store.ready(), store.ready()]
    await microtasks()
    store.destroy()
    const message =
      'ready() on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.'
    for (const outcome of await Promise.allSettled(waits)) {
      expect(outcome).toEqual({ status: 'rejected', reason: refusal('STORE_DESTROYED', message) })
    }
  })

  test('serves a stream that suspends its writers', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: suspending(2) })
    const written: number[] = []
    const writer = (async () => {
      for (let n = 1; n <= 5; n += 1) {
        await store.ready()
        written.push(store.set(n).version)
      }
    })()
    await microtasks()
    expect(written).toEqual([1])
    const taken: number[] = []
    for await (const { state } of stream) {
      taken.push(state)
      if (state === 5) break
    }
    await writer
    expect(taken).toEqual([0, 1, 2, 3, 4, 5])
  })
})
