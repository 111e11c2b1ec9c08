/**
 * The guarantees, each by its number and name. What a single room promises beyond them is tested beside it.
 */
import { describe, expect, jest, test } from '@jest/globals'
import { BehaviorSubject, VirtualTimeScheduler } from 'rxjs'
import {
  audit,
  batch,
  buffer,
  createStore,
  debounce,
  direct,
  exhaust,
  frame,
  isHeadgateError,
  latest,
  type Policy,
  type SinglePolicy,
  type SubscriberHandle,
  type SubscriberStats,
  sample,
  switchLatest,
  throttle,
} from '../src/index.ts'
import {
  caught,
  collectGarbage,
  expectAccounted,
  type Gate,
  gate,
  microtasks,
  noteStates,
  noteVersions,
  refusal,
  slowConsumer,
} from './store/support.ts'

const QUIET = { onFault: () => {} }

/** A scheduler whose time goes on when the test says so, also where timers are set again and again. */
class TurningScheduler extends VirtualTimeScheduler {
  turn(ms: number): void {
    this.maxFrames = this.frame + ms
    this.flush()
    this.frame = this.maxFrames
  }
}

describe('1 Order', () => {
  test('a write made inside a subscriber reaches everyone after the version that set it off', () => {
    const bare = new BehaviorSubject(0)
    const bareSeen: Record<string, number[]> = { first: [], second: [] }
    bare.subscribe((value) => {
      bareSeen.first?.push(value)
      if (value === 1) bare.next(2)
    })
    bare.subscribe((value) => bareSeen.second?.push(value))
    bare.next(1)
    expect(bareSeen).toEqual({ first: [0, 1, 2], second: [0, 2, 1] }) // the second one is left on 1

    const store = createStore(0)
    const first: number[] = []
    const second: number[] = []
    let read = 0
    store.subscribe(({ state }) => {
      first.push(state)
      if (state !== 1) return
      store.set(2)
      read = store.state // the state is new at once, only its delivery waits
    })
    store.subscribe(noteStates(second))
    store.set(1)
    expect({ first, second, read }).toEqual({ first: [0, 1, 2], second: [0, 1, 2], read: 2 })
  })

  test('a chain of 20 000 re-entrant writes reaches everyone in order, on a stack that does not grow', () => {
    const store = createStore(0)
    const seen: number[] = []
    let depth = 0
    let depthMax = 0
    store.subscribe(({ state }) => {
      depth += 1
      depthMax = Math.max(depthMax, depth)
      if (state > 0 && state < 20_000) store.set(state + 1)
      depth -= 1
    })
    store.subscribe(noteVersions(seen), { policy: direct() })
    store.set(1)
    expect(seen).toEqual(Array.from({ length: 20_001 }, (_, version) => version))
    expect(depthMax).toBe(1)
  })

  test.each<[string, SinglePolicy]>([
    ['direct', direct()],
    ['latest', latest()],
    ['buffer', buffer()],
  ])('under %s, versions rise for those who join, leave and write inside a callback', (_name, policy) => {
    const store = createStore(0)
    const seen: number[][] = []
    const join = (): SubscriberHandle => {
      const mine: number[] = []
      seen.push(mine)
      return store.subscribe(
        ({ version }) => {
          mine.push(version)
          if (version % 3 === 1 && version < 12) store.set(version)
          if (version % 4 === 2 && seen.length < 8) join()
        },
        { policy },
      )
    }
    join()
    const second = join()
    join()
    for (let n = 0; n < 10; n += 1) store.set(n)
    second.unsubscribe()
    for (let n = 0; n < 3; n += 1) store.set(n)
    for (const versions of seen) {
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
    }
    expect(seen).toHaveLength(8)
    expect(seen[0]?.at(-1)).toBe(store.snapshot.version)
    expect(seen.at(-1)?.at(-1)).toBe(store.snapshot.version)
  })
})

