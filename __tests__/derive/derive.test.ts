import { describe, expect, jest, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { combineLatest, firstValueFrom, from, VirtualTimeScheduler } from 'rxjs'
import {
  buffer,
  createMachineStore,
  createStore,
  defineMachine,
  derive,
  type HeadgateError,
  type Immutable,
  paced,
  type Readable,
  type SubscriberFault,
  throttle,
  transact,
} from '../../src/index.ts'
import { findCore, kernelOf } from '../../src/store/index.ts'
import { ManualClock } from '../store/support.ts'

/** What followers of a readable are told. */
function follow<S>(readable: Readable<S>): { told: Immutable<S>[]; stop: () => void } {
  const told: Immutable<S>[] = []
  const handle = readable.subscribe(({ state }) => {
    told.push(state)
  })
  return { told, stop: () => handle.unsubscribe() }
}

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as HeadgateError).code
  }
  return 'nothing thrown'
}

describe('derive, of sources that are given', () => {
  test('takes a tuple: its states are the arguments', () => {
    const first = createStore('Ada')
    const count = createStore({ n: 2 })
    const text = derive([first, count], (name, { n }) => `${name} ${n}`)
    expectTypeOf(text).toEqualTypeOf<Readable<string>>()
    expect(text.state).toBe('Ada 2')
  })

  test('takes a record: its states are one argument', () => {
    const first = createStore('Ada')
    const last = createStore('Lovelace')
    const name = derive({ first, last }, (states) => {
      expectTypeOf(states).toEqualTypeOf<{ first: string; last: string }>()
      return `${states.first} ${states.last}`
    })
    last.set('Byron')
    expect(name.state).toBe('Ada Byron')
  })

  test('takes machine stores and other derived values', () => {
    const machine = createMachineStore(
      defineMachine({
        id: 'door',
        initial: 'SHUT',
        context: { opened: 0 },
        states: { SHUT: { on: { OPEN: 'WIDE' } }, WIDE: {} },
      }),
    )
    const isOpen = derive([machine], ({ current }) => current === 'WIDE')
    const sign = derive([isOpen], (open) => (open ? 'come in' : 'closed'))
    const { told } = follow(sign)
    machine.send('OPEN')
    expect(told).toEqual(['closed', 'come in'])
  })

  test('takes selections, which change with their store and are not told behind it', () => {
    const store = createStore({ at: { x: 1 }, name: 'r1' })
    const x = store.select('at').select(({ x }) => x)
    const project = jest.fn((state: { name: string }, x: number) => `${state.name} ${x}`)
    const { told } = follow(derive([store, x], project))
    const tracked = follow(derive((read) => read(x) * 2))
    store.set({ at: { x: 2 }, name: 'r2' })
    expect(told).toEqual(['r1 1', 'r2 2'])
    expect(tracked.told).toEqual([2, 4])
    expect(project).toHaveBeenCalledTimes(2)
  })

  test('sees the writes of a batch through a selection, too', () => {
    const store = createStore({ x: 1 })
    const pair = derive([store, store.select('x')], (state, x) => `${state.x} ${x}`)
    store.batch(() => {
      store.set({ x: 2 })
      expect(pair.state).toBe('2 2')
      expect(pair.published.state).toBe('1 1')
    })
  })

  test('takes views, and is as current as they are', () => {
    const scheduler = new VirtualTimeScheduler()
    const store = createStore(1, { scheduler })
    const view = paced(store, throttle({ ms: 10 }))
    const double = derive([view], (n) => n * 2)
    const above = derive([double], (n) => n + 1)
    const { told } = follow(double)
    const tell = follow(derive([above], (n) => n))
    store.set(2)
    store.set(3)
    expect([store.state, view.state, double.state]).toEqual([3, 1, 2])
    scheduler.flush()
    expect(double.state).toBe(6)
    expect(told).toEqual([2, 6])
    const release = view.hold()
    store.set(4)
    scheduler.flush()
    expect(told).toEqual([2, 6])
    release()
    expect(told).toEqual([2, 6, 8])
    expect(tell.told).toEqual([3, 7, 9])
  })

  test('of a view that was let go, a reader is given what it shows when it is looked at again', async () => {
    const store = createStore(1)
    const view = paced(store, throttle({ ms: 10_000 }))
    const double = derive([view], (n) => n * 2)
    expect(double.state).toBe(2)
    store.set(2)
    store.set(3)
    expect([view.state, double.state]).toEqual([1, 2])
    await new Promise((resolve) => setTimeout(resolve))
    await new Promise((resolve) => setTimeout(resolve))
    expect([view.state, double.state]).toEqual([3, 6])
  })

  test.each([
    ['that it has come to read', (value: Readable<number>) => value],
    [
      'that a source of it has come to read, with the same result',
      (value: Readable<number>) => derive([value], (n) => n),
    ],
  ])('so it is of a view %s', async (_what, readOf) => {
    const task = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
    const store = createStore(1)
    const reads = createStore(false)
    const view = paced(store, throttle({ ms: 10_000 }))
    const value = readOf(derive((read) => (read(reads) ? read(view) : 1)))
    expect([view.state, value.state, value.state]).toEqual([1, 1, 1])
    store.set(2)
    reads.set(true)
    expect([value.state, value.state]).toEqual([1, 1])
    await task()
    await task()
    expect(value.state).toBe(2)
  })

  test('is a source of views', () => {
    const store = createStore(1)
    const view = paced(
      derive([store], (n) => n * 2),
      throttle({ ms: 10 }),
    )
    store.set(2)
    expect(view.state).toBe(4)
  })

  test('a selection whose selector throws is one that failed', () => {
    const store = createStore({ x: 1 })
    const x = store.select(({ x }) => {
      if (x === 2) throw new Error('two')
      return x
    })
    const double = derive([x], (n) => n * 2)
    expect(double.state).toBe(2)
    store.set({ x: 2 })
    expect(() => double.state).toThrow('two')
  })

  test('may be undefined', () => {
    const robots = createStore<Record<string, number>>({ r1: 1 })
    const r2 = derive([robots], ({ r2 }) => r2)
    const { told } = follow(r2)
    robots.update((draft) => {
      draft.r2 = 2
    })
    expect(told).toEqual([undefined, 2])
  })

  test('without sources is a constant', () => {
    const answer = derive([], () => 42, { name: 'answer' })
    expect(answer.state).toBe(42)
    expect(answer.snapshot).toMatchObject({ version: 0, reason: 'INIT', source: 'answer' })
    expect(follow(answer).told).toEqual([42])
  })
})

