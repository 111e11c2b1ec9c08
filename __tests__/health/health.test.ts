import { readFileSync } from 'node:fs'
import { describe, expect, jest, test } from '@jest/globals'
import { from } from 'rxjs'
import { LeakWatch } from '../../src/counting/index.ts'
import { type HealthCode, type HealthOptions, health, healthCheck } from '../../src/health/index.ts'
import {
  buffer,
  createMachineStore,
  createStore,
  defineMachine,
  direct,
  type Store,
  type StoreOptions,
  type SubscriberHandle,
} from '../../src/index.ts'
import {
  caught,
  collectGarbage,
  gate,
  ManualClock,
  microtasks,
  refusal,
  slowConsumer,
} from '../store/support.ts'

/** The codes of the issues that a store has. */
const codes = (store: Store<never>, options?: HealthOptions): HealthCode[] =>
  health(store, options).issues.map(({ code }) => code)

/** The one issue that a store has. */
function issueOf(store: Store<never>) {
  const { issues } = health(store)
  expect(issues).toHaveLength(1)
  return issues[0]
}

/** A store of numbers, seen as one of anything. */
const numbers = (options: StoreOptions = {}): Store<number> & Store<never> =>
  createStore(0, options) as Store<number> & Store<never>

/** Runs a body with another NODE_ENV. */
function withEnvironment<R>(name: string, body: () => R): R {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = name
  try {
    return body()
  } finally {
    process.env.NODE_ENV = before
  }
}

/** Collects garbage and lets finalizers run, until what is waited for holds or it never will. */
async function collectUntil(holds: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 50 && !holds(); attempt += 1) {
    await microtasks() // what was just looked at stays alive until here
    collectGarbage()
    await microtasks()
  }
  return holds()
}

/** Makes an object that nobody keeps, and waits until it was collected and the finalizers have run. */
async function lose(make: () => object): Promise<void> {
  let finalized = 0
  const witness = new FinalizationRegistry(() => {
    finalized += 1
  })
  ;(() => witness.register(make(), undefined))()
  expect(await collectUntil(() => finalized === 1)).toBe(true)
  // Those of other registries have a task of their own each.
  for (let task = 0; task < 10; task += 1) await microtasks()
}

/** What health says once it says anything. */
async function codesInTime(store: Store<never>): Promise<HealthCode[]> {
  await collectUntil(() => codes(store).length > 0)
  return codes(store)
}

describe('health of a store that is well', () => {
  test('is healthy, without issues, and holds the metrics', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock })
    store.subscribe(() => {})
    store.set(1)
    expect(health(store)).toEqual({
      healthy: true,
      status: 'healthy',
      issues: [],
      metrics: store.metrics(),
      journals: [],
      servers: [],
      mirrors: [],
      members: [],
    })
  })

  test('counts no read and changes no figure', () => {
    const store = createStore(0, { clock: new ManualClock() })
    store.subscribe(() => {})
    const before = store.metrics()
    health(store)
    health(store)
    expect(store.metrics()).toEqual(before)
    expect(before.reads).toBe(0)
  })
})

describe('health of a machine store', () => {
  test('judges its metrics', () => {
    const lamp = createMachineStore(
      defineMachine({ id: 'lamp', initial: 'OFF', context: {}, states: { OFF: {} } }),
    )
    expect(health(lamp)).toMatchObject({ status: 'healthy', metrics: { currentState: 'OFF' } })
  })
})

describe('health of a machine-less store', () => {
  test('is unhealthy with NOT_INITIALIZED until it is given a state', () => {
    const store = createStore<number>()
    expect(health(store)).toMatchObject({
      healthy: false,
      status: 'unhealthy',
      issues: [
        {
          code: 'NOT_INITIALIZED',
          severity: 'error',
          message: 'The store has no state yet. Call initialize(state) or set(state).',
        },
      ],
    })
    store.initialize(1)
    expect(health(store)).toMatchObject({ healthy: true, status: 'healthy', issues: [] })
  })
})

