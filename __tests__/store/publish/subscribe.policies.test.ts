/** Each policy as a user of a store meets it; what a policy does in detail is tested in __tests__/backpressure. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { NEVER } from 'rxjs'
import {
  audit,
  batch,
  buffer,
  createStore,
  type Delivery,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  type Snapshot,
  type Store,
  type StoreOptions,
  type SubscribeOptions,
  sample,
  switchLatest,
  throttle,
} from '../../../src/index.ts'
import { VirtualClock } from '../../backpressure/support/virtual-clock.ts'
import { expectAccounted, noteStates, refusal } from '../support.ts'

const stores: Store<number>[] = []

/** A store whose timers run on a clock that stands still until it is advanced. */
function openStore(options: StoreOptions = {}): { store: Store<number>; clock: VirtualClock } {
  const clock = new VirtualClock()
  const store = createStore(0, { clock, scheduler: clock, ...options })
  stores.push(store)
  return { store, clock }
}

afterEach(() => {
  for (const store of stores.splice(0)) {
    const { subscribers, ...totals } = store.metrics()
    expectAccounted(totals)
    for (const stats of subscribers) expectAccounted(stats)
  }
})

type Row = readonly [label: string, policy: Policy, timersAtRest: number, seen: readonly unknown[]]

/**
 * Every policy on the same writes: 0 is replayed, 1, 2 and 3 are written at 0 ms, 4 at 5 ms, 5 at 30 ms; at
 * 60 ms it is over. `timersAtRest` are those that the subscription itself sets.
 */
const ROWS: readonly Row[] = [
  ['direct', direct(), 0, [0, 1, 2, 3, 4, 5]],
  ['latest', latest(), 0, [0, 1, 2, 3, 4, 5]],
  ['buffer', buffer(), 0, [0, 1, 2, 3, 4, 5]],
  ['exhaust', exhaust(), 0, [0, 1, 2, 3, 4, 5]],
  ['switchLatest', switchLatest(), 0, [0, 1, 2, 3, 4, 5]],
  ['throttle', throttle({ ms: 10 }), 1, [0, 4, 5]],
  ['throttle without a trailing edge', throttle({ ms: 10, trailing: false }), 1, [0, 5]],
  ['throttle without a leading edge', throttle({ ms: 10, leading: false }), 1, [0, 4, 5]],
  ['debounce', debounce({ ms: 10 }), 0, [0, 4, 5]],
  ['audit', audit({ ms: 10 }), 0, [0, 4, 5]],
  ['sample', sample({ ms: 10 }), 1, [0, 4, 5]],
  ['frame', frame(), 0, [0, 4, 5]],
  ['batch', batch({ ms: 10 }), 0, [[0], [1, 2, 3, 4], [5]]],
  ['a batch with a size', batch({ maxSize: 2 }), 0, [[0], [1, 2], [3, 4]]],
  ['a fixed batch', batch({ ms: 10, window: 'fixed' }), 1, [[0], [1, 2, 3, 4], [5]]],
]

/** The states of what a consumer is given: of one snapshot, or of each in a batch. */
const statesOf = (given: Snapshot<number> | readonly Snapshot<number>[]): unknown =>
  'state' in given ? given.state : given.map(({ state }) => state)

