import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { Subject, VirtualTimeScheduler } from 'rxjs'
import { CommitTimer } from '../../src/counting/commit-timer.ts'
import { commitTimes, DeliveryTotals, FailureEpisode, LeakWatch } from '../../src/counting/index.ts'
import {
  buffer,
  createStore,
  debounce,
  direct,
  exhaust,
  latest,
  type SinglePolicy,
  type Store,
  type StoreOptions,
  type SubscriberHandle,
  type SubscriberStats,
  sample,
  switchLatest,
  throttle,
} from '../../src/index.ts'
import { kernelOf } from '../../src/kernel/index.ts'
import { runs } from '../support/runs.ts'
import { caught, expectAccounted, ManualClock, microtasks, slowConsumer } from './support.ts'

const stuck = () => new Promise<void>(() => {})

describe('Store.metrics', () => {
  test('of a fresh store are zero', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock })
    expect(store.metrics()).toEqual({
      commits: 0,
      reads: 0,
      versionConflicts: 0,
      failedWrites: 0,
      noopWrites: 0,
      unhandledEvents: 0,
      lateWrites: 0,
      createdAt: clock.wallMs,
      lastCommitAt: null,
      uptimeMs: 0,
      currentVersion: 0,
      currentState: 'INITIALIZED',
      subscriberCount: 0,
      selectionCount: 0,
      commitLatencyMs: null,
      published: 0,
      delivered: 0,
      dropped: 0,
      conflated: 0,
      pending: 0,
      subscriberErrors: 0,
      subscribers: [],
    })
  })

  test('count each kind of write once', () => {
    const store = createStore(0)
    store.set(1)
    store.update((n) => n + 1)
    store.put({ ...store.snapshot, version: 3 })
    store.batch(() => {
      store.set(4)
      store.set(5)
    })
    store.update(() => {})
    caught(() => store.set(6, { expectedVersion: 0 }))
    caught(() => store.put({ ...store.snapshot }, { enforceVersion: true }))
    caught(() => store.set(undefined as unknown as number))
    caught(() =>
      store.batch(() => {
        throw new Error('batch')
      }),
    )
    expect(store.metrics()).toMatchObject({
      commits: 4,
      noopWrites: 1,
      versionConflicts: 2,
      failedWrites: 4,
      currentVersion: 4,
    })
  })

  test('count the reads of snapshot and state, and no others', () => {
    const store = createStore({ n: 0 })
    void store.snapshot
    void store.snapshot.state
    void store.state
    store.set({ n: 1 })
    store.update((draft) => {
      draft.n += 1
    })
    store.subscribe(() => {})
    store.select('n').subscribe()
    store.initialize({ n: 5 })
    store.metrics()
    expect(store.metrics().reads).toBe(3)
  })

  test('tell the times of the store by its clock', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock })
    const createdAt = clock.wallMs
    clock.advance(30)
    store.set(1)
    const lastCommitAt = clock.wallMs
    clock.advance(12)
    store.update(() => {})
    caught(() => store.set(undefined as unknown as number))
    expect(store.metrics()).toMatchObject({ createdAt, lastCommitAt, uptimeMs: 42 })
  })

  test('count everyone who follows the store', async () => {
    const store = createStore({ n: 0 })
    const leave = [
      store.subscribe(() => {}),
      () => void stream.return(),
      ...[
        store.snapshot$.subscribe(),
        store.state$.subscribe(),
        store.select('n').subscribe(),
        store.select((state) => state.n).subscribe(),
      ].map((subscription) => () => subscription.unsubscribe()),
    ]
    const stream = store.stream()
    const waiting = store.waitFor(({ n }) => n > 0)
    expect(store.metrics().subscriberCount).toBe(7)
    store.set({ n: 1 })
    await waiting
    for (let left = 6; left > 0; left -= 1) {
      expect(store.metrics().subscriberCount).toBe(left)
      leave.pop()?.()
    }
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('list the figures of each subscriber and stream, in the order in which they joined', () => {
    const store = createStore(0)
    const first = store.subscribe(() => {}, { id: 'first' })
    store.snapshot$.subscribe()
    const stream = store.stream({ id: 'second' })
    const third = store.subscribe(() => {}, { id: 'third', replay: false })
    expect(store.metrics().subscribers).toEqual([first.stats(), stream.stats(), third.stats()])
    first.unsubscribe()
    expect(store.metrics().subscribers.map(({ id }) => id)).toEqual(['second', 'third'])
  })

  test('sum over subscribers, those who have left included', async () => {
    const store = createStore(0, { onFault: () => {} })
    const slow = slowConsumer()
    store.subscribe(slow.next, { policy: buffer({ capacity: 1 }) })
    store.subscribe(stuck)
    const leaver = store.subscribe(() => {
      throw new Error('next')
    })
    for (let n = 1; n <= 4; n += 1) store.set(n)
    const before = {
      published: 15,
      delivered: 1 + 1 + 5,
      dropped: 3,
      conflated: 3,
      pending: 2,
      subscriberErrors: 5,
    }
    expect(store.metrics()).toMatchObject(before)
    leaver.unsubscribe()
    expect(store.metrics()).toMatchObject(before)
    store.destroy()
    expect(store.metrics()).toMatchObject({ ...before, dropped: 5, pending: 0 })
    expectAccounted(store.metrics())
    slow.gates[0]?.fail(new Error('late'))
    await microtasks()
    expect(store.metrics()).toMatchObject({ ...before, dropped: 5, pending: 0 })
  })

  test('are values of their instant', () => {
    const store = createStore(0)
    store.subscribe(() => {})
    const before = store.metrics()
    const copy = structuredClone(before)
    store.set(1)
    expect(before).toEqual(copy)
    expect(store.metrics().commits).toBe(1)
  })

  test('stay readable after destroy', () => {
    const store = createStore(0)
    store.set(1)
    store.destroy()
    expect(store.metrics()).toMatchObject({ commits: 1, currentVersion: 1, subscriberCount: 0 })
  })
})