describe('HIGH_CONFLICT_RATE', () => {
  const lose = (store: Store<number>) => caught(() => store.set(0, { expectedVersion: 9999 }))

  test('holds above 10 % of the commits, and clears with further commits', () => {
    const store = numbers()
    for (let n = 1; n <= 10; n += 1) store.set(n)
    lose(store)
    expect(codes(store)).toEqual([])
    lose(store)
    expect(issueOf(store)).toEqual({
      code: 'HIGH_CONFLICT_RATE',
      severity: 'error',
      message:
        '2 writes were refused for their version beside 10 commits (20 %, threshold 10 %). ' +
        'Let fewer writers write the same store, or use modify().',
    })
    expect(health(store).status).toBe('unhealthy')
    for (let n = 11; n <= 20; n += 1) store.set(n)
    expect(codes(store)).toEqual([])
  })

  test('is not judged before the first commit', () => {
    const store = numbers()
    lose(store)
    expect(codes(store)).toEqual([])
    store.set(1)
    expect(codes(store)).toEqual(['HIGH_CONFLICT_RATE'])
  })

  test('clears a minute after the last conflict', () => {
    const clock = new ManualClock()
    const store = numbers({ clock })
    store.set(1)
    for (let n = 0; n < 9; n += 1) lose(store)
    expect(codes(store)).toEqual(['HIGH_CONFLICT_RATE'])
    clock.advance(59_999)
    store.set(2)
    expect(codes(store)).toEqual(['HIGH_CONFLICT_RATE'])
    clock.advance(1)
    store.set(3)
    expect(codes(store)).toEqual([])
  })

  test('has the threshold of conflictRatio', () => {
    const limits = { conflictRatio: 1 }
    const store = numbers()
    store.set(1)
    lose(store)
    expect(codes(store, limits)).toEqual([])
    lose(store)
    expect(codes(store, limits)).toEqual(['HIGH_CONFLICT_RATE'])
  })
})

describe('MANY_SUBSCRIBERS', () => {
  test('holds above 100 who follow, and clears when one leaves', () => {
    const store = numbers()
    const handles = Array.from({ length: 99 }, () => store.subscribe(() => {}))
    store.snapshot$.subscribe()
    expect(codes(store)).toEqual([])
    handles.push(store.subscribe(() => {}))
    expect(issueOf(store)).toEqual({
      code: 'MANY_SUBSCRIBERS',
      severity: 'warning',
      message:
        '101 follow the store (threshold 100). ' +
        'Look for subscriptions that are never ended, or raise subscriberCount.',
    })
    expect(health(store)).toMatchObject({ status: 'degraded', healthy: false })
    handles[0]?.unsubscribe()
    expect(codes(store)).toEqual([])
  })

  test('has the threshold of subscriberCount', () => {
    const limits = { subscriberCount: 0 }
    const store = numbers()
    expect(codes(store, limits)).toEqual([])
    const handle = store.subscribe(() => {})
    expect(codes(store, limits)).toEqual(['MANY_SUBSCRIBERS'])
    handle.unsubscribe()
    expect(codes(store, limits)).toEqual([])
  })
})

describe('MANY_SELECTIONS', () => {
  test('holds above 10 000 who follow paths and selectors, who are no subscribers', () => {
    const store = createStore<Record<string, number>>({ a: 1 })
    const sum = (state: Readonly<Record<string, number>>): number => state.a ?? 0
    for (let n = 0; n < 9_000; n += 1) store.select(`row-${n}`).subscribe()
    const subscriptions = Array.from({ length: 1_000 }, () => store.select(sum).subscribe())
    expect(health(store)).toMatchObject({
      issues: [],
      metrics: { subscriberCount: 10_000, selectionCount: 10_000 },
    })
    subscriptions.push(store.select('a').subscribe())
    expect(health(store).issues).toEqual([
      {
        code: 'MANY_SELECTIONS',
        severity: 'warning',
        message:
          '10001 follow paths and selectors of the store (threshold 10000). ' +
          'Look for subscriptions of select() that are never ended, or raise selectionCount.',
      },
    ])
    subscriptions[0]?.unsubscribe()
    expect(health(store).issues).toEqual([])
  })
})