describe.each(ROWS)('Store.subscribe with %s', (_label, policy, timersAtRest, expected) => {
  test('feeds the consumer on the scheduler of the store', () => {
    const { store, clock } = openStore()
    const seen: unknown[] = []
    const handle = store.subscribe((given) => void seen.push(statesOf(given)), { policy })
    expect(clock.liveTimers).toBe(timersAtRest)
    for (const state of [1, 2, 3]) store.set(state)
    clock.advance(5)
    store.set(4)
    clock.advance(25)
    store.set(5)
    clock.advance(30)
    expect(seen).toEqual(expected)
    handle()
    expect(clock.liveTimers).toBe(0)
  })

  test('runs the timers on the scheduler of the subscription, where it has one', () => {
    const { store, clock } = openStore()
    const own = new VirtualClock()
    store.subscribe(() => {}, { policy, scheduler: own })
    store.set(1)
    store.set(2)
    expect(clock.liveTimers).toBe(0)
    store.destroy()
    expect(own.liveTimers).toBe(0)
  })

  test('leaves no timer when the store is destroyed in the middle of a window', () => {
    const { store, clock } = openStore()
    const ends: string[] = []
    const drops: string[] = []
    const handle = store.subscribe(
      { next: () => {}, complete: () => void ends.push('complete') },
      { policy, onDrop: ({ version, reason }) => drops.push(`${version} ${reason}`) },
    )
    store.set(1)
    const { pending } = handle.stats()
    store.destroy()
    clock.advance(1000)
    expect(clock.liveTimers).toBe(0)
    expect(ends).toEqual(['complete'])
    expect(drops.filter((drop) => drop.endsWith('complete'))).toHaveLength(pending)
    expectAccounted(handle.stats())
  })

  test('sets no timer for one who subscribes to a destroyed store, or with a signal that has aborted', () => {
    const { store, clock } = openStore()
    const aborted = store.subscribe(() => {}, { policy, signal: AbortSignal.abort() })
    store.destroy()
    const late = store.subscribe(() => {}, { policy })
    expect([aborted.closed, late.closed]).toEqual([true, true])
    expect(clock.liveTimers).toBe(0)
  })

  test('ends with the signal of the subscription, and leaves no timer', () => {
    const { store, clock } = openStore()
    const controller = new AbortController()
    const handle = store.subscribe(() => NEVER, { policy, signal: controller.signal })
    for (const state of [1, 2]) store.set(state)
    controller.abort()
    expect(handle.closed).toBe(true)
    expect(clock.liveTimers).toBe(0)
    expectAccounted(handle.stats())
  })
})

