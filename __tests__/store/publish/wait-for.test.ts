import { describe, expect, jest, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { createStore, type Store } from '../../../src/index.ts'
import { microtasks, refusal } from '../support.ts'

/** A store whose timers run when `scheduler.flush()` is called, in no time. */
function virtualStore(): { store: Store<number>; scheduler: VirtualTimeScheduler } {
  const scheduler = new VirtualTimeScheduler()
  return { store: createStore(0, { name: 'arm', scheduler }), scheduler }
}

const following = (store: Store<unknown>): number => store.metrics().subscriberCount

describe('Store.waitFor', () => {
  test('resolves with the current snapshot where that matches', async () => {
    const store = createStore(5)
    const { snapshot } = store
    expect(await store.waitFor((state) => state === 5)).toBe(snapshot)
    expect(following(store)).toBe(0)
  })

  test('resolves with the first that matches, and looks no further', async () => {
    const store = createStore(0)
    const asked: unknown[] = []
    const waiting = store.waitFor((state, { version }) => {
      asked.push([state, version])
      return state >= 20
    })
    store.set(10)
    const matching = store.set(20)
    store.set(30)
    expect(await waiting).toBe(matching)
    expect(asked).toEqual([
      [0, 0],
      [10, 1],
      [20, 2],
    ])
    expect(following(store)).toBe(0)
  })

  test('waits for the first state of an uninitialized store', async () => {
    const store = createStore<number>()
    const waiting = store.waitFor(() => true)
    const first = store.initialize(7)
    expect(await waiting).toBe(first)
  })

  test('sees a batch as the one version that it is', async () => {
    const store = createStore(0)
    const asked: number[] = []
    const waiting = store.waitFor((state) => {
      asked.push(state)
      return state === 2
    })
    store.batch(() => {
      store.set(1)
      store.set(2)
    })
    await waiting
    expect(asked).toEqual([0, 2])
  })

  test('rejects with what the predicate throws', async () => {
    const store = createStore(0)
    const error = new Error('predicate')
    const waiting = store.waitFor((state) => {
      if (state === 1) throw error
      return false
    })
    store.set(1)
    await expect(waiting).rejects.toBe(error)
    expect(following(store)).toBe(0)
    await expect(
      store.waitFor(() => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  test('rejects when the store is destroyed', async () => {
    const store = createStore(0, { name: 'arm' })
    const waiting = store.waitFor(() => false)
    store.destroy()
    await expect(waiting).rejects.toThrow(
      refusal(
        'STORE_DESTROYED',
        'waitFor() on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
      ),
    )
  })
})

describe('timeoutMs', () => {
  test('rejects when it has passed without a match', async () => {
    const { store, scheduler } = virtualStore()
    const waiting = store.waitFor(() => false, { timeoutMs: 50 })
    store.set(1)
    expect(following(store)).toBe(1)
    scheduler.flush()
    expect(scheduler.now()).toBe(50)
    await expect(waiting).rejects.toThrow(
      refusal(
        'WAIT_TIMEOUT',
        'waitFor() on store "arm" saw no matching snapshot within 50 ms. Check the predicate, or raise timeoutMs.',
      ),
    )
    expect(following(store)).toBe(0)
  })

  test('is about the match, not about other snapshots', async () => {
    const { store, scheduler } = virtualStore()
    const waiting = store.waitFor((state) => state === 2, { timeoutMs: 50 })
    scheduler.schedule(() => void store.set(1), 40)
    scheduler.schedule(() => void store.set(2), 60)
    scheduler.flush()
    await expect(waiting).rejects.toThrow(refusal('WAIT_TIMEOUT'))
  })

  test('leaves no timer behind once there is a match', async () => {
    const { store, scheduler } = virtualStore()
    const waiting = store.waitFor((state) => state === 1, { timeoutMs: 50 })
    expect(scheduler.actions).toHaveLength(1)
    const matching = store.set(1)
    expect(await waiting).toBe(matching)
    scheduler.flush()
    expect(scheduler.now()).toBe(0)
  })

  test('of 0 takes the current snapshot or nothing', async () => {
    const { store, scheduler } = virtualStore()
    expect(await store.waitFor(() => true, { timeoutMs: 0 })).toMatchObject({ version: 0 })
    const waiting = store.waitFor(() => false, { timeoutMs: 0 })
    scheduler.flush()
    await expect(waiting).rejects.toThrow(refusal('WAIT_TIMEOUT'))
  })

  test('sets no timer where there is none', async () => {
    const { store, scheduler } = virtualStore()
    const waiting = store.waitFor((state) => state === 1)
    expect(scheduler.actions).toEqual([])
    store.set(1)
    await waiting
  })
})

describe('options.signal of waitFor', () => {
  test('that has aborted already rejects without asking the predicate', async () => {
    const store = createStore(0)
    const reason = new Error('too late')
    let asked = 0
    const waiting = store.waitFor(() => ++asked > 0, { signal: AbortSignal.abort(reason) })
    await expect(waiting).rejects.toBe(reason)
    expect(asked).toBe(0)
    expect(following(store)).toBe(0)
  })

  test('rejects with its reason when it aborts', async () => {
    const { store, scheduler } = virtualStore()
    const controller = new AbortController()
    const waiting = store.waitFor(() => false, { signal: controller.signal, timeoutMs: 50 })
    controller.abort('enough')
    expect(following(store)).toBe(0)
    await expect(waiting).rejects.toBe('enough')
    scheduler.flush()
    expect(scheduler.now()).toBe(0)
  })

  test('is ignored once there was a match', async () => {
    const store = createStore(0)
    const controller = new AbortController()
    const waiting = store.waitFor((state) => state === 1, { signal: controller.signal })
    const matching = store.set(1)
    controller.abort('enough')
    expect(await waiting).toBe(matching)
  })

  test('keeps no listener of a wait that is over', async () => {
    const { signal } = new AbortController()
    const added = jest.spyOn(signal, 'addEventListener')
    const removed = jest.spyOn(signal, 'removeEventListener')
    const store = createStore(0)
    const waiting = store.waitFor((state) => state === 1, { signal })
    store.set(1)
    await waiting
    await microtasks()
    expect(added).toHaveBeenCalledTimes(1)
    expect(removed.mock.calls).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
  })
})

describe('a predicate that is async or a generator', () => {
  test.each([
    ['a promise', async () => false],
    ['a generator', function* () {}],
  ])('is refused: it returned %s', async (returned, predicate) => {
    const store = createStore(0, { name: 'arm' })
    await expect(store.waitFor(predicate as never)).rejects.toMatchObject({
      code: 'PREDICATE_ASYNC',
      message: `The predicate of waitFor() on store "arm" returned ${returned}, which would always count as true. A predicate must be synchronous: await first, or put the result into the state.`,
    })
    expect(store.metrics().subscriberCount).toBe(0)
  })
})