describe('2 Isolation', () => {
  test('a subscriber that throws or rejects is reported, and stops no one else', async () => {
    const faults: unknown[] = []
    const store = createStore(0, {
      onFault: ({ subscriberId, error, version }) => faults.push([subscriberId, String(error), version]),
    })
    const before: number[] = []
    const after: number[] = []
    store.subscribe(noteStates(before), { id: 'before' })
    store.subscribe(
      () => {
        throw new Error('thrown')
      },
      { id: 'thrower' },
    )
    store.subscribe(() => Promise.reject(new Error('rejected')), { id: 'rejecter' })
    store.subscribe(noteStates(after), { id: 'after' })
    store.set(1)
    await microtasks()
    expect(before).toEqual([0, 1])
    expect(after).toEqual([0, 1])
    expect(faults).toIncludeSameMembers([
      ['thrower', 'Error: thrown', 0],
      ['thrower', 'Error: thrown', 1],
      ['rejecter', 'Error: rejected', 0],
      ['rejecter', 'Error: rejected', 1],
    ])
    expect(store.metrics().subscriberErrors).toBe(4)
  })

  test('a recipe that throws reaches its writer as it is, changes nothing, and leaves the store alive', () => {
    const store = createStore({ count: 0, list: [1] })
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const before = store.snapshot
    const error = new Error('recipe')
    const thrown = caught(() =>
      store.update((draft) => {
        draft.count = 7
        draft.list.push(2)
        throw error
      }),
    )
    expect(thrown).toBe(error)
    expect(store.snapshot).toBe(before)
    expect(store.update((draft) => void draft.list.push(3)).state).toEqual({ count: 0, list: [1, 3] })
    expect(seen).toEqual([0, 1])
  })

  test('a batch that throws rolls back whole', () => {
    const store = createStore({ count: 0 })
    const seen: number[] = []
    store.subscribe(({ state }) => void seen.push(state.count))
    const before = store.snapshot
    const error = new Error('batch')
    const thrown = caught(() =>
      store.batch(() => {
        store.set({ count: 1 })
        store.update((draft) => {
          draft.count += 1
        })
        throw error
      }),
    )
    expect(thrown).toBe(error)
    expect(store.snapshot).toBe(before)
    expect(store.set({ count: 5 }).version).toBe(1)
    expect(seen).toEqual([0, 5])
  })
})

describe('3 Accounting', () => {
  test.each<[string, Policy]>([
    ['direct', direct()],
    ['latest', latest()],
    ['latest on a microtask', latest({ dispatch: 'microtask' })],
    ['buffer, drop-oldest', buffer({ capacity: 2 })],
    ['buffer, drop-incoming', buffer({ capacity: 2, overflow: 'drop-incoming' })],
    ['buffer, error', buffer({ capacity: 2, overflow: 'error' })],
    ['exhaust', exhaust()],
    ['switchLatest', switchLatest()],
    ['throttle', throttle({ ms: 10 })],
    ['debounce', debounce({ ms: 10 })],
    ['audit', audit({ ms: 10 })],
    ['sample', sample({ ms: 10 })],
    ['batch', batch({ ms: 10, maxSize: 3 })],
    ['frame', frame()],
  ])(
    'published = delivered + dropped + conflated + pending, inside callbacks too: %s',
    async (_name, policy) => {
      const scheduler = new TurningScheduler()
      const store = createStore(0, { ...QUIET, scheduler })
      const gates: Gate[] = []
      const check = (): void => {
        const metrics = store.metrics()
        expectAccounted(metrics)
        for (const figures of metrics.subscribers) expectAccounted(figures)
      }
      let checks = 0
      const failures: unknown[] = []
      const checkInside = (): void => {
        checks += 1
        try {
          check()
        } catch (failure) {
          failures.push(failure) // thrown on, it would only be reported as a fault of the subscriber
        }
      }
      const handle = store.subscribe(
        {
          next: () => {
            checkInside()
            const handler = gate()
            gates.push(handler)
            return handler.promise
          },
          error: checkInside,
          complete: checkInside,
        },
        { policy, onDrop: checkInside },
      )
      store.subscribe(checkInside, { policy: direct() })
      for (let n = 1; n <= 6; n += 1) {
        store.set(n)
        check()
        scheduler.turn(4)
        check()
      }
      for (let turn = 0; turn < 8; turn += 1) {
        gates[turn]?.open()
        await microtasks()
        check()
        scheduler.turn(20)
        check()
        if (turn < 3) store.set(turn)
      }
      store.set(100)
      store.destroy()
      check()
      expectAccounted(handle.stats())
      expect(handle.stats().pending).toBe(0)
      expect(failures).toEqual([])
      expect(checks).toBeGreaterThan(8)
    },
  )

  test('a delivery carries how many versions were skipped since the one before', async () => {
    const store = createStore(0)
    const told: [number, number][] = []
    let handler = gate()
    const handle = store.subscribe(({ version }, { missed }) => {
      told.push([version, missed])
      handler = gate()
      return handler.promise
    })
    for (let n = 1; n <= 5; n += 1) store.set(n)
    handler.open()
    await microtasks()
    store.set(6)
    handler.open()
    await microtasks()
    expect(told).toEqual([
      [0, 0],
      [5, 4],
      [6, 0],
    ])
    expect(handle.stats()).toMatchObject({ published: 7, delivered: 3, conflated: 4, missed: 4 })
  })
})