describe('Store.subscribe', () => {
  test('tells onDrop what a window loses, and why', () => {
    const { store } = openStore()
    const drops: unknown[] = []
    store.subscribe(() => {}, {
      policy: throttle({ ms: 10, trailing: false }),
      onDrop: (drop) => drops.push(drop),
    })
    const snapshot = store.set(1)
    expect(drops).toEqual([{ snapshot, version: 1, reason: 'window', dropped: 1 }])
  })

  test('tells onDrop what comes while an exhausted consumer is busy', () => {
    const { store } = openStore()
    const drops: unknown[] = []
    store.subscribe(() => NEVER, { policy: exhaust(), onDrop: ({ reason }) => drops.push(reason) })
    store.set(1)
    expect(drops).toEqual(['busy'])
  })

  test('aborts the handler that a newer version replaces', () => {
    const { store } = openStore()
    const signals: AbortSignal[] = []
    store.subscribe(
      (_snapshot, { signal }) => {
        signals.push(signal)
        return NEVER
      },
      { policy: switchLatest() },
    )
    store.set(1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  test('delivers in order what is written as an abort is heard', () => {
    const { store } = openStore()
    const seen: number[] = []
    store.subscribe(
      ({ state }, { signal }) => {
        seen.push(state)
        if (state === 1) signal.addEventListener('abort', () => store.set(3))
        return NEVER
      },
      { policy: switchLatest() },
    )
    store.set(1)
    store.set(2)
    expect(seen).toEqual([0, 1, 2, 3])
  })

  test('gives all of one drain to a batch of one size, though a subscriber writes', () => {
    const { store } = openStore()
    const batches: number[][] = []
    store.subscribe(
      ({ state }) => {
        if (state > 0 && state < 4) store.set(state + 1)
      },
      { policy: direct() },
    )
    store.subscribe((snapshots) => void batches.push(snapshots.map(({ state }) => state)), {
      policy: batch({ maxSize: 4 }),
      replay: false,
    })
    store.set(1)
    expect(batches).toEqual([[1, 2, 3, 4]])
  })

  test('keeps the subscribers of other policies apart from one whose consumer never returns', () => {
    const { store, clock } = openStore()
    const seen: number[] = []
    store.subscribe(() => NEVER, { policy: audit({ ms: 10 }) })
    store.subscribe(noteStates(seen), { policy: audit({ ms: 10 }) })
    for (const state of [1, 2, 3]) {
      store.set(state)
      clock.advance(10)
    }
    expect(seen).toEqual([0, 1, 2, 3])
  })

  test('closes a batch that overflows with its error', () => {
    const { store } = openStore()
    const errors: unknown[] = []
    const sizes: number[] = []
    const handle = store.subscribe(
      { next: (snapshots) => void sizes.push(snapshots.length), error: (error) => errors.push(error) },
      { policy: batch({ ms: 10, capacity: 2 }), replay: false, id: 'sink' },
    )
    for (const state of [1, 2, 3]) store.set(state)
    expect(sizes).toEqual([2])
    expect(errors).toEqual([
      refusal(
        'BUFFER_OVERFLOW',
        'Subscriber "sink" was closed: its buffer of 2 was full when version 3 arrived. ' +
          'Raise the capacity, consume faster, or choose another overflow.',
      ),
    ])
    expect(handle.closed).toBe(true)
  })

  test('refuses a scheduler that is none', () => {
    const { store } = openStore()
    const options = { scheduler: {} } as unknown as SubscribeOptions<number>
    expect(() => store.subscribe(() => {}, options)).toThrow(
      refusal('OPTION_INVALID', 'Expected "scheduler" to be an RxJS scheduler, got an object.'),
    )
  })

  test('gives the consumer of a batch arrays, and all others snapshots, by their types', () => {
    const typesOnly = (body: (store: Store<number>, policy: Policy) => void): void =>
      expect(body).toBeFunction()
    typesOnly((store, policy) => {
      store.subscribe(
        (snapshots, delivery) => {
          expectTypeOf(snapshots).toEqualTypeOf<readonly Snapshot<number>[]>()
          expectTypeOf(delivery).toEqualTypeOf<Delivery>()
        },
        { policy: batch({ ms: 10 }) },
      )
      store.subscribe(
        { next: (snapshots) => void expectTypeOf(snapshots).toEqualTypeOf<readonly Snapshot<number>[]>() },
        { policy: batch({ maxSize: 10 }), replay: false },
      )
      for (const single of [throttle({ ms: 1 }), exhaust(), switchLatest(), frame()]) {
        store.subscribe((snapshot) => void expectTypeOf(snapshot).toEqualTypeOf<Snapshot<number>>(), {
          policy: single,
        })
      }
      store.subscribe(
        (given) => {
          expectTypeOf(given).toEqualTypeOf<Snapshot<number> | readonly Snapshot<number>[]>()
        },
        { policy },
      )
      // @ts-expect-error: a batch comes in arrays
      store.subscribe((snapshot: Snapshot<number>) => void snapshot.state, { policy: batch({ ms: 10 }) })
      // @ts-expect-error: only a batch comes in arrays
      store.subscribe((given: readonly Snapshot<number>[]) => void given.length, { policy: latest() })
    })
  })
})

describe('Store.stream', () => {
  test.each([
    ['direct', direct()],
    ['switchLatest', switchLatest()],
    ['batch:10::first:65536', batch({ ms: 10 })],
  ])('refuses the policy %s, which does not wait to be asked', (label, policy) => {
    const { store, clock } = openStore()
    expect(() => store.stream({ policy })).toThrow(
      refusal(
        'POLICY_INVALID',
        'Expected "policy" to be a policy that holds a snapshot until it is asked for, such as latest() or ' +
          `buffer(), got "${label}" (string).`,
      ),
    )
    expect(store.metrics().subscriberCount).toBe(0)
    expect(clock.liveTimers).toBe(0)
  })

  test('takes from a time policy what its gate has let through', async () => {
    const { store, clock } = openStore()
    const stream = store.stream({ policy: audit({ ms: 10 }), replay: false })
    for (const state of [1, 2]) store.set(state)
    const waiting = stream.next()
    clock.advance(10)
    expect(await waiting).toMatchObject({ done: false, value: { state: 2 } })
    store.set(3)
    expect(stream.poll()).toBeUndefined()
    clock.advance(10)
    expect(stream.poll()).toMatchObject({ state: 3 })
    await stream.return()
    expect(clock.liveTimers).toBe(0)
  })

  test('drops for an exhausted stream what comes while nobody asks', async () => {
    const { store } = openStore()
    const drops: string[] = []
    const stream = store.stream({
      policy: exhaust(),
      onDrop: ({ version, reason }) => drops.push(`${version} ${reason}`),
    })
    const waiting = stream.next()
    store.set(1)
    store.set(2)
    expect(await waiting).toMatchObject({ value: { state: 1 } })
    expect(drops).toEqual(['0 busy', '2 busy'])
  })
})
