import { describe, expect, jest, test } from '@jest/globals'
import { createStore } from '../../../src/index.ts'
import { gate, microtasks, noteVersions, refusal } from '../support.ts'

describe('Store.modify', () => {
  test('awaits the work and commits its result', async () => {
    const store = createStore({ n: 1 })
    const work = gate<{ n: number }>()
    const given: unknown[] = []
    const modifying = store.modify((state, signal) => {
      given.push(state, signal instanceof AbortSignal, signal.aborted)
      return work.promise
    })
    await microtasks()
    expect(store.snapshot.version).toBe(0)
    work.open({ n: 2 })
    const snapshot = await modifying
    expect(snapshot).toMatchObject({
      version: 1,
      state: { n: 2 },
      reason: 'MODIFY',
      source: 'store',
      metadata: {},
    })
    expect(snapshot).toBe(store.snapshot)
    expect(snapshot.state).toBeFrozen()
    expect(given).toEqual([{ n: 1 }, true, false])
  })

  test.each<[string, () => unknown]>([
    [
      'a generator',
      function* () {
        yield 1
      },
    ],
    [
      'a generator',
      async function* () {
        yield 1
      },
    ],
  ])('refuses work that returns %s, and keeps the state', async (received, work) => {
    const store = createStore<unknown>(0)
    const refused = store.modify(work as () => Promise<unknown>)
    await expect(refused).rejects.toThrow(
      refusal(
        'OPTION_INVALID',
        `Expected "work of modify()" to be a function that returns the next state, or a promise of it, got ${received}.`,
      ),
    )
    expect(store.state).toBe(0)
  })

  test('labels the commit as told', async () => {
    const store = createStore(0)
    const write = { reason: 'PLAN', source: 'planner', metadata: { trace: 'a1' } }
    expect(await store.modify(async (n) => n + 1, write)).toMatchObject(write)
  })

  test('runs the work again on the newer state when another write came first', async () => {
    const store = createStore(1)
    const given: number[] = []
    const gates = [gate(), gate()]
    const modifying = store.modify(async (n) => {
      given.push(n)
      await gates[given.length - 1]?.promise
      return n * 10
    })
    store.set(2)
    gates[0]?.open()
    await microtasks()
    expect(given).toEqual([1, 2])
    gates[1]?.open()
    expect(await modifying).toMatchObject({ version: 2, state: 20 })
    expect(store.metrics()).toMatchObject({ commits: 2, versionConflicts: 1 })
  })

  test('lands every one of many increments that race', async () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const count = 25
    const increment = async (n: number): Promise<number> => {
      await Promise.resolve()
      return n + 1
    }
    const done = await Promise.all(
      Array.from({ length: count }, () => store.modify(increment, { retries: count })),
    )
    expect(store.snapshot).toMatchObject({ version: count, state: count })
    expect(new Set(done.map(({ version }) => version)).size).toBe(count)
    expect(seen).toEqual(Array.from({ length: count + 1 }, (_, version) => version))
    expect(store.metrics().versionConflicts).toBe(0)
  })

  test('calls of one store queue up in the order in which they were made, and never race', async () => {
    const store = createStore(0)
    const order: number[] = []
    const calls = Array.from({ length: 25 }, (_, call) =>
      store.modify(
        async (n) => {
          order.push(call)
          await microtasks()
          return n + 1
        },
        { retries: 0 },
      ),
    )
    const done = await Promise.all(calls)
    expect(order).toEqual(Array.from({ length: 25 }, (_, call) => call))
    expect(done.map(({ version }) => version)).toEqual(order.map((call) => call + 1))
    expect(store.metrics()).toMatchObject({ commits: 25, versionConflicts: 0, failedWrites: 0 })
  })

  test('a call that is aborted in the queue leaves it, and so does one that fails', async () => {
    const store = createStore(0)
    const first = gate<number>()
    const leaving = new AbortController()
    const calls = [
      store.modify(() => first.promise),
      store.modify(async (n) => n + 10, { signal: leaving.signal }),
      store.modify(async () => Promise.reject(new Error('no'))),
      store.modify(async (n) => n + 100),
    ]
    leaving.abort(new Error('left'))
    first.open(1)
    expect(await Promise.allSettled(calls)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: 'left' } },
      { status: 'rejected', reason: { message: 'no' } },
      { status: 'fulfilled' },
    ])
    expect(store.state).toBe(101)
  })

  test.each([
    [undefined, 4],
    [0, 1],
    [2, 3],
  ])('with retries %p, runs the work %i times before it is refused', async (retries, runs) => {
    const store = createStore(0, { name: 'arm' })
    let calls = 0
    const modifying = store.modify(
      async (n) => {
        calls += 1
        store.set(n + 100) // always first
        return n + 1
      },
      { retries },
    )
    await expect(modifying).rejects.toThrow(
      refusal(
        'VERSION_CONFLICT',
        `A write on store "arm" that expected version ${runs - 1} was refused: the store is at version ${runs}. Read the state again and retry, or use modify().`,
      ),
    )
    expect(calls).toBe(runs)
    expect(store.state).toBe(runs * 100)
  })

  test('commits nothing for the state that it was given', async () => {
    const store = createStore({ n: 1 })
    const before = store.snapshot
    expect(await store.modify(async (state) => state)).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 1, failedWrites: 0 })
  })

  test('runs the work again where it kept a state that has passed', async () => {
    const store = createStore({ n: 1 })
    const given: number[] = []
    const snapshot = await store.modify(async (state) => {
      given.push(state.n)
      if (given.length === 1) store.set({ n: 2 })
      return state
    })
    expect(given).toEqual([1, 2])
    expect(snapshot).toMatchObject({ version: 1, state: { n: 2 } })
  })

  test('builds on the published state where a batch is open', async () => {
    const store = createStore(1)
    const given: number[] = []
    let modifying: Promise<unknown> | undefined
    store.batch(() => {
      store.set(2)
      modifying = store.modify(async (n) => {
        given.push(n)
        return n + 1
      })
    })
    await modifying
    expect(given).toEqual([1, 2])
    expect(store.state).toBe(3)
  })

  test('rejects with what the work rejects with, or throws', async () => {
    const store = createStore(0)
    const error = new Error('work')
    await expect(store.modify(() => Promise.reject(error))).rejects.toBe(error)
    await expect(
      store.modify(() => {
        throw error
      }),
    ).rejects.toBe(error)
    expect(store.snapshot.version).toBe(0)
  })

  test('takes a work that is not async as well, from who has no types', async () => {
    const store = createStore(1)
    const work = ((n: number) => n + 1) as unknown as (n: number) => Promise<number>
    expect((await store.modify(work)).state).toBe(2)
  })

  test('rejects a result of undefined', async () => {
    const store = createStore(0)
    const modifying = store.modify(() => Promise.resolve(undefined as unknown as number))
    await expect(modifying).rejects.toThrow(refusal('STATE_UNDEFINED'))
    expect(store.snapshot.version).toBe(0)
  })
})