describe('STALLED_SUBSCRIBER', () => {
  test('holds after more than 30 s of one delivery, and clears when it ends', async () => {
    const clock = new ManualClock()
    const store = numbers({ clock })
    const slow = slowConsumer()
    const handle = store.subscribe(slow.next, { id: 'archive' })
    clock.advance(30_000)
    expect(codes(store)).toEqual([])
    clock.advance(1)
    expect(issueOf(store)).toEqual({
      code: 'STALLED_SUBSCRIBER',
      severity: 'warning',
      subscriberId: 'archive',
      message:
        'Subscriber "archive" has been busy with one delivery for 30001 ms (threshold 30000). ' +
        'Does its promise settle? Use its signal to give up, or raise stallMs.',
    })
    slow.gates[0]?.open()
    await microtasks()
    expect(codes(store)).toEqual([])
    expect(handle.closed).toBe(false)
  })

  test('is counted anew for each delivery, and clears when the subscriber leaves', async () => {
    const clock = new ManualClock()
    const limits = { stallMs: 10 }
    const store = numbers({ clock })
    const slow = slowConsumer()
    const handle = store.subscribe(slow.next)
    store.set(1)
    clock.advance(10)
    slow.gates[0]?.open()
    await microtasks()
    clock.advance(10)
    expect(slow.seen).toEqual([0, 1])
    expect(codes(store, limits)).toEqual([])
    clock.advance(1)
    expect(codes(store, limits)).toEqual(['STALLED_SUBSCRIBER'])
    handle.unsubscribe()
    expect(codes(store, limits)).toEqual([])
  })
})

describe('HIGH_DROP_RATE', () => {
  test('holds above half of what was published, and clears with what is delivered', async () => {
    const store = numbers()
    const first = gate()
    const consume = jest.fn<() => Promise<void> | undefined>().mockReturnValueOnce(first.promise)
    store.subscribe(consume, { id: 'log', policy: buffer({ capacity: 1 }) })
    for (let n = 1; n <= 3; n += 1) store.set(n) // 0 is being handled, 3 waits; 1 and 2 are lost: 2 of 4
    expect(codes(store)).toEqual([])
    store.set(4)
    expect(issueOf(store)).toEqual({
      code: 'HIGH_DROP_RATE',
      severity: 'warning',
      subscriberId: 'log',
      message:
        'Subscriber "log" lost 3 of 5 versions (60 %, threshold 50 %). ' +
        'Consume faster, raise its capacity, or use latest() where only the newest counts.',
    })
    first.open()
    await microtasks()
    store.set(5)
    expect(codes(store)).toEqual([])
  })

  test('has the threshold of dropRatio, and clears when the subscriber leaves', () => {
    const limits = { dropRatio: 0 }
    const store = numbers()
    const handle = store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
    store.set(1)
    expect(codes(store, limits)).toEqual([])
    store.set(2)
    expect(codes(store, limits)).toEqual(['HIGH_DROP_RATE'])
    handle.unsubscribe()
    expect(codes(store, limits)).toEqual([])
  })

  test('clears a minute after the last loss, however much was lost', async () => {
    const clock = new ManualClock()
    const store = numbers({ clock })
    const first = gate()
    const consume = jest.fn<() => Promise<void> | undefined>().mockReturnValueOnce(first.promise)
    store.subscribe(consume, { policy: buffer({ capacity: 1 }) })
    for (let n = 1; n <= 10_000; n += 1) store.set(n)
    first.open()
    await microtasks()
    expect(codes(store)).toEqual(['HIGH_DROP_RATE'])
    for (let second = 1; second < 60; second += 1) {
      clock.advance(1_000)
      store.set(-second)
      expect(codes(store)).toEqual(['HIGH_DROP_RATE'])
    }
    clock.advance(1_000)
    expect(codes(store)).toEqual([])
  })

  test('clears after 1 000 versions without a loss, however fast they come', async () => {
    const store = numbers({ clock: new ManualClock() })
    const first = gate()
    const consume = jest.fn<() => Promise<void> | undefined>().mockReturnValueOnce(first.promise)
    store.subscribe(consume, { policy: buffer({ capacity: 1 }) })
    for (let n = 1; n <= 10_000; n += 1) store.set(n)
    first.open()
    await microtasks()
    expect(codes(store)).toEqual(['HIGH_DROP_RATE'])
    for (let n = 1; n < 1_000; n += 1) store.set(-n)
    expect(codes(store)).toEqual(['HIGH_DROP_RATE'])
    store.set(-1_000)
    expect(codes(store)).toEqual([])
  })

  test('has the window of windowMs and windowVersions', () => {
    const clock = new ManualClock()
    const limits = { windowMs: 10, windowVersions: Number.POSITIVE_INFINITY }
    const store = numbers({ clock })
    const handle = store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
    for (let n = 1; n <= 9; n += 1) store.set(n)
    expect(codes(store, limits)).toEqual(['HIGH_DROP_RATE'])
    clock.advance(10)
    expect(codes(store, limits)).toEqual([])
    store.set(10)
    expect(codes(store, limits)).toEqual(['HIGH_DROP_RATE'])
    handle.unsubscribe()
    expect(codes(store, limits)).toEqual([])
  })

  test('is no matter of what a newer version replaced', () => {
    const store = numbers()
    store.subscribe(() => new Promise(() => {}))
    for (let n = 1; n <= 9; n += 1) store.set(n)
    expect(store.metrics().conflated).toBe(8)
    expect(codes(store)).toEqual([])
  })
})