describe('derive, no mixture', () => {
  test('a diamond: both ways are new when it runs; combineLatest emits a pair that never was', () => {
    const store = createStore({ first: 'Ada', last: 'Byron' })
    const pairs: string[] = []
    combineLatest([store.select('first'), store.select('last')]).subscribe(([one, other]) => {
      pairs.push(`${one} ${other}`)
    })
    const first = derive([store], (state) => state.first)
    const last = derive([store], (state) => state.last)
    const project = jest.fn((one: string, other: string) => `${one} ${other}`)
    const { told } = follow(derive([first, last], project))
    store.set({ first: 'Grace', last: 'Hopper' })
    expect(pairs).toEqual(['Ada Byron', 'Grace Byron', 'Grace Hopper'])
    expect(told).toEqual(['Ada Byron', 'Grace Hopper'])
    expect(project).toHaveBeenCalledTimes(2)
  })

  test('of a wide and deep graph each function runs once a commit', () => {
    const store = createStore(0)
    const runs = jest.fn()
    let layer: Readable<number>[] = Array.from({ length: 5 }, (_, index) => derive([store], (n) => n + index))
    for (let depth = 0; depth < 12; depth += 1) {
      layer = layer.map(() =>
        derive(layer, (...states) => {
          runs()
          return (states[0] ?? 0) + states.length
        }),
      )
    }
    const { told } = follow(derive(layer, (...states) => new Set(states).size))
    expect(runs).toHaveBeenCalledTimes(60)
    for (let n = 1; n <= 3; n += 1) store.set(n)
    expect(runs).toHaveBeenCalledTimes(240)
    expect(told).toEqual([1])
  })

  test('two separate writes to two stores are two versions', () => {
    const one = createStore(1)
    const other = createStore(10)
    const { told } = follow(derive([one, other], (a, b) => a + b))
    one.set(2)
    other.set(20)
    expect(told).toEqual([11, 12, 22])
  })

  test('a batch is one commit', () => {
    const store = createStore({ a: 1, b: 1 })
    const { told } = follow(derive([store], ({ a, b }) => `${a}${b}`))
    store.batch(() => {
      store.update((draft) => {
        draft.a = 2
      })
      store.update((draft) => {
        draft.b = 2
      })
    })
    expect(told).toEqual(['11', '22'])
  })

  test('a follower that reads another derived value finds it current', () => {
    const store = createStore(1)
    const double = derive([store], (n) => n * 2)
    const triple = derive([store], (n) => n * 3)
    const seen: string[] = []
    double.subscribe(({ state }) => void seen.push(`${state} ${triple.state}`))
    triple.subscribe(({ state }) => void seen.push(`${double.state} ${state}`))
    store.set(2)
    expect(seen).toEqual(['2 3', '2 3', '4 6', '4 6'])
  })

  test('while a commit waits to be told, what stands on it is stale for everybody', () => {
    const one = createStore(1)
    const other = createStore(1)
    const double = derive([one], (n) => n * 2)
    const pairs = derive([other, double], (a, b) => `${a} ${b}`)
    follow(double)
    const { told } = follow(pairs)
    one.subscribe(({ version }) => {
      if (version !== 1) return
      one.set(3) // waits behind this walk
      other.set(2)
    })
    one.set(2)
    expect(told).toEqual(['1 2', '2 6'])
  })

  test('stores that are held are told together', () => {
    const one = createStore(1)
    const other = createStore(1)
    const third = createStore(1)
    const { told } = follow(derive([one, other, third], (...states) => states.join('')))
    const releases = [kernelOf(one).hold(), kernelOf(other).hold()]
    one.set(2)
    third.set(2)
    other.set(2)
    expect(told).toEqual(['111'])
    for (const release of releases) release()
    expect(told).toEqual(['111', '222'])
  })
})