describe('what metrics cost', () => {
  /** Every method of the classes of the counting room, counted. */
  function countCalls(): () => string[] {
    const called: string[] = []
    for (const { name, prototype } of [CommitTimer, DeliveryTotals, FailureEpisode, LeakWatch]) {
      const methods = prototype as unknown as Record<string, (...args: unknown[]) => unknown>
      for (const key of Object.getOwnPropertyNames(prototype).filter((each) => each !== 'constructor')) {
        const method = methods[key] as (...args: unknown[]) => unknown
        jest.spyOn(methods, key).mockImplementation(function (this: unknown, ...args) {
          called.push(`${name}.${key}`)
          return method.apply(this, args)
        })
      }
    }
    return () => called.splice(0)
  }

  /** Writes in every way, while all kinds of subscribers follow. */
  function writeInEveryWay(store: Store<number>): void {
    store.set(1)
    store.update((n) => n + 1)
    store.update(() => {})
    store.put({ ...store.snapshot, version: 9 })
    store.batch(() => store.set(10))
    caught(() => store.set(11, { expectedVersion: 0 }))
  }

  test('a write calls nothing of the counting room', () => {
    const store = createStore(0)
    for (const policy of [direct(), latest(), buffer({ capacity: 1 })]) {
      store.subscribe(() => {}, { policy })
      store.subscribe(stuck, { policy })
    }
    const calls = countCalls()
    writeInEveryWay(store)
    expect(calls()).toEqual([])
    store.metrics()
    kernelOf(store).vitals()
    expect(new Set(calls())).toEqual(new Set(['DeliveryTotals.add', 'LeakWatch.siteOf']))
  })

  test('a write asks the clock for nothing but the stamp of its snapshot, unless commits are timed', () => {
    const clock = new ManualClock()
    const reads = (options: StoreOptions): number => {
      const store = createStore(0, { clock, ...options })
      store.subscribe(() => {})
      const mono = jest.spyOn(clock, 'mono').mockClear()
      store.set(1)
      return mono.mock.calls.length
    }
    expect(reads({})).toBe(1)
    expect(reads({ timing: commitTimes() })).toBe(3)
  })
})

/** What is done to a store: by the test, or inside a callback. */
type Step =
  | { readonly do: 'set' | 'batch' | 'advance' | 'release' | 'conflict' }
  | { readonly do: 'subscribe'; readonly policy: number; readonly consumer: number; readonly close: boolean }
  | { readonly do: 'unsubscribe'; readonly which: number }