describe('CONSUMER_ERRORS', () => {
  test('holds while a consumer fails, and clears when it does well again', () => {
    const store = numbers({ onFault: () => {} })
    store.subscribe(
      ({ state }) => {
        if (state < 2) throw new Error('next')
      },
      { id: 'log' },
    )
    store.set(1)
    expect(issueOf(store)).toEqual({
      code: 'CONSUMER_ERRORS',
      severity: 'warning',
      subscriberId: 'log',
      message: 'Subscriber "log" is failing: 2 failures since it last did well. See faults$ for the errors.',
    })
    store.set(2)
    expect(codes(store)).toEqual([])
    expect(store.metrics().subscriberErrors).toBe(2)
  })

  test('is of a consumer that rejects, too', async () => {
    const store = numbers({ onFault: () => {} })
    store.subscribe(async ({ state }) => {
      if (state === 0) throw new Error('next')
    })
    await microtasks()
    expect(codes(store)).toEqual(['CONSUMER_ERRORS'])
    store.set(1)
    await microtasks()
    expect(codes(store)).toEqual([])
  })

  test('clears with twice as many deliveries in a row after each further episode', () => {
    const store = numbers({ onFault: () => {} })
    const plan = [false, true, false, true, true, false, true, true, true, true]
    store.subscribe(
      ({ state }) => {
        if (plan[state] === false) throw new Error('next')
      },
      { replay: true },
    )
    const failing = plan.map((_, n) => {
      if (n > 0) store.set(n)
      return codes(store).length > 0
    })
    expect(failing).toEqual([true, false, true, true, false, true, true, true, true, false])
  })

  test('clears when the consumer is closed for its error', () => {
    const store = numbers({ onFault: () => {} })
    store.subscribe(
      () => {
        throw new Error('next')
      },
      { onError: 'close' },
    )
    expect(store.metrics().subscriberErrors).toBe(1)
    expect(codes(store)).toEqual([])
  })
})