describe('4 Convergence', () => {
  test('with the default policy, an idle subscriber was last given the current state', async () => {
    const store = createStore(0, QUIET)
    const slow = slowConsumer()
    const last: Record<string, number> = {}
    store.subscribe((snapshot) => {
      last.slow = snapshot.state
      return slow.next(snapshot)
    })
    store.subscribe(({ state }) => {
      last.thrower = state
      throw new Error('no')
    })
    store.subscribe(({ state }) => {
      last.writer = state
      if (state === 3) store.set(40)
    })
    for (let n = 1; n <= 3; n += 1) store.set(n)
    while (slow.gates.length > 0) {
      slow.gates.shift()?.open()
      await microtasks()
    }
    expect(last).toEqual({ slow: 40, thrower: 40, writer: 40 })
  })
})

describe('5 Bounds', () => {
  test('a subscriber that never returns holds no more than the capacity its policy states', () => {
    const store = createStore(0, QUIET)
    const stuck = (policy: Policy): SubscriberHandle =>
      store.subscribe(() => new Promise(() => {}), { policy })
    const held = [latest(), buffer(), buffer({ capacity: 5, overflow: 'drop-incoming' })].map(stuck)
    const unbounded = stuck(buffer({ capacity: Number.POSITIVE_INFINITY }))
    for (let n = 1; n <= 1_000; n += 1) store.set(n)
    const figures = ({ pendingMax, capacity }: SubscriberStats): unknown => [pendingMax, capacity]
    expect(held.map((handle) => figures(handle.stats()))).toEqual([
      [1, 1],
      [64, 64],
      [5, 5],
    ])
    expect(figures(unbounded.stats())).toEqual([1_000, Number.POSITIVE_INFINITY])
  })

  test('writes that set each other off end at drainMax, and the store stays usable', () => {
    const faults: unknown[] = []
    const store = createStore(0, { drainMax: 10, onFault: ({ error }) => faults.push(error) })
    const handle = store.subscribe(({ state }) => void store.set(state + 1), { replay: false })
    store.set(1)
    expect(faults).toEqual([refusal('RUNAWAY_WRITES')])
    expect(store.state).toBe(11)
    handle.unsubscribe()
    expect(store.set(0).version).toBe(12)
  })
})