const POLICIES: readonly (() => SinglePolicy)[] = [
  direct,
  latest,
  () => latest({ dispatch: 'microtask' }),
  () => buffer({ capacity: 1 }),
  () => buffer({ capacity: 2, overflow: 'drop-incoming' }),
  () => buffer({ capacity: 1, overflow: 'error' }),
  exhaust,
  switchLatest,
  () => throttle({ ms: 10 }),
  () => debounce({ ms: 10 }),
  () => sample({ ms: 10 }),
]

const CONSUMERS = ['sync', 'slow', 'slow', 'thrower', 'writer', 'leaver'] as const

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('batch', 'advance', 'conflict') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('subscribe'),
      policy: fc.nat({ max: POLICIES.length - 1 }),
      consumer: fc.nat({ max: CONSUMERS.length - 1 }),
      close: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe'), which: fc.nat({ max: 7 }) }) },
) as fc.Arbitrary<Step>

const SUMMED = ['published', 'delivered', 'dropped', 'conflated', 'pending'] as const

const isAccounted = (figures: Pick<SubscriberStats, (typeof SUMMED)[number]>): boolean =>
  figures.published === figures.delivered + figures.dropped + figures.conflated + figures.pending

/** A store with everyone who ever followed it, and what their figures should add up to. */
class Program {
  readonly scheduler = new VirtualTimeScheduler()
  readonly store: Store<number> = createStore(0, { scheduler: this.scheduler, onFault: () => this.check() })
  readonly handles: SubscriberHandle[] = []
  readonly running: Subject<void>[] = []
  /** What a check inside a callback found: thrown there, it would only be a fault. */
  readonly failures: unknown[] = []
  /** How often the totals were compared with everyone's figures. */
  sums = 0

  run(step: Step): void {
    const { store } = this
    if (step.do === 'set') store.set(store.state + 1)
    else if (step.do === 'batch') store.batch(() => [1, 2].map((n) => store.set(store.state + n)))
    else if (step.do === 'conflict') caught(() => store.set(0, { expectedVersion: -5 }))
    else if (step.do === 'release') this.running.shift()?.complete()
    else if (step.do === 'unsubscribe') this.handles[step.which]?.unsubscribe()
    else if (step.do === 'subscribe') this.#subscribe(step)
    else {
      this.scheduler.maxFrames = this.scheduler.now() + 15
      this.scheduler.flush()
    }
    this.check()
  }

  #subscribe({ policy, consumer, close }: Extract<Step, { do: 'subscribe' }>): void {
    const index = this.handles.length
    const consume = ({ state }: { readonly state: number }): Subject<void> | undefined => {
      this.check()
      const kind = CONSUMERS[consumer]
      if (kind === 'thrower') throw new Error('next')
      if (kind === 'writer' && state % 3 === 0) this.store.set(state + 1)
      if (kind === 'leaver' && state % 4 === 0) this.handles[index]?.unsubscribe()
      if (kind !== 'slow') return undefined
      const handler = new Subject<void>()
      this.running.push(handler)
      return handler
    }
    const handle = this.store.subscribe(consume, {
      policy: (POLICIES[policy] as () => SinglePolicy)(),
      onDrop: () => this.check(),
      onError: close ? 'close' : 'continue',
    })
    this.handles[index] = handle
  }

  check(): void {
    const metrics = this.store.metrics()
    for (const figures of [metrics, ...metrics.subscribers]) this.#note(isAccounted(figures), figures)
    // One that is being replayed to has no handle yet.
    if (metrics.subscribers.length + this.#left !== this.handles.length) return
    this.sums += 1
    const all = this.handles.map((handle) => handle.stats())
    const sum = (key: (typeof SUMMED)[number]): number => all.reduce((total, stats) => total + stats[key], 0)
    for (const key of SUMMED) this.#note(metrics[key] === sum(key), metrics)
    this.#note(metrics.subscriberErrors === all.reduce((total, { errors }) => total + errors, 0), metrics)
  }

  #note(holds: boolean, figures: unknown): void {
    if (!holds) this.failures.push(figures)
  }

  get #left(): number {
    return this.handles.filter(({ closed }) => closed).length
  }
}

describe('the totals of metrics()', () => {
  test('add up over everyone who ever followed, also inside callbacks, whatever is done', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
        const program = new Program()
        for (const step of steps) program.run(step)
        program.store.destroy()
        program.check()
        expect(program.failures).toEqual([])
        expect(program.sums).toBeGreaterThan(steps.length)
      }),
      { numRuns: runs(40) },
    )
  })
})
