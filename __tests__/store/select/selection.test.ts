import { describe, expect, jest, test } from '@jest/globals'
import { combineLatest, firstValueFrom, map, Subscription } from 'rxjs'
import {
  batch,
  buffer,
  createMachineStore,
  createStore,
  direct,
  isInitialized,
  latest,
  qCoreMachine,
  type Selection,
  type Store,
  type SubscriberFault,
} from '../../../src/index.ts'
import { caught, expectAccounted, gate, microtasks, refusal } from '../support.ts'

interface World {
  robots: Record<string, { battery: number; busy: boolean }>
  tick: number
}

const world = (): World => ({ robots: { r1: { battery: 90, busy: false } }, tick: 0 })
const tick = (store: Store<World>): void =>
  void store.update((draft) => {
    draft.tick += 1
  })
const drain = (store: Store<World>, battery: number): void =>
  void store.update((draft) => {
    if (draft.robots.r1) draft.robots.r1.battery = battery
  })
const robots = (state: { readonly robots: object }): unknown => state.robots

/** Each way to select the battery of r1. */
const ways: [string, (store: Store<World>) => Selection<number | undefined>][] = [
  ['a path', (store) => store.select('robots', 'r1', 'battery')],
  ['a selector', (store) => store.select(({ robots }) => robots.r1?.battery)],
  ['a path below a path', (store) => store.select('robots').select('r1', 'battery')],
  ['a selector below a path', (store) => store.select('robots').select(({ r1 }) => r1?.battery)],
  ['a path below a selector', (store) => store.select((state) => state.robots).select('r1', 'battery')],
  [
    'a selector below a selector',
    (store) => store.select((state) => state.robots).select(({ r1 }) => r1?.battery),
  ],
]

describe.each(ways)('a selection by %s', (_way, select) => {
  test('has its value without a subscription, and while there is one', () => {
    const store = createStore(world())
    const battery = select(store)
    expect(battery.value).toBe(90)
    drain(store, 80)
    expect(battery.value).toBe(80)
    const end = battery.subscribe(() => {})
    drain(store, 70)
    expect(battery.value).toBe(70)
    end.unsubscribe()
    drain(store, 60)
    expect(battery.value).toBe(60)
    store.destroy()
    expect(battery.value).toBe(60)
  })

  test('has the published value inside a batch', () => {
    const store = createStore(world())
    const battery = select(store)
    store.batch(() => {
      drain(store, 80)
      expect(battery.value).toBe(90)
    })
    expect(battery.value).toBe(80)
  })

  test('is current for whoever is told before it', () => {
    const store = createStore(world())
    const battery = select(store)
    const read: unknown[] = []
    store.subscribe(() => void read.push(battery.value), { policy: direct() })
    const told: unknown[] = []
    battery.subscribe((value) => told.push(value))
    drain(store, 80)
    drain(store, 70)
    expect(read).toEqual([90, 80, 70])
    expect(told).toEqual([90, 80, 70])
  })

  test('feeds a consumer with options through a policy, and counts its changes alone', async () => {
    const store = createStore(world())
    const busy = gate()
    const told: unknown[] = []
    const handle = select(store).subscribe(
      (value, { version, missed }) => {
        told.push([value, version, missed])
        return value === 90 ? busy.promise : undefined
      },
      { policy: latest(), id: 'meter' },
    )
    tick(store)
    for (const battery of [80, 70, 60]) drain(store, battery)
    tick(store)
    expect(handle.stats()).toMatchObject({
      id: 'meter',
      published: 4,
      delivered: 1,
      conflated: 2,
      pending: 1,
    })
    busy.open()
    await microtasks()
    expect(told).toEqual([
      [90, 0, 0],
      [60, 4, 2],
    ])
    expectAccounted(handle.stats())
    expect(store.metrics().subscribers).toEqual([handle.stats()])
    handle()
    expect(handle.closed).toBe(true)
    expect(store.metrics()).toMatchObject({ subscriberCount: 0, published: 4, delivered: 2, conflated: 2 })
  })

  test('is an Observable to RxJS', async () => {
    const store = createStore(world())
    const battery = select(store)
    const told: unknown[] = []
    const subscriptions = [
      battery.subscribe((value) => told.push(value)),
      battery.subscribe({ next: (value) => told.push(value) }),
      battery.subscribe(
        (value) => told.push(value),
        null,
        () => told.push('end'),
      ),
      battery.pipe(map((value) => `${value} %`)).subscribe((value) => told.push(value)),
    ]
    expect(subscriptions.every((subscription) => subscription instanceof Subscription)).toBe(true)
    expect(told.splice(0)).toEqual([90, 90, 90, '90 %'])
    drain(store, 80)
    expect(told.splice(0).sort()).toEqual([80, 80, 80, '80 %'].sort())
    expect(await firstValueFrom(combineLatest([battery, battery]))).toEqual([80, 80])
    store.destroy()
    expect(told).toEqual(['end'])
  })

  test('completes at once after the end of its store', () => {
    const store = createStore(world())
    const battery = select(store)
    store.destroy()
    const complete = jest.fn()
    battery.subscribe({ next: complete, complete }, {})
    battery.subscribe({ next: complete, complete })
    expect(complete.mock.calls).toEqual([[], []])
  })

  test('reports what its subscribers throw, however they follow, and goes on', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(world(), { onFault: (fault) => faults.push(fault) })
    const fail = (): void => {
      throw new Error('no')
    }
    const battery = select(store)
    battery.subscribe(fail, { id: 'with a policy' })
    battery.subscribe(fail)
    battery.subscribe({ next: fail })
    const told: unknown[] = []
    battery.subscribe((value) => void told.push(value), {})
    drain(store, 80)
    expect(told).toEqual([90, 80])
    expect(faults).toHaveLength(6)
    expect(faults.filter(({ subscriberId }) => subscriberId === 'with a policy')).toHaveLength(2)
  })

  test('works off its object', () => {
    const store = createStore(world())
    const { subscribe, select: again } = select(store)
    const told: unknown[] = []
    const end = subscribe((value) => void told.push(value), {})
    expect(again((value) => (value ?? 0) + 1).value).toBe(91)
    end()
    drain(store, 80)
    expect(told).toEqual([90])
  })
})