describe('6 Release', () => {
  const ends: [string, (end: { store: Disposable; handle: Disposable; abort: AbortController }) => void][] = [
    ['unsubscribe', ({ handle }) => handle[Symbol.dispose]()],
    ['destroy', ({ store }) => store[Symbol.dispose]()],
    ['an aborted signal', ({ abort }) => abort.abort()],
  ]

  test.each(ends)('after %s no callback comes', async (name, end) => {
    const store = createStore(0, QUIET)
    const abort = new AbortController()
    const slow = slowConsumer()
    const calls: string[] = []
    const handle = store.subscribe(
      { next: slow.next, complete: () => void calls.push('complete') },
      { policy: buffer(), signal: abort.signal, onDrop: ({ reason }) => calls.push(reason) },
    )
    store.set(1)
    end({ store, handle, abort })
    const callsAtTheEnd = [...calls]
    if (name !== 'destroy') store.set(2)
    slow.gates[0]?.fail(new Error('late'))
    abort.abort()
    handle.unsubscribe()
    store.destroy()
    await microtasks()
    expect(slow.seen).toEqual([0])
    expect(calls).toEqual(callsAtTheEnd)
  })

  test.each(ends)('after %s no timer and no listener is left', (_name, end) => {
    jest.useFakeTimers()
    try {
      const store = createStore(0)
      const abort = new AbortController()
      const added = jest.spyOn(abort.signal, 'addEventListener')
      const removed = jest.spyOn(abort.signal, 'removeEventListener')
      const policy = throttle({ ms: 10 })
      const handle = store.subscribe(() => new Promise(() => {}), { policy, signal: abort.signal })
      store.set(1)
      expect(added).toHaveBeenCalledTimes(1)
      expect(jest.getTimerCount()).toBe(1)
      end({ store, handle, abort })
      expect(jest.getTimerCount()).toBe(0)
      expect(removed.mock.calls).toEqual([added.mock.calls[0]?.slice(0, 2)])
      expect(store.metrics().subscriberCount).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })

  test.each(ends)(
    'after %s nothing refers to the consumer, though its handle is kept',
    async (_name, end) => {
      const store = createStore(0)
      const abort = new AbortController()
      const subscribe = (): { handle: SubscriberHandle; consumer: WeakRef<object> } => {
        const consumer = { next: () => new Promise(() => {}) }
        const handle = store.subscribe(consumer, { signal: abort.signal })
        return { handle, consumer: new WeakRef(consumer) }
      }
      const { handle, consumer } = subscribe()
      store.set(1)
      await microtasks() // a WeakRef holds on until the end of the turn that made it
      collectGarbage()
      expect(consumer.deref()).toBeDefined()
      end({ store, handle, abort })
      await microtasks()
      collectGarbage()
      expect(consumer.deref()).toBeUndefined()
      expect(handle.stats()).toMatchObject({ published: 2, dropped: 1 })
    },
  )
})

describe('7 Compare-and-set', () => {
  test('a write that states its version commits on exactly that version, or is refused', () => {
    const store = createStore(0)
    const base = store.snapshot.version
    expect(store.set(1, { expectedVersion: base }).version).toBe(1)
    const lost = caught(() => store.set(2, { expectedVersion: base }))
    expect(isHeadgateError(lost, 'VERSION_CONFLICT') && lost.details).toEqual({
      store: 'store',
      expected: 0,
      actual: 1,
    })
    expect(caught(() => store.update(() => 2, { expectedVersion: 2 }))).toEqual(refusal('VERSION_CONFLICT'))
    expect(caught(() => store.batch(() => {}, { expectedVersion: 0 }))).toEqual(refusal('VERSION_CONFLICT'))
    expect(store.state).toBe(1)
    expect(store.metrics()).toMatchObject({ commits: 1, versionConflicts: 3 })
  })

  test('of many who race from one version, exactly one wins', async () => {
    const store = createStore<string | null>(null)
    const claim = async (name: string): Promise<boolean> => {
      const { version } = store.snapshot
      await Promise.resolve()
      try {
        store.set(name, { expectedVersion: version })
        return true
      } catch {
        return false
      }
    }
    const won = await Promise.all(['a', 'b', 'c', 'd'].map(claim))
    expect(won).toEqual([true, false, false, false])
    expect(store.state).toBe('a')
  })
})

describe('9 Independence', () => {
  test('one slow subscriber never costs another one anything', async () => {
    const count = 1_000
    const fastCalls = (slowPolicies: readonly Policy[]): SubscriberStats[] => {
      const store = createStore(0)
      const fast = [latest(), buffer({ capacity: 1 }), direct()]
      const handles = fast.map((policy, index) => store.subscribe(() => {}, { policy, id: `fast-${index}` }))
      for (const policy of slowPolicies) store.subscribe(() => new Promise(() => {}), { policy })
      const last = store.subscribe(() => {}, { id: 'fast-last' })
      for (let n = 1; n <= count; n += 1) store.set(n)
      return [...handles, last].map((handle) => handle.stats())
    }
    const alone = fastCalls([])
    const beside = fastCalls([latest(), buffer({ capacity: 3 }), direct(), buffer({ capacity: 9_999 })])
    expect(beside).toEqual(alone)
    for (const figures of beside) {
      expect(figures).toMatchObject({ published: count + 1, delivered: count + 1, missed: 0, pendingMax: 0 })
    }
  })
})