describe('LEAKED_SUBSCRIBER', () => {
  test('tells where somebody subscribed whose handle is lost, and clears when a failure closes it', async () => {
    const store = numbers({ onFault: () => {} })
    const consume = ({ state }: { state: number }): void => {
      if (state > 0) throw new Error('next')
    }
    await lose(() => store.subscribe(consume, { id: 'lost', onError: 'close' }))
    await codesInTime(store)
    const issue = issueOf(store)
    expect(issue).toMatchObject({ code: 'LEAKED_SUBSCRIBER', severity: 'warning', subscriberId: 'lost' })
    expect(issue?.message).toMatch(
      /^Subscriber "lost" is still subscribed, but its handle is lost: nobody can end it\. It was subscribed at .*health\/health\.test\.ts:\d+:\d+\)?\. Keep the handle and call it, or subscribe with a signal\.$/,
    )
    expect(Number(/:(\d+):\d+\)?\. Keep/.exec(issue?.message ?? '')?.[1])).toBe(
      lineOf("{ id: 'lost', onError"),
    )
    store.set(1)
    expect(codes(store)).toEqual([])
  })

  test('is found where the handle is kept by the object that subscribed, and that is lost', async () => {
    const store = numbers()
    class Component {
      readonly handle: SubscriberHandle

      constructor() {
        this.handle = store.subscribe(() => {})
      }
    }
    await lose(() => new Component())
    expect(await codesInTime(store)).toEqual(['LEAKED_SUBSCRIBER'])
  })

  test('clears when the store is destroyed', async () => {
    const store = numbers()
    await lose(() => store.subscribe(() => {}))
    expect(await codesInTime(store)).toEqual(['LEAKED_SUBSCRIBER'])
    store.destroy()
    expect(codes(store)).toEqual([])
  })

  test('is told of nobody whose handle is kept', async () => {
    const store = numbers()
    const kept = store.subscribe(() => {}, { id: 'kept' })
    await lose(() => store.subscribe(() => {}, { id: 'lost' }))
    await codesInTime(store)
    expect(health(store).issues.map(({ subscriberId }) => subscriberId)).toEqual(['lost'])
    expect(kept.closed).toBe(false)
  })

  test('is told of nobody who left, or whom a signal can end, or whose consumer holds the handle', async () => {
    const store = numbers()
    const controller = new AbortController()
    await lose(() => {
      const left = store.subscribe(() => {})
      left.unsubscribe()
      return left
    })
    await lose(() => store.subscribe(() => {}, { signal: controller.signal }))
    ;(() => {
      const own = store.subscribe(({ state }) => {
        if (state === 1) own.unsubscribe()
      })
    })()
    await lose(() => ({}))
    expect(codes(store)).toEqual([])
    expect(store.metrics().subscriberCount).toBe(2)
    store.set(1)
    controller.abort()
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test.each([
    ['detectLeaks: false', () => numbers({ detectLeaks: false })],
    ['NODE_ENV production', () => withEnvironment('production', () => numbers({ detectLeaks: true }))],
  ])('is not looked for with %s: nothing is registered and no stack captured', (_, create) => {
    const { FinalizationRegistry: Registry } = globalThis
    const registries = jest
      .spyOn(globalThis, 'FinalizationRegistry')
      .mockImplementation((cleanup) => new Registry(cleanup))
    const captures = jest.spyOn(Error, 'captureStackTrace')
    create().subscribe(() => {})
    expect(registries).not.toHaveBeenCalled()
    expect(captures).not.toHaveBeenCalled()
    numbers({ detectLeaks: true }).subscribe(() => {})
    expect(registries).toHaveBeenCalledTimes(1)
    expect(captures).toHaveBeenCalledTimes(1)
  })

  test('keeps nothing of those who left', () => {
    const forget = jest.spyOn(LeakWatch.prototype, 'forget')
    const store = numbers()
    const handle = store.subscribe(() => {})
    expect(forget).not.toHaveBeenCalled()
    handle.unsubscribe()
    expect(forget).toHaveBeenCalledTimes(1)
  })
})