describe('Selection.value', () => {
  test('keeps its identity until it changes, though the selector makes a new object each time', () => {
    const store = createStore(world())
    const ids = store.select(
      (state) => Object.keys(state.robots),
      (one, other) => one.join() === other.join(),
    )
    const first = ids.value
    const told: unknown[] = []
    ids.subscribe((value) => told.push(value))
    tick(store)
    expect(ids.value).toBe(first)
    store.update((draft) => {
      draft.robots.r2 = { battery: 1, busy: true }
    })
    expect(ids.value).toEqual(['r1', 'r2'])
    expect(ids.value).toBe(told[1])
    tick(store)
    expect(ids.value).toBe(told[1])
    expect(told).toHaveLength(2)
    expect(told[0]).toBe(first)
  })

  test('is what followers of that version are told, also where it was read before they were', () => {
    const store = createStore(0)
    const boxed = store.select((n) => ({ n }))
    const read: unknown[] = []
    store.subscribe(() => void read.push(boxed.value), { policy: direct() })
    const told: unknown[] = []
    boxed.subscribe((value) => told.push(value))
    store.set(1)
    store.set(2)
    expect(told).toHaveLength(3)
    told.forEach((value, index) => void expect(value).toBe(read[index]))
  })

  test('runs the selector once for each version, and not for versions that nobody asks for', () => {
    const store = createStore(0)
    const runs = jest.fn((n: number) => n)
    const selection = store.select(runs)
    store.set(1)
    expect(runs).not.toHaveBeenCalled()
    expect([selection.value, selection.value]).toEqual([1, 1])
    expect(runs).toHaveBeenCalledTimes(1)
  })

  test('throws what the selector, or its equality, throws', () => {
    const store = createStore(1)
    const fail = (): never => {
      throw new Error('no')
    }
    expect(() => store.select(fail).value).toThrow('no')
    const unequal = store.select((n) => n, fail)
    expect(unequal.value).toBe(1)
    store.set(2)
    expect(() => unequal.value).toThrow('no')
  })

  test('is undefined as long as a store has no state, and its selector is not called', () => {
    const store = createStore<World>()
    const selector = jest.fn(robots)
    if (!isInitialized(store)) return
    expect(store.select(selector).value).toBeUndefined()
    expect(store.select('robots').value).toBeUndefined()
    expect(selector).not.toHaveBeenCalled()
  })

  test('works on a machine store', () => {
    const store = createMachineStore(qCoreMachine)
    expect(store.select('current').value).toBe(store.current)
  })
})