describe('a modify that is aborted', () => {
  test('before it began does not run the work', async () => {
    const store = createStore(0)
    const reason = new Error('too late')
    let calls = 0
    const modifying = store.modify(async () => ++calls, { signal: AbortSignal.abort(reason) })
    await expect(modifying).rejects.toBe(reason)
    expect(calls).toBe(0)
    expect(store.snapshot.version).toBe(0)
  })

  test('while the work runs rejects at once, aborts the signal of the work, and ignores its result', async () => {
    const store = createStore(0)
    const controller = new AbortController()
    const reason = new Error('enough')
    const work = gate<number>()
    let given: AbortSignal | undefined
    const modifying = store.modify(
      (_state, signal) => {
        given = signal
        return work.promise
      },
      { signal: controller.signal },
    )
    controller.abort(reason)
    await expect(modifying).rejects.toBe(reason)
    expect(given?.aborted).toBe(true)
    expect(given?.reason).toBe(reason)
    work.open(7)
    await microtasks()
    expect(store.snapshot.version).toBe(0)
  })

  test('by its own work runs no second attempt', async () => {
    const store = createStore(0)
    const controller = new AbortController()
    let calls = 0
    const modifying = store.modify(
      async () => {
        calls += 1
        store.set(100)
        queueMicrotask(() => controller.abort('enough')) // after the work, before it is run again
        return 1
      },
      { signal: controller.signal },
    )
    await expect(modifying).rejects.toBe('enough')
    expect(calls).toBe(1)
  })

  test('leaves no listener on the signal, however it ended', async () => {
    const { signal } = new AbortController()
    const added = jest.spyOn(signal, 'addEventListener')
    const removed = jest.spyOn(signal, 'removeEventListener')
    const store = createStore(0)
    await store.modify(async () => 1, { signal })
    await store.modify(() => Promise.reject(new Error('work')), { signal }).catch(() => {})
    expect(added).toHaveBeenCalledTimes(2)
    expect(removed.mock.calls).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
  })
})

describe('a modify whose store is destroyed', () => {
  test('rejects at once and aborts the signal of the work', async () => {
    const store = createStore(0, { name: 'arm' })
    const work = gate<number>()
    let given: AbortSignal | undefined
    const modifying = store.modify((_state, signal) => {
      given = signal
      return work.promise
    })
    store.destroy()
    expect(given?.aborted).toBe(true)
    await expect(modifying).rejects.toThrow(
      refusal(
        'STORE_DESTROYED',
        'modify() on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
      ),
    )
    work.open(7)
    await microtasks()
    expect(store.state).toBe(0)
  })

  test('by its own work is refused', async () => {
    const store = createStore(0)
    const modifying = store.modify(async () => {
      store.destroy()
      return 1
    })
    await expect(modifying).rejects.toThrow(refusal('STORE_DESTROYED'))
    expect(store.state).toBe(0)
  })
})