describe('derive, inside a batch', () => {
  test('a reader sees the writes, `published` and followers do not', () => {
    const store = createStore(1)
    const double = derive([store], (n) => n * 2)
    const { told } = follow(double)
    store.batch(() => {
      store.set(2)
      expect(double.state).toBe(4)
      expect(double.snapshot.version).toBe(1)
      expect(double.published.state).toBe(2)
      expect(told).toEqual([2])
    })
    expect(told).toEqual([2, 4])
    expect(double.snapshot.version).toBe(1)
  })

  test('inside of a batch one that comes out equal, or throws, has the very version that it had', () => {
    const store = createStore(1)
    const parity = derive([store], (n) => {
      if (n > 9) throw new Error('too much')
      return n % 2
    })
    const { snapshot } = parity
    store.batch(() => {
      store.set(3)
      expect(parity.snapshot).toBe(snapshot)
      store.set(10)
      expect(() => parity.snapshot).toThrow('too much')
      store.set(4)
      expect(parity.snapshot).toMatchObject({ version: 1, state: 0 })
    })
    expect(parity.snapshot).toMatchObject({ version: 1, state: 0 })
  })

  test('what a reader had computed is not computed again when the batch is published', () => {
    const store = createStore(1)
    const project = jest.fn((n: number) => n * 2)
    const double = derive([store], project)
    follow(double)
    store.batch(() => {
      store.set(2)
      expect(double.state).toBe(4)
    }, 'LABEL')
    expect(project).toHaveBeenCalledTimes(2)
    expect(double.snapshot).toMatchObject({ version: 1, state: 4, reason: 'LABEL' })
  })

  test('after a batch that throws everything is as before', () => {
    const store = createStore(1)
    const project = jest.fn((n: number) => ({ n }))
    const boxed = derive([store], project)
    const { told } = follow(boxed)
    const before = boxed.snapshot
    expect(() =>
      store.batch(() => {
        store.set(2)
        expect(boxed.state).toEqual({ n: 2 })
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(boxed.snapshot).toBe(before)
    expect(told).toEqual([{ n: 1 }])
    expect(project).toHaveBeenCalledTimes(2)
  })

  test('a follower that is told of another store meanwhile sees what is published', () => {
    const one = createStore(1)
    const other = createStore(1)
    const { told } = follow(derive([one, other], (a, b) => `${a} ${b}`))
    one.batch(() => {
      one.set(2)
      other.set(2)
    })
    expect(told).toEqual(['1 1', '1 2', '2 2'])
  })

  test('one that ends where it began makes nothing run', () => {
    const store = createStore(1)
    const project = jest.fn((n: number) => n)
    const same = derive([store], project)
    follow(same)
    store.batch(() => {
      store.set(2)
      store.set(1)
    })
    expect(same.state).toBe(1)
    expect(project).toHaveBeenCalledTimes(1)
  })
})

describe('derive, lazily', () => {
  test('runs nothing while nobody reads or follows', () => {
    const store = createStore(1)
    const project = jest.fn((n: number) => n * 2)
    const double = derive([store], project)
    store.set(2)
    store.set(3)
    expect(project).not.toHaveBeenCalled()
    expect(double.state).toBe(6)
    expect(double.state).toBe(6)
    expect(project).toHaveBeenCalledTimes(1)
  })

  test('runs again only if a source has another state', () => {
    const store = createStore(1)
    const elsewhere = createStore(1)
    const project = jest.fn((n: number) => n * 2)
    const double = derive([store], project)
    expect(double.state).toBe(2)
    elsewhere.set(2)
    store.set(1)
    expect(double.state).toBe(2)
    expect(project).toHaveBeenCalledTimes(1)
  })

  test('an equal result wakes nobody below', () => {
    const store = createStore(1)
    const parity = derive([store], (n) => n % 2)
    const below = jest.fn((n: number) => (n === 0 ? 'even' : 'odd'))
    const { told } = follow(derive([parity], below))
    store.set(3)
    store.set(5)
    expect(below).toHaveBeenCalledTimes(1)
    store.set(6)
    expect(told).toEqual(['odd', 'even'])
  })

  test('`equal` decides what is the same, and the value before stays', () => {
    const store = createStore({ tags: ['a'], n: 0 })
    const tags = derive([store], ({ tags }) => [...tags], {
      equal: (one, other) => one.length === other.length,
    })
    const before = tags.state
    const { told } = follow(tags)
    store.set({ tags: ['b'], n: 1 })
    expect(tags.state).toBe(before)
    expect(told).toEqual([['a']])
  })

  test('a node that is read on two ways runs once, unfollowed too', () => {
    const store = createStore(1)
    const runs = jest.fn()
    let top: Readable<number> = derive([store], (n) => n)
    for (let step = 0; step < 30; step += 1) {
      const below = top
      const left = derive([below], (n) => n)
      const right = derive([below], (n) => n)
      top = derive([left, right], (a, b) => {
        runs()
        return a + b - a
      })
    }
    expect(top.state).toBe(1)
    store.set(2)
    expect(top.state).toBe(2)
    expect(runs).toHaveBeenCalledTimes(60)
  })
})

describe('derive, as a Readable', () => {
  test('has versions of its own, with the labels of the commit that caused them', () => {
    const clock = new ManualClock()
    const store = createStore(1, { clock, name: 'robot' })
    const other = createStore(1, { clock })
    const parity = derive([store, other], (n) => n % 2, { name: 'parity' })
    expect(parity.name).toBe('parity')
    expect(parity.snapshot).toMatchObject({ version: 0, state: 1, reason: 'INIT' })
    store.set(3)
    clock.advance(5)
    store.set(4, { reason: 'STEP', source: 'nav', metadata: { by: 'test' } })
    const { tsWall, tsMono } = store.snapshot
    expect(parity.snapshot).toEqual({
      version: 1,
      state: 0,
      reason: 'STEP',
      source: 'nav',
      metadata: { by: 'test' },
      tsWall,
      tsMono,
    })
    expect(parity.snapshot).toBeFrozen()
  })

  test('is frozen where its sources are', () => {
    const hard = createStore({ n: 1 })
    const soft = createStore({ n: 1 }, { freeze: false })
    expect(derive([hard], ({ n }) => ({ in: { n } })).state.in).toBeFrozen()
    expect(derive([hard, soft], ({ n }) => ({ in: { n } })).state.in).not.toBeFrozen()
  })

  test('is followed with a policy, and told what it missed', async () => {
    const store = createStore(0)
    const double = derive([store], (n) => n * 2)
    const missed: number[] = []
    let open!: () => void
    const handle = double.subscribe(
      (_snapshot, delivery) => {
        missed.push(delivery.missed)
        return new Promise<void>((resolve) => {
          open = resolve
        })
      },
      { id: 'slow' },
    )
    for (let n = 1; n <= 3; n += 1) store.set(n)
    open()
    await Promise.resolve()
    await Promise.resolve()
    expect(missed).toEqual([0, 2])
    expect(handle.stats()).toMatchObject({ id: 'slow', published: 4, delivered: 2 })
  })

  test('has streams, observables, select and waitFor', async () => {
    const store = createStore(0)
    const box = derive([store], (n) => ({ n, even: n % 2 === 0 }))
    const stream = box.stream({ policy: buffer({ capacity: 4, overflow: 'error' }) })
    const even: boolean[] = []
    box.select('even').subscribe((value) => even.push(value))
    const doubled: number[] = []
    box.select(({ n }) => n * 2).subscribe((value) => doubled.push(value))
    const states: number[] = []
    box.state$.subscribe(({ n }) => states.push(n))
    from(box).subscribe(({ version }) => states.push(-version))
    const three = box.waitFor(({ n }) => n === 3)
    for (let n = 1; n <= 3; n += 1) store.set(n)
    expect(even).toEqual([true, false, true, false])
    expect(doubled).toEqual([0, 2, 4, 6])
    expect(states).toEqual([0, -0, 1, -1, 2, -2, 3, -3])
    expect((await three).version).toBe(3)
    expect((await stream.next()).value?.state.n).toBe(0)
    expect((await stream.next()).value?.state.n).toBe(1)
    await stream.return()
    expect((await firstValueFrom(box.snapshot$)).state.n).toBe(3)
    for await (const { state } of box) {
      expect(state.n).toBe(3)
      break
    }
  })

  test('its methods work off it', () => {
    const store = createStore(1)
    const { subscribe, select } = derive([store], (n) => ({ n }))
    const told: number[] = []
    subscribe(({ state }) => void told.push(state.n))
    select('n').subscribe((n) => told.push(n))
    store.set(2)
    expect(told).toEqual([1, 1, 2, 2])
  })

  test('nobody writes it', () => {
    const double = derive([createStore(1)], (n) => n * 2)
    expect(codeOf(() => kernelOf(double))).toBe('KERNEL_ABSENT')
    expect(codeOf(() => transact([double as never], () => {}))).toBe('KERNEL_ABSENT')
  })

  test('its subscribers are counted, and their timers run, where its first source has them', async () => {
    const scheduler = new VirtualTimeScheduler()
    const store = createStore(1, { scheduler })
    const double = derive([store], (n) => n * 2, { name: 'double' })
    const handle = double.subscribe(() => {}, { id: 'log' })
    expect(store.metrics().subscribers).toMatchObject([{ id: 'log', delivered: 1 }])
    const late = double.waitFor((n) => n === 3, { timeoutMs: 5 })
    scheduler.flush()
    await expect(late).rejects.toMatchObject({ code: 'WAIT_TIMEOUT', details: { store: 'double' } })
    handle.unsubscribe()
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('derive, by what is read', () => {
  test('its sources are those of the last run', () => {
    const useFirst = createStore(true)
    const first = createStore('a')
    const last = createStore('b')
    const project = jest.fn((read: <T>(source: { readonly state: T }) => T) =>
      read(useFirst) ? read(first) : read(last),
    )
    const { told } = follow(derive(project))
    last.set('c')
    expect(project).toHaveBeenCalledTimes(1)
    useFirst.set(false)
    first.set('x')
    last.set('d')
    expect(told).toEqual(['a', 'c', 'd'])
    expect(project).toHaveBeenCalledTimes(3)
  })

  test('lets go of a source that it no longer reads', () => {
    const switches = createStore(true)
    const first = createStore('a')
    const last = createStore('b')
    const { stop } = follow(derive((read) => (read(switches) ? read(first) : read(last))))
    switches.set(false)
    first.destroy()
    last.set('c')
    expect(codeOf(() => last.set('d'))).toBe('nothing thrown')
    stop()
  })

  test('a source that is read twice has one state throughout', () => {
    const store = createStore(1)
    const reads = derive((read) => [read(store), read(store)])
    expect(reads.state).toEqual([1, 1])
  })

  test('reads of many sources are found again', () => {
    const stores = Array.from({ length: 40 }, (_, n) => createStore(n))
    const sum = derive((read) => [...stores, ...stores].reduce((total, store) => total + read(store), 0))
    const { told } = follow(sum)
    stores[39]?.set(0)
    expect(told).toEqual([1560, 1482])
  })

  test('`read` afterwards only reads', () => {
    const store = createStore(1)
    let kept!: <T>(source: { readonly state: T }) => T
    const project = jest.fn((read: typeof kept) => {
      kept = read
      return 1
    })
    follow(derive(project))
    expect(kept(store)).toBe(1)
    store.set(2)
    expect(project).toHaveBeenCalledTimes(1)
  })
})

describe('derive, faults', () => {
  const brittle = (n: number): number => {
    if (n === 2) throw new RangeError('two')
    return n * 10
  }

  test('a reader gets the very error, and the next run that succeeds goes on', () => {
    const store = createStore(2)
    const project = jest.fn(brittle)
    const derived = derive([store], project)
    expect(() => derived.state).toThrow(RangeError)
    expect(() => derived.snapshot).toThrow('two')
    expect(project).toHaveBeenCalledTimes(1)
    store.set(3)
    expect(derived.state).toBe(30)
  })

  test('followers keep the last value, and the source has a fault of phase derive', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(1, { onFault: (fault) => faults.push(fault) })
    const derived = derive([store], brittle, { name: 'tens' })
    const { told } = follow(derived)
    store.set(2)
    expect(told).toEqual([10])
    expect(faults).toMatchObject([{ subscriberId: 'tens', phase: 'derive', version: 0, failures: 1 }])
    store.set(1)
    expect(told).toEqual([10])
    store.set(3)
    expect(told).toEqual([10, 30])
    expect(derived.snapshot.version).toBe(1)
    expect(faults).toHaveLength(1)
  })

  test('what stands on one that failed fails with the same error, unless it catches it', () => {
    const store = createStore(2)
    const tens = derive([store], brittle)
    const strict = derive([tens], (n) => n + 1)
    const lenient = derive((read) => {
      try {
        return read(tens)
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(() => strict.state).toThrow('two')
    expect(lenient.state).toBe('two')
    store.set(1)
    expect(strict.state).toBe(11)
    expect(lenient.state).toBe(10)
  })

  test('what its followers throw is a fault of its first source', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(1, { onFault: (fault) => faults.push(fault) })
    const error = new Error('consumer')
    const throws = (): never => {
      throw error
    }
    derive([store], (n) => n, { name: 'same' }).subscribe(throws, { id: 'log' })
    expect(faults).toMatchObject([{ subscriberId: 'log', phase: 'next', error }])
  })

  test('of one without sources it is told by the console', () => {
    const print = jest.spyOn(console, 'error').mockImplementation(() => {})
    const error = new Error('consumer')
    derive([], () => 1, { name: 'one' }).subscribe(
      () => {
        throw error
      },
      { id: 'log' },
    )
    expect(print).toHaveBeenCalledWith(
      '[headgate] store "one": subscriber "log" failed in "next" at version 0:',
      error,
    )
  })

  test('an `equal` that throws is a failure of the run', () => {
    const store = createStore(1)
    const derived = derive([store], (n) => n, {
      equal: () => {
        throw new Error('unequal')
      },
    })
    expect(derived.state).toBe(1)
    store.set(2)
    expect(() => derived.state).toThrow('unequal')
  })

  test('a write inside is refused, whoever is read on the way', () => {
    const store = createStore(1, { name: 'robot' })
    const write = (n: number): number => {
      store.set(n + 1)
      return n
    }
    const inner = derive([store], write, { name: 'inner' })
    const outer = derive([inner], (n) => n, { name: 'outer' })
    expect(codeOf(() => outer.state)).toBe('WRITE_IN_DERIVE')
    expect(() => outer.state).toThrow('"inner"')
    const read = derive([store], (n) => n)
    const after = derive((take) => write(take(read)), { name: 'after' })
    expect(() => after.state).toThrow('"after"')
    expect(store.snapshot).toMatchObject({ version: 0, state: 1 })
    expect(codeOf(() => store.set(2))).toBe('nothing thrown')
  })

  test('a view is neither flushed nor held inside: what it shows would change under those that read it', () => {
    const store = createStore(1, { name: 'robot' })
    const view = paced(store, throttle({ ms: 10_000 }))
    const flushed = derive([view, store], (shown) => {
      view.flush()
      return shown
    })
    const held = derive([view], () => view.hold())
    expect(codeOf(() => flushed.state)).toBe('WRITE_IN_DERIVE')
    expect(codeOf(() => held.state)).toBe('WRITE_IN_DERIVE')
    store.set(2)
    expect([view.state, view.flush().state]).toEqual([1, 2])
  })

  test('a cycle is refused with the names', () => {
    const isCyclic = createStore(true)
    const one: Readable<number> = derive((read) => (read(isCyclic) ? read(other) : 1), { name: 'one' })
    const other: Readable<number> = derive([one], (n) => n + 1, { name: 'other' })
    expect(() => one.state).toThrow('one → other → one')
    expect(codeOf(() => other.state)).toBe('DERIVE_CYCLE')
    isCyclic.set(false)
    expect(one.state).toBe(1)
    expect(other.state).toBe(2)
  })

  test('a function that is async is refused', () => {
    expect(codeOf(() => derive([createStore(1)], async (n) => n).state)).toBe('DERIVE_ASYNC')
  })

  test('a value that is no tree is refused', () => {
    const derived = derive([createStore(1)], () => {
      const ring: { self?: object } = {}
      ring.self = ring
      return ring
    })
    expect(codeOf(() => derived.state)).toBe('STATE_INVALID')
  })

  test('a source without a state has none to derive from; followers wait for it', () => {
    const faults = jest.fn()
    const store = createStore<number>(undefined, { onFault: faults, name: 'late' })
    const double = derive([store as unknown as Readable<number>], (n) => n * 2)
    expect(codeOf(() => double.state)).toBe('STORE_UNINITIALIZED')
    const { told } = follow(double)
    store.initialize(2)
    expect(told).toEqual([4])
    expect(faults).not.toHaveBeenCalled()
  })

  test.each([
    ['no sources', () => derive(null as never, () => 1), 'OPTION_INVALID'],
    ['one source', () => derive(createStore(1) as never, () => 1), 'OPTION_INVALID'],
    ['no function', () => derive([], 1 as never), 'OPTION_INVALID'],
    ['a name that is none', () => derive([], () => 1, { name: 1 as never }), 'OPTION_INVALID'],
    ['an `equal` that is none', () => derive([], () => 1, { equal: true as never }), 'OPTION_INVALID'],
    ['an unknown option', () => derive([], () => 1, { equals: Object.is } as never), 'OPTION_UNKNOWN'],
    ['what is no source', () => derive([{ state: 1 }], () => 1), 'OPTION_INVALID'],
    ['what is no object', () => derive([null as never], () => 1), 'OPTION_INVALID'],
  ])('refuses %s', (_what, run, code) => {
    expect(codeOf(run)).toBe(code)
  })
})

describe('derive, its end', () => {
  test('a source that is destroyed completes it, and what stands on it', () => {
    const store = createStore(1)
    const other = createStore(1)
    const sum = derive([store, other], (a, b) => a + b)
    const double = derive([sum], (n) => n * 2)
    const completed: string[] = []
    sum.state$.subscribe({ complete: () => completed.push('sum') })
    double.subscribe({ next: () => {}, complete: () => void completed.push('double') })
    other.destroy()
    expect(completed.sort()).toEqual(['double', 'sum'])
    expect(sum.closed).toBe(true)
    expect(double.closed).toBe(true)
    expect(sum.state).toBe(2)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('of one that nobody followed, whoever comes later gets only the completion', () => {
    const store = createStore(1)
    const double = derive([store], (n) => n * 2)
    const { snapshot$ } = double
    const selected = double.select((n) => n)
    store.destroy()
    const events: unknown[] = []
    snapshot$.subscribe({ next: (value) => events.push(value), complete: () => events.push('snapshot$') })
    selected.subscribe({ next: (value) => events.push(value), complete: () => events.push('select') })
    double.subscribe({
      next: (value) => void events.push(value),
      complete: () => void events.push('subscribe'),
    })
    expect(events).toEqual(['snapshot$', 'select', 'subscribe'])
    expect(double.state).toBe(2)
  })

  test('what was written before the end is told', () => {
    const store = createStore(1)
    const other = createStore(1)
    const sum = derive((read) => (read(store) > 1 ? read(other) : read(store)))
    const told: number[] = []
    sum.subscribe(({ state }) => void told.push(state))
    store.subscribe(({ version }) => {
      if (version !== 1) return
      expect(sum.state).toBe(7)
    })
    other.set(7)
    store.set(2)
    expect(told).toEqual([1, 7])
  })

  test('with its last follower it lets go of its sources, and takes them again with the next', () => {
    const store = createStore(1)
    const isFollowed = (): boolean => findCore(store)?.subject.broadcast.isEmpty === false
    const project = jest.fn((n: number) => n * 2)
    const double = derive([store], project)
    const quadruple = derive([double], (n) => n * 2)
    const one = follow(double)
    const two = follow(quadruple)
    one.stop()
    expect(isFollowed()).toBe(true)
    two.stop()
    expect(isFollowed()).toBe(false)
    store.set(2)
    expect(project).toHaveBeenCalledTimes(1)
    const again = follow(quadruple)
    store.set(3)
    expect(again.told).toEqual([8, 12])
    again.stop()
    expect(isFollowed()).toBe(false)
  })
})

describe('derive, re-entrancy', () => {
  test('what a follower writes is told behind what is being told, to everyone in order', () => {
    const store = createStore(1)
    const double = derive([store], (n) => n * 2)
    const seen: string[] = []
    double.subscribe(({ state }) => {
      seen.push(`a${state}`)
      if (state === 4) {
        store.set(3)
        expect(double.state).toBe(6)
      }
    })
    double.subscribe(({ state }) => void seen.push(`b${state}`))
    store.set(2)
    expect(seen).toEqual(['a2', 'b2', 'a4', 'b4', 'a6', 'b6'])
  })

  test('followers are told in the order in which they came, whatever was made first', () => {
    const store = createStore(0)
    const told: string[] = []
    const tell =
      (name: string) =>
      ({ state }: { state: number }) =>
        void told.push(`${name}${state}`)
    const early = derive([store], (n) => n)
    const late = derive([store], (n) => n)
    derive([early], (n) => n).subscribe(tell('a'))
    late.subscribe(tell('b'))
    early.subscribe(tell('c'))
    told.length = 0
    store.set(1)
    expect(told).toEqual(['a1', 'b1', 'c1'])
  })

  test('a follower that writes to another source has all its writes told, in order', () => {
    const one = createStore(0)
    const other = createStore(0)
    const first = derive([one], (n) => n)
    const pair = derive([one, other], (a, b) => `${a}${b}`)
    first.subscribe(({ state }) => {
      if (state === 1) for (let n = 1; n <= 3; n += 1) other.set(n)
    })
    const { told } = follow(pair)
    one.set(1)
    expect(told).toEqual(['00', '10', '11', '12', '13'])
  })

  test('a runaway over two stores is stopped', () => {
    const faults: SubscriberFault[] = []
    const onFault = (fault: SubscriberFault): unknown => faults.push(fault)
    const start = createStore(0, { onFault })
    const one = createStore(0, { onFault })
    const other = createStore(0, { onFault })
    derive([start, one, other], (s, a, b) => [s, a, b]).subscribe(({ state: [s, a = 0, b = 0] }) => {
      if (s === 0) return
      if (a <= b) one.set(a + 1)
      else other.set(b + 1)
    })
    start.set(1)
    expect(faults).toMatchObject([{ phase: 'kernel', error: { code: 'RUNAWAY_WRITES' } }])
    start.set(0)
    expect(codeOf(() => one.set(5))).toBe('nothing thrown')
  })

  test('one that subscribes or leaves inside a walk is told what is due to it', () => {
    const store = createStore(1)
    const double = derive([store], (n) => n * 2)
    const told: string[] = []
    const late = jest.fn()
    const handle = double.subscribe(({ state }) => {
      told.push(`a${state}`)
      if (state !== 4) return
      handle.unsubscribe()
      double.subscribe(({ state }) => void late(state))
    })
    store.set(2)
    store.set(3)
    expect(told).toEqual(['a2', 'a4'])
    expect(late.mock.calls).toEqual([[4], [6]])
  })
})