describe('Selection.subscribe with options', () => {
  test('takes every option of a store, and tells of drops with the value as state', () => {
    const store = createStore({ n: 0 })
    const dropped: unknown[] = []
    const told: unknown[] = []
    const end = new AbortController()
    const never = gate()
    const handle = store.select('n').subscribe(
      (n) => {
        told.push(n)
        return never.promise
      },
      {
        policy: buffer({ capacity: 1 }),
        replay: false,
        signal: end.signal,
        onDrop: ({ snapshot, version, reason }) => dropped.push([snapshot.state, version, reason]),
      },
    )
    for (const n of [1, 2, 3]) store.set({ n })
    end.abort()
    expect(told).toEqual([1])
    expect(dropped).toEqual([
      [2, 2, 'overflow'],
      [3, 3, 'unsubscribed'],
    ])
    expect(handle.closed).toBe(true)
  })

  test('hands arrays of values to the consumer of a batch', () => {
    const store = createStore({ n: 0 })
    const told: unknown[] = []
    store.select('n').subscribe((values: readonly number[]) => void told.push(values), {
      policy: batch({ maxSize: 2 }),
    })
    for (const n of [1, 2, 3, 4]) store.set({ n })
    expect(told.flat()).toEqual([0, 1, 2, 3, 4])
    expect(told.every(Array.isArray)).toBe(true)
  })

  test('refuses what a store refuses, and keeps nobody', () => {
    const store = createStore({ n: 0 })
    const selection = store.select('n')
    expect(caught(() => selection.subscribe(null as never, {}))).toEqual(refusal('CONSUMER_INVALID'))
    expect(caught(() => selection.subscribe(() => {}, { policy: {} as never }))).toEqual(
      refusal('POLICY_INVALID'),
    )
    expect(caught(() => selection.subscribe(() => {}, { polcy: latest() } as never))).toEqual(
      refusal('OPTION_UNKNOWN'),
    )
    expect(store.metrics()).toMatchObject({ subscriberCount: 0, selectionCount: 0 })
  })

  test('suspends the writers of its store while it is full', async () => {
    const store = createStore({ n: 0, tick: 0 })
    const gates = [gate(), gate(), gate()]
    const told: number[] = []
    store.select('n').subscribe(
      (n) => {
        told.push(n)
        return gates[n]?.promise
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }), id: 'slow' },
    )
    store.set({ n: 1, tick: 0 })
    expect(caught(() => store.set({ n: 2, tick: 0 }))).toEqual(refusal('SUBSCRIBER_FULL'))
    const written = store.whenReady(() => store.set({ n: 2, tick: 0 }))
    gates[0]?.open()
    await written
    expect(told).toEqual([0, 1])
    gates[1]?.open()
    gates[2]?.open()
    await microtasks()
    expect(told).toEqual([0, 1, 2])
  })

  test('never loses a version that a write from another subscriber set off', () => {
    const store = createStore({ n: 0 })
    const told: number[] = []
    store.subscribe(({ state }) => void (state.n > 0 && state.n < 4 && store.set({ n: state.n + 1 })))
    store
      .select('n')
      .subscribe((n) => void told.push(n), { policy: buffer({ capacity: 1, overflow: 'suspend' }) })
    store.set({ n: 1 })
    expect(told).toEqual([0, 1, 2, 3, 4])
  })

  test('begins with the first state of a store that was made without', () => {
    const store = createStore<{ n: number }>()
    const told: unknown[] = []
    const selection = store.select('n')
    selection.subscribe((n, { version }) => void told.push([n, version]), {})
    selection.select((n) => n + 1).subscribe((n) => told.push(n))
    expect(told).toEqual([])
    store.initialize({ n: 1 })
    expect(told).toIncludeSameMembers([[1, 0], 2])
  })

  test('lets go of its store when the last subscriber has left', () => {
    const store = createStore({ n: 0 })
    const selection = store.select(({ n }) => n)
    const handles = [selection.subscribe(() => {}, {}), selection.subscribe(() => {}, {})]
    expect(store.metrics()).toMatchObject({ subscriberCount: 3, selectionCount: 1 })
    for (const end of handles) end()
    expect(store.metrics()).toMatchObject({ subscriberCount: 0, selectionCount: 0 })
  })
})

describe('Selection.select', () => {
  test('runs what is below a selection only when the selection has changed', () => {
    const store = createStore(world())
    const runs = jest.fn((all: World['robots']) => Object.keys(all).length)
    const told: number[] = []
    store
      .select((state) => state.robots)
      .select(runs)
      .subscribe((count) => told.push(count))
    tick(store)
    expect(runs).toHaveBeenCalledTimes(1)
    store.update((draft) => {
      draft.robots.r2 = { battery: 1, busy: true }
    })
    expect(told).toEqual([1, 2])
  })
})