describe('healthCheck', () => {
  /** What health says a while after losses, of a store that was watched in between. */
  function lossesAfter(watch: (store: Store<number>) => () => unknown): HealthCode[] {
    const clock = new ManualClock()
    const store = numbers({ clock })
    store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
    const look = watch(store)
    for (let n = 1; n <= 9; n += 1) store.set(n)
    clock.advance(30_000)
    look()
    clock.advance(60_000)
    return codes(store, { stallMs: Number.POSITIVE_INFINITY })
  }

  test('changes nothing of what others are told', () => {
    expect(lossesAfter(() => () => {})).toEqual(['HIGH_DROP_RATE'])
    expect(lossesAfter((store) => healthCheck(store))).toEqual(['HIGH_DROP_RATE'])
    // Who shares the samples of all changes how far back the next one looks.
    expect(lossesAfter((store) => () => health(store))).toEqual([])
  })

  test('judges what has been since it was asked, as health does', () => {
    const clock = new ManualClock()
    const store = numbers({ clock })
    store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
    const check = healthCheck(store, { stallMs: Number.POSITIVE_INFINITY })
    for (let n = 1; n <= 9; n += 1) store.set(n)
    expect(check().issues.map(({ code }) => code)).toEqual(['HIGH_DROP_RATE'])
    clock.advance(60_000)
    expect(check().issues).toEqual([])
  })
})

describe('the status', () => {
  test('is that of the worst issue; issues of the store come before those of its subscribers', () => {
    const clock = new ManualClock()
    const limits = { stallMs: 0, subscriberCount: 1 }
    const store = numbers({ clock, onFault: () => {} })
    store.subscribe(() => from(new Promise(() => {})), { id: 'stuck' })
    store.subscribe(
      () => {
        throw new Error('next')
      },
      { id: 'broken', policy: direct() },
    )
    clock.advance(1)
    expect(codes(store, limits)).toEqual(['MANY_SUBSCRIBERS', 'STALLED_SUBSCRIBER', 'CONSUMER_ERRORS'])
    expect(health(store, limits).status).toBe('degraded')
    store.set(1)
    caught(() => store.set(2, { expectedVersion: 7 }))
    expect(health(store, limits)).toMatchObject({ healthy: false, status: 'unhealthy' })
  })
})

describe('the thresholds', () => {
  test('are those of each question: a page and an alarm may have their own', () => {
    const store = numbers()
    store.subscribe(() => {})
    expect(codes(store, { subscriberCount: 0 })).toEqual(['MANY_SUBSCRIBERS'])
    expect(codes(store)).toEqual([])
  })

  test('are not asked of what is no store', () => {
    expect(caught(() => health({ name: 'x' } as never))).toMatchObject({ code: 'KERNEL_ABSENT' })
  })

  test.each([
    [{ stallMs: -1 }, 'Expected "stallMs" to be a number from 0, got -1 (number).'],
    [{ dropRatio: Number.NaN }, 'Expected "dropRatio" to be a number from 0, got NaN (number).'],
    [{ conflictRatio: '0.1' }, 'Expected "conflictRatio" to be a number from 0, got "0.1" (string).'],
    [{ subscriberCount: null }, 'Expected "subscriberCount" to be a number from 0, got null.'],
    [7, 'Expected "options of health()" to be an object, got 7 (number).'],
  ])('%j is refused', (options, message) => {
    expect(caught(() => health(numbers(), options as unknown as HealthOptions))).toEqual(
      refusal('OPTION_INVALID', message),
    )
  })

  test('may be infinite, and one that is undefined is the default', () => {
    const store = numbers()
    const limits = { subscriberCount: Number.POSITIVE_INFINITY, conflictRatio: undefined }
    for (let n = 0; n < 101; n += 1) store.subscribe(() => {})
    expect(codes(store, limits)).toEqual([])
    store.set(1)
    caught(() => store.set(2, { expectedVersion: 7 }))
    expect(codes(store, limits)).toEqual(['HIGH_CONFLICT_RATE'])
  })
})

/** The line of this file, from 1, that holds a text for the first time. */
function lineOf(text: string): number {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return lines.findIndex((line) => line.includes(text)) + 1
}
